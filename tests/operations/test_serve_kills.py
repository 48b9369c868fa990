"""Kill -9 of what serves a home, in the middle of its flow: what has landed is made all the same."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from homes import make_home
from processes import REPOSITORY
from serving import PATIENCE_SECONDS, served, tradeplume, wait_for

from service.access import read_access
from service.schedules import PACKAGED
from warehouse.arrivals import look, making_lock, outcome_of
from warehouse.edition import PACKAGE, load_edition
from warehouse.home import Home
from warehouse.locks import is_held

pytestmark = pytest.mark.slow

ROLE = "export_total"
TABLE = PACKAGE / "bundled" / "open_2007" / f"{ROLE}.parquet"
EDITION = "open-2007"
SITE = Path(__file__).resolve().parent / "small_site"
# What ends with its parent does so within this.
ENDS_SECONDS = 60


def quick_home(folder: Path) -> Home:
    """A home whose landing folder is looked at every twenty seconds, and nothing else by itself."""
    home = make_home(folder)
    text = PACKAGED.read_text().replace("every_seconds: 60", "every_seconds: 20")
    kept = [line for line in text.splitlines() if "cron:" not in line]
    (home.root / "schedules.yml").write_text("\n".join(kept) + "\n")
    return home


def small(wait: Path) -> dict[str, str]:
    paths = (SITE, REPOSITORY)
    return {"PYTHONPATH": os.pathsep.join(map(str, paths)), "SMALL_WAIT": str(wait)}


def land(home: Home, mark: int) -> None:
    """The same figures in other bytes: a new arrival."""
    folder = home.landing / EDITION / ROLE
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / "own.parquet.part"
    shutil.copy(TABLE, draft)
    os.utime(draft, (1_700_000_000 + mark, 1_700_000_000 + mark))
    draft.replace(folder / "own.parquet")


def is_made(home: Home) -> bool:
    """Whether the files that lie in the landing folder now are those that a run has made."""
    outcome = outcome_of(home, EDITION)
    signature = look(load_edition(EDITION, home.root), home).signature
    return outcome is not None and (outcome.signature, outcome.state) == (signature, "made")


def parts_of(server: psutil.Process) -> dict[str, list[psutil.Process]]:
    """The processes of a served home: `serve` itself, Prefect's server, the flow runs."""
    children = server.children(recursive=True)
    lines = {child: " ".join(child.cmdline()) for child in children}
    return {
        "serve": [server],
        "server": [each for each in children if "service.prefect_server" in lines[each]],
        "flow": [each for each in children if "prefect.engine" in lines[each]],
    }


@pytest.mark.heavy
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("victim", ["serve", "server", "flow"])
def test_what_landed_is_made_whoever_is_killed(tmp_path: Path, victim: str) -> None:
    home, log, wait = quick_home(tmp_path / "home"), tmp_path / "serve.log", tmp_path / "wait"
    wait.touch()
    land(home, 1)
    with served(home, log, **small(wait)) as server:
        wait_for(lambda: is_held(making_lock(home, EDITION)), "the flow", log)
        parts = parts_of(server)
        assert parts[victim], {name: len(each) for name, each in parts.items()}
        access = read_access(home, {})
        assert access is not None
        for process in parts[victim]:
            process.kill()
        if victim == "serve":
            # Nobody is left at the port with the database open.
            gone, alive = psutil.wait_procs(parts["server"], timeout=ENDS_SECONDS)
            assert (len(gone), alive) == (1, [])
            assert "was ended: start it again" in tradeplume(home, "status")
        wait.unlink()
    before = running(home)
    with served(home, log, **small(wait)):
        wait_for(lambda: is_made(home), "what landed", log)
        assert "open-2007: complete" not in tradeplume(home, "status")
        # Runs of the dead are closed: nothing of before is said to be running.
        assert not before & running(home)
        again = read_access(home, {})
        assert again is not None
        assert again.key != access.key


def running(home: Home) -> set[str]:
    """Flow runs that Prefect believes to be running."""
    with sqlite3.connect(f"file:{home.root / 'prefect' / 'prefect.db'}?mode=ro", uri=True) as db:
        query = "select id from flow_run where state_type in ('RUNNING', 'CANCELLING')"
        return {str(name) for (name,) in db.execute(query)}


@pytest.mark.heavy
@pytest.mark.timeout(3 * PATIENCE_SECONDS)
def test_a_soak_with_ten_landings_and_two_kills(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """SOAK_SECONDS: how long (an hour). Memory and database may not grow from landing to landing."""
    lasts = float(os.environ.get("SOAK_SECONDS", "3600"))
    home, log, never = quick_home(tmp_path / "home"), tmp_path / "serve.log", tmp_path / "never"
    landings, kills, began = 10, {3, 7}, time.monotonic()
    number = 0
    seen: list[Figures] = []
    while number < landings:
        with served(home, log, **small(never)) as server:
            while number < landings:
                number += 1
                land(home, number)
                if number in kills:
                    # The small edition is made in about a second.
                    wait_for(lambda: is_held(making_lock(home, EDITION)), "the flow", log, 0.02)
                    server.kill()
                    break
                wait_for(lambda: is_made(home), f"landing {number}", log)
                seen.append(figures(home, server))
                print(f"landing {number} made; {seen[-1]}", flush=True)
                time.sleep(max(0.0, began + lasts * number / landings - time.monotonic()))
    if not is_made(home):
        with served(home, log, **small(never)):
            wait_for(lambda: is_made(home), "the last landing", log)
    record_property("tries", landings)
    record_property("lost", 0 if is_made(home) else 1)
    record_property("note", f"{len(kills)} kills; first {seen[0]}; last {seen[-1]}")
    # Half as much memory again would be a leak, a megabyte a landing a database without bounds.
    assert seen[-1].memory_mb < 1.5 * seen[0].memory_mb
    assert seen[-1].database_mb < seen[0].database_mb + landings


@dataclass(frozen=True)
class Figures:
    """Resident memory of all processes of a served home, and the size of Prefect's database."""

    memory_mb: float
    database_mb: float

    def __str__(self) -> str:
        return f"memory {self.memory_mb:,.0f} MB, database {self.database_mb:,.1f} MB"


def figures(home: Home, server: psutil.Process) -> Figures:
    memory = 0
    for process in (server, *server.children(recursive=True)):
        try:
            memory += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    database = sum(path.stat().st_size for path in (home.root / "prefect").glob("prefect.db*"))
    return Figures(memory / 1e6, database / 1e6)

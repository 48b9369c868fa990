"""Kill -9 at random moments, readers through many publishes, two writers: what the published file shows."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from homes import make_home, make_working
from processes import finish, start

from tests.commands import small
from warehouse.database import connect, fetch
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.request import DEFAULT_EDITION

pytestmark = pytest.mark.slow

SEED = 20261121
Record = Callable[[str, object], None]


def whole_or_absent(home: Home) -> int:
    """Rows of the published mart as a reader finds them now: of one release, and its view answers."""
    if not home.published_file.exists():
        return 0
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        ((rows, total),) = connection.execute(
            "select count(*), sum(output_musd)::double from marts.fct_output"
        ).fetchall()
        ((doubled,),) = connection.execute(
            "select sum(double_musd)::double from marts.fct_double"
        ).fetchall()
    assert doubled == 2 * total
    assert total == 1.5 * rows * (rows - 1) / 2
    return int(rows)


def undisturbed(home: Home, rows: int) -> str:
    small(home.root, "run", "--quiet", SMALL_ROWS=str(rows))
    return home.checksums_file.read_text()


def kill_and_go_on(root: Path, kills: int) -> int:
    """Kill runs at random moments; every rerun must end as an undisturbed one. Returns kills that struck."""
    chance = random.Random(SEED)
    home = make_home(root / "killed")
    began = time.monotonic()
    finish(start(home.root, "run", "--quiet", SMALL_ROWS="2"))
    lasts = time.monotonic() - began
    struck = 0
    for number in range(kills):
        before, after = (2, 20_000) if number % 2 == 0 else (20_000, 2)
        process = start(home.root, "run", "--quiet", SMALL_ROWS=str(after))
        moment = time.monotonic() + chance.uniform(0.2, 1.1) * lasts
        while time.monotonic() < moment and process.poll() is None:
            assert whole_or_absent(home) in (before, after)
            time.sleep(0.02)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            struck += 1
        process.communicate(timeout=60)
        assert whole_or_absent(home) in (before, after)
        undisturbed(home, after)
        assert whole_or_absent(home) == after
        alone = make_home(root / f"undisturbed-{after}")
        expected = (
            alone.checksums_file.read_text()
            if alone.checksums_file.exists()
            else undisturbed(alone, after)
        )
        assert home.checksums_file.read_text() == expected
    return struck


def test_a_run_killed_at_random_moments_goes_on_to_the_same_marts(
    tmp_path: Path, record_property: Record
) -> None:
    struck = kill_and_go_on(tmp_path, 3)
    record_property("tries", struck)
    assert struck >= 1


@pytest.mark.heavy
def test_twenty_kills(tmp_path: Path, record_property: Record) -> None:
    struck = kill_and_go_on(tmp_path, 20)
    record_property("tries", struck)
    assert struck >= 10


READER = """
import sys, time
from pathlib import Path
import duckdb
published, stop = Path(sys.argv[1]), Path(sys.argv[2])
queries, seen = 0, set()
while not stop.exists():
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute('''
            select count(distinct run), count(distinct factor), max(factor), count(*) from (
                select i.pollutant as run, i.emission_t / (i.sector + 1) as factor
                from marts.fct_emission_inventory as i
                where i.province = 'CN-HE' and i.pollutant = 'SO2'
                union all
                select 'SO2', s.factor from marts.fct_mark as s
            )
        ''').fetchall()
        # Two tables of one release in one query: a mixture would show two factors.
        assert rows[0][:2] == (1, 1) and rows[0][3] == 201, rows
        seen.add(float(rows[0][2]))
        queries += 1
    time.sleep(0.3)
print(queries, len(seen))
"""


def test_eight_readers_see_whole_releases_through_ten_publishes(
    tmp_path: Path, record_property: Record
) -> None:
    home, stop = make_home(tmp_path), tmp_path / "stop"

    def release(factor: float) -> None:
        working = make_working(home, "open-2007", 2007, factor=factor, rows=200)
        with connect(working.path) as connection:
            connection.execute(
                "create table marts.fct_mark as select 'open-2007' as edition, 2007 as year,"
                f" {factor} as factor"
            )
        publish(home, working)

    release(1.0)
    command = [sys.executable, "-c", READER, str(home.published_file), str(stop)]
    readers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    try:
        for number in range(2, 12):
            release(float(number))
    finally:
        stop.touch()
        ended = [reader.communicate(timeout=120) for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * 8, ended
    queries = [int(output.split()[0]) for output, _ in ended]
    record_property("tries", sum(queries))
    assert min(queries) >= 1
    # Some of them saw more than one release: the file did change under them.
    assert max(int(output.split()[1]) for output, _ in ended) > 1


def test_of_two_writers_one_runs_and_the_other_names_it(tmp_path: Path) -> None:
    wait = tmp_path / "wait"
    wait.touch()
    home = make_home(tmp_path / "home")
    both = [start(home.root, "run", "--quiet", SMALL_WAIT=str(wait)) for _ in range(2)]
    deadline = time.monotonic() + 120
    while all(process.poll() is None for process in both) and time.monotonic() < deadline:
        time.sleep(0.05)
    (loser,) = [process for process in both if process.poll() is not None]
    (winner,) = [process for process in both if process is not loser]
    said = finish(loser, expect=5)
    assert f"is in use by process {winner.pid} (small.py run --quiet), since 20" in said
    wait.unlink()
    finish(winner)
    assert whole_or_absent(home) == 3
    with connect(home.working_file(DEFAULT_EDITION, 2017).path, read_only=True) as connection:
        assert fetch(connection, "select count(*) from meta.step") == [(6,)]

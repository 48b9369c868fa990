"""Disk full, read-only home, clock set back, files that are still being written or change while read."""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from homes import make_home, make_working

from service.retries import is_outside, worth_a_retry
from service.watch import Watched, waiting_for, watch_once
from tests.commands import small
from warehouse import landing, role_reading
from warehouse.arrivals import (
    AGAIN_SECONDS,
    PATIENCE_SECONDS,
    Outcome,
    look,
    note_outcome,
    outcome_of,
)
from warehouse.edition import PACKAGE, load_edition
from warehouse.errors import ComputeFailed, GateFailed, HomeLocked, HomeUnusable, InputError
from warehouse.home import Home
from warehouse.publish import publish

pytestmark = pytest.mark.slow

ROLE = "export_total"
TABLE = PACKAGE / "bundled" / "open_2007" / f"{ROLE}.parquet"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_named_and_what_was_published_stays(small_disk: Path) -> None:
    home = make_home(small_disk)
    publish(home, make_working(home, "open-2007", 2007, rows=10))
    before, sums = home.published_file.read_bytes(), home.checksums_file.read_text()
    make_working(home, "open-2007", 2007, rows=20)
    filler = small_disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"x" * 4096)
    with pytest.raises(HomeUnusable, match="Cannot write to") as raised:
        publish(home)
    assert raised.value.exit_code == 6
    assert (home.published_file.read_bytes(), home.checksums_file.read_text()) == (before, sums)
    assert not list(home.published.glob(".tradeplume.*"))
    filler.unlink()
    assert publish(home).kept.number == 2
    # A run looks before it starts.
    said = small(small_disk, "run", expect=6)
    assert "nearly full" in said


def test_a_read_only_home_is_named(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    publish(home, make_working(home, "open-2007", 2007))
    bound = subprocess.run(
        ["mount", "--bind", "-o", "ro", str(home.root), str(home.root)],
        capture_output=True,
        check=False,
    )
    if bound.returncode != 0:
        pytest.skip(f"no read-only mount can be made here: {bound.stderr.decode().strip()}")
    try:
        said = small(home.root, "run", expect=6)
        assert "Cannot write to" in said
        assert "Read-only file system" in said
        # Readers need no writing.
        shown = small(home.root, "sql", "select count(*) as n from fct_share")
        assert "1" in shown
    finally:
        subprocess.run(["umount", "--lazy", str(home.root)], check=True)


def test_a_clock_set_back_makes_nothing_again_and_loses_nothing(tmp_path: Path) -> None:
    small(tmp_path, "run", "--quiet")
    home = make_home(tmp_path)
    # What has been made seems to be of the future.
    for path in tmp_path.rglob("*"):
        os.utime(path, (4102444800, 4102444800))
    said = small(tmp_path, "run")
    assert said.count("unchanged") == 6
    sums = home.checksums_file.read_text()
    small(tmp_path, "run", "--quiet", SMALL_ROWS="9")
    assert home.checksums_file.read_text() != sums


def land(home: Home, name: str = "own.parquet", edition: str = "open-2007") -> Path:
    folder = home.landing / edition / ROLE
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(TABLE, folder / name))


def watch(home: Home, **how: object) -> tuple[Watched, list[str]]:
    heard: list[str] = []
    seen = watch_once(
        home,
        lambda arrival: heard.append(f"{arrival.edition} {arrival.year}"),
        **{"wait": lambda _: None, **how},  # type: ignore[arg-type]
    )
    return seen, heard


def test_a_complete_arrival_is_announced_once(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    assert watch(home) == (Watched((), (), (), ()), [])
    path = land(home)
    seen, heard = watch(home)
    assert heard == ["open-2007 2007"]
    assert seen.announced == ("open-2007",)
    assert watch(home)[1] == []
    # Other figures of the same name are a new arrival; so is another file.
    changed = pl.read_parquet(path).with_columns(value_million=pl.col("value_million") * 1.01)
    changed.write_parquet(path)
    assert watch(home)[1] == ["open-2007 2007"]
    assert waiting_for(home) == ["open-2007: complete, not computed since"]
    signature = look(load_edition("open-2007", tmp_path), home).signature
    note_outcome(home, "open-2007", Outcome(signature, "made"))
    assert waiting_for(home) == []


def test_what_was_announced_to_a_session_that_died_is_announced_by_the_next(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    land(home)
    assert watch(home, session="one")[1] == ["open-2007 2007"]
    assert watch(home, session="one")[1] == []
    # Killed in the middle of its flow, before anything was made.
    assert watch(home, session="two")[1] == ["open-2007 2007"]
    assert watch(home, session="two")[1] == []
    # An event that was lost is given up after a while, whatever the clock says.
    for later in (PATIENCE_SECONDS + 1, -PATIENCE_SECONDS - 1):
        seen, heard = watch(home, session="two", clock=lambda late=later: time.time() + late)
        assert heard == ["open-2007 2007"]
        assert seen.lines == ("open-2007: announced before, not made since: announced again",)
        assert watch(home, session="one")[1] == ["open-2007 2007"]  # back to now
        assert watch(home, session="two")[1] == ["open-2007 2007"]


def test_what_is_being_made_is_not_announced_again_until_its_maker_dies(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    land(home)
    assert watch(home, session="one")[1] == ["open-2007 2007"]
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from warehouse.arrivals import making_lock\n"
        "from warehouse.home import locate\n"
        "from warehouse.locks import hold\n"
        "with hold(making_lock(locate(Path(sys.argv[1])), 'open-2007'), 'x'):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "held\n"
        assert watch(home, session="two")[1] == []
        maker.kill()
    assert watch(home, session="two")[1] == ["open-2007 2007"]


def test_a_run_that_has_ended_says_whether_there_is_work_left(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    land(home)
    watch(home, session="one")
    signature = look(load_edition("open-2007", tmp_path), home).signature
    for outcome, left in (
        (Outcome(signature, "made"), []),
        # Wrong data stay wrong; a full disk does not.
        (Outcome(signature, "failed", "A gate."), []),
        (Outcome(signature, "failed", "Full.", time.time() - AGAIN_SECONDS / 2, may_pass=True), []),
        (
            Outcome(signature, "failed", "Full.", time.time() - AGAIN_SECONDS - 1, may_pass=True),
            [1],
        ),
    ):
        note_outcome(home, "open-2007", outcome)
        assert outcome_of(home, "open-2007") == outcome
        assert len(watch(home, session="one")[1]) == len(left), outcome
    # What was made of other files than those that lie there now says nothing of these.
    note_outcome(home, "open-2007", Outcome("other", "made"))
    assert len(watch(home, session="three")[1]) == 1
    # Who starts `serve` again, having freed the disk, does not wait an hour.
    full = Outcome(signature, "failed", "Full.", time.time(), may_pass=True)
    note_outcome(home, "open-2007", full)
    assert len(watch(home, session="two")[1]) == 1
    note_outcome(home, "open-2007", Outcome(signature, "failed", "A gate."))
    assert waiting_for(home) == ["open-2007: failed: A gate."]
    (home.watch / "made-open-2007.json").write_text("{")
    assert outcome_of(home, "open-2007") is None


def test_a_partial_arrival_waits_and_says_for_what(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    folder = home.landing / "open-2011" / "global_table"
    folder.mkdir(parents=True)
    (folder / "wiod11.rda").write_bytes(b"RDX")
    seen, heard = watch(home)
    assert heard == []
    assert seen.waiting == ("open-2011",)
    (line,) = waiting_for(home)
    assert line.startswith(
        "open-2011 waits: sector_emission: Nothing fills the role sector_emission"
    )
    # It looks again by itself, without a file having changed.
    assert watch(home)[0].waiting == ("open-2011",)


def test_a_file_with_an_unfinished_name_waits(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    path = land(home, "own.parquet.part")
    assert watch(home)[0].waiting == ("open-2007",)
    assert waiting_for(home) == [f"open-2007 waits: {path.name} in {ROLE} is unfinished"]
    path.rename(path.with_suffix(""))
    assert watch(home)[1] == ["open-2007 2007"]


def test_a_file_that_still_grows_waits(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    path = land(home)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])

    def grow(_: float) -> None:
        path.write_bytes(whole[:2000])

    seen, heard = watch(home, wait=grow)
    assert (seen.waiting, heard) == (("open-2007",), [])
    assert seen.lines == ("open-2007: files are still arriving",)
    path.write_bytes(whole)
    assert watch(home)[1] == ["open-2007 2007"]


def test_a_file_that_breaks_its_contract_is_refused_once_and_status_says_why(
    tmp_path: Path,
) -> None:
    home = make_home(tmp_path)
    path = land(home)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    seen, heard = watch(home)
    assert (seen.refused, heard) == (("open-2007",), [])
    (line,) = waiting_for(home)
    assert line.startswith("open-2007: refused: The file cannot be read as Parquet")
    assert watch(home)[0].refused == ()
    path.write_bytes(whole)
    assert watch(home)[1] == ["open-2007 2007"]


def test_who_dies_before_it_is_remembered_announces_again(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    land(home)

    def dies(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch_once(home, dies, wait=lambda _: None)
    assert watch(home)[1] == ["open-2007 2007"]
    # A lost memory costs one announcement more, too.
    (home.watch / "arrivals.json").write_text("{")
    assert watch(home)[1] == ["open-2007 2007"]


def test_a_file_replaced_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path)
    path = land(home)
    found = landing.resolve_role(load_edition("open-2007", tmp_path), ROLE, tmp_path)
    assert found is not None
    assert role_reading.read_role(found)[0].height == 60
    whole = role_reading._read_role

    def replaced(role_input: landing.RoleInput) -> object:
        read = whole(role_input)
        draft = path.with_suffix(".new")
        shutil.copy(path, draft)
        draft.replace(path)
        return read

    monkeypatch.setattr(role_reading, "_read_role", replaced)
    with pytest.raises(InputError, match="changed while it was read") as raised:
        role_reading.read_role(found)
    assert raised.value.file == str(path)


def test_only_what_may_pass_by_itself_is_tried_again() -> None:
    assert is_outside(HomeLocked("x"))
    assert is_outside(HomeUnusable("x"))
    assert is_outside(ConnectionError("x"))
    for wrong in (InputError("x"), GateFailed("x"), ComputeFailed("x"), KeyError("x"), None):
        assert not is_outside(wrong)
    for cause, passes in (
        (OSError(errno.EIO, "x"), True),
        (gzip.BadGzipFile("x"), False),
        (OSError(-101, "NetCDF: HDF error"), False),
    ):
        error = InputError("x")
        error.__cause__ = cause
        assert is_outside(error) == passes


def test_prefect_hears_which_failures_are_worth_a_retry() -> None:
    from prefect.states import Failed

    assert worth_a_retry(None, None, Failed(data=HomeLocked("x"))) is True
    assert worth_a_retry(None, None, Failed(data=InputError("x"))) is False


def test_a_folder_that_is_no_edition_is_named(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home.landing / "open-2013" / "global_table").mkdir(parents=True)
    (line,) = waiting_for(home)
    assert (
        line
        == "landing/'open-2013' is not an edition: make editions/open-2013.yml, it may extend another one"
    )


def test_a_look_reads_no_contents(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    path = land(home)
    path.write_bytes(b"nonsense")
    assert look(load_edition("open-2007", tmp_path), home).is_complete

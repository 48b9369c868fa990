"""Days of the station archive that are kept: the same rows as read anew, whatever happens to files and folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.warehouse.test_sources_cnemc import wide_file
from warehouse.errors import InputError
from warehouse.kept_pieces import Piece, PieceStore
from warehouse.sources import cnemc
from warehouse.sources.kept_days import days_kept_in
from warehouse.sources.notes import collected

PLACES = ["1001A", "1002A"]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Nine days; an instrument is stuck from the evening of the third to the morning of the fourth."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for day in range(1, 10):
        add_day(folder, day)
    return folder


def add_day(folder: Path, day: int, level: int = 0) -> Path:
    values = {
        (hour, "PM2.5"): [f"{level or 20 + day + hour % 5}", f"{30 + (hour * day) % 11}"]
        for hour in range(24)
    }
    stuck = {3: range(17, 24), 4: range(6)}.get(day, ())
    values |= {(hour, "PM2.5"): ["33", f"{40 + hour}"] for hour in stuck}
    name = f"china_sites_2017010{day}.csv"
    return wide_file(folder, PLACES, values, name=name, day=f"2017010{day}")


def read(folder: Path) -> pl.DataFrame:
    return cnemc.read([folder], "observation", 2017)


@pytest.fixture
def read_kept(tmp_path: Path) -> Callable[[Path], pl.DataFrame]:
    def reading(folder: Path) -> pl.DataFrame:
        with days_kept_in(tmp_path / "kept"):
            return read(folder)

    return reading


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose hours are read, in order."""
    names: list[str] = []
    genuine = cnemc._read_hours

    def counted(file: cnemc._DayFile, *rest: object) -> pl.DataFrame:
        names.append(file.name)
        return genuine(file, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(cnemc, "_read_hours", counted)
    return names


def days(names: list[str]) -> list[int]:
    return sorted({int(name[-5]) for name in names})


def test_kept_days_are_the_days_read_anew_and_are_not_read_again(
    archive: Path, read_kept: Callable[[Path], pl.DataFrame], files_read: list[str]
) -> None:
    anew = read(archive)
    assert read_kept(archive).equals(anew)
    files_read.clear()
    assert read_kept(archive).equals(anew)
    assert files_read == []


def test_a_new_day_is_read_with_its_neighbour_alone(
    archive: Path, read_kept: Callable[[Path], pl.DataFrame], files_read: list[str]
) -> None:
    newest = archive / "china_sites_20170109.csv"
    aside = newest.rename(archive.parent / newest.name)
    read_kept(archive)
    aside.rename(newest)
    files_read.clear()
    found = read_kept(archive)
    assert days(files_read) == [7, 8, 9]
    assert found.equals(read(archive))


def test_an_instrument_stuck_over_midnight_is_seen_when_the_second_day_comes_later(
    archive: Path, read_kept: Callable[[Path], pl.DataFrame]
) -> None:
    for day in range(4, 10):
        (archive / f"china_sites_2017010{day}.csv").unlink()
    assert read_kept(archive)["stuck_hours"].sum() == 0
    add_day(archive, 4)
    found = read_kept(archive)
    stuck = found.filter(pl.col("stuck_hours") > 0).sort("date")
    assert stuck["stuck_hours"].to_list() == [7, 6]
    (archive / "china_sites_20170104.csv").unlink()
    assert read_kept(archive)["stuck_hours"].sum() == 0


@pytest.mark.parametrize("day", [1, 4, 9])
def test_a_changed_day_is_seen(
    archive: Path, read_kept: Callable[[Path], pl.DataFrame], files_read: list[str], day: int
) -> None:
    before = read_kept(archive)
    path = archive / f"china_sites_2017010{day}.csv"
    text, status = path.read_text(encoding="utf-8"), path.stat()
    path.write_text(text.replace(",PM10,4", ",PM10,5"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    files_read.clear()
    found = read_kept(archive)
    assert len(days(files_read)) <= 5
    assert not found.equals(before)
    assert found.equals(read(archive))


def test_a_removed_day_is_gone_from_rows_and_folder(
    archive: Path, read_kept: Callable[[Path], pl.DataFrame], tmp_path: Path
) -> None:
    read_kept(archive)
    (archive / "china_sites_20170105.csv").unlink()
    assert read_kept(archive).equals(read(archive))
    assert len(list((tmp_path / "kept").iterdir())) == 8


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(bytes(content))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut, _flip, _empty])
def test_a_damaged_day_is_read_again(
    archive: Path,
    read_kept: Callable[[Path], pl.DataFrame],
    files_read: list[str],
    tmp_path: Path,
    damage: Callable[[Path], None],
) -> None:
    anew = read_kept(archive)
    (path,) = (tmp_path / "kept").glob("station-20170106_*")
    damage(path)
    files_read.clear()
    assert read_kept(archive).equals(anew)
    assert days(files_read) == [5, 6, 7]
    files_read.clear()
    assert read_kept(archive).equals(anew)
    assert files_read == []


def test_what_a_killed_writer_left_is_no_day_and_is_removed(
    archive: Path, read_kept: Callable[[Path], pl.DataFrame], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / ".abc.part").write_bytes(b"PAR1")
    assert read_kept(archive).equals(read(archive))
    assert len(list(kept.iterdir())) == 9


def test_other_code_reads_all_days_again(
    archive: Path,
    read_kept: Callable[[Path], pl.DataFrame],
    files_read: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_kept(archive)
    files_read.clear()
    monkeypatch.setattr(cnemc, "module_parts", lambda _: {"code of another day": "1"})
    read_kept(archive)
    assert days(files_read) == list(range(1, 10))


def test_a_bad_file_stops_the_reading_and_keeps_the_days_before_it(
    archive: Path,
    read_kept: Callable[[Path], pl.DataFrame],
    files_read: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cnemc, "_DAYS_AT_ONCE", 2)
    good = (archive / "china_sites_20170108.csv").read_text(encoding="utf-8")
    (archive / "china_sites_20170108.csv").write_text(good.replace("PM10_24h", "PM11"), "utf-8")
    with pytest.raises(InputError, match="type"):
        read_kept(archive)
    (archive / "china_sites_20170108.csv").write_text(good, "utf-8")
    anew = read(archive)
    files_read.clear()
    assert read_kept(archive).equals(anew)
    assert days(files_read) == [6, 7, 8, 9]


def test_a_unit_that_changes_with_a_new_day_is_refused(
    tmp_path: Path, read_kept: Callable[[Path], pl.DataFrame]
) -> None:
    places = [f"10{number:02d}A" for number in range(1, 22)]
    for day, level in ((1, 40), (2, 4000)):
        values = {(hour, "PM10"): [f"{level + hour}"] * 21 for hour in range(24)}
        name = f"china_sites_2017010{day}.csv"
        path = wide_file(tmp_path, places, values, name=name, day=f"2017010{day}")
        if day == 1:
            read_kept(path)
    with days_kept_in(tmp_path / "kept"), pytest.raises(InputError, match="unit of PM10 changes"):
        cnemc.read(sorted(tmp_path.glob("*.csv")), "observation", 2017)


def test_notes_on_files_and_hours_are_told_again(
    archive: Path, read_kept: Callable[[Path], pl.DataFrame]
) -> None:
    zero = {(hour, "SO2"): ["0", "5"] for hour in range(0, 24, 2)}
    wide_file(archive, PLACES, zero, name="china_sites_20170110.csv", day="20170110")
    first = archive / "china_sites_20170101.csv"
    first.write_text("Archive of quotsoft\n" + first.read_text(encoding="utf-8"), "utf-8")
    told = []
    for reading in (read, read_kept, read_kept):
        with collected() as notes:
            reading(archive)
        told.append([str(each) for each in notes])
    assert told[0] == told[1] == told[2]
    assert any("above the heading" in text for text in told[0])
    assert any("SO2: 12 of 480 hours are exactly zero" in text for text in told[0])


def test_a_killed_reading_loses_no_day_that_was_kept(archive: Path, tmp_path: Path) -> None:
    """The process dies by SIGKILL in the middle of its fourth day; the next one reads what is left."""
    kept = tmp_path / "kept"
    code = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from warehouse import kept_pieces\n"
        "from warehouse.sources import cnemc, kept_days\n"
        "genuine, count = kept_pieces.PieceStore.put, []\n"
        "def put(*args):\n"
        "    genuine(*args)\n"
        "    count.append(1)\n"
        "    if len(count) == 4:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "kept_pieces.PieceStore.put = put\n"
        "cnemc._DAYS_AT_ONCE = 2\n"
        f"with kept_days.days_kept_in(Path({str(kept)!r})):\n"
        f"    cnemc.read([Path({str(archive)!r})], 'observation', 2017)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(kept.glob("*.parquet"))) == 4
    store = PieceStore(kept)
    with days_kept_in(kept):
        found = read(archive)
    assert found.equals(read(archive))
    assert len(list(kept.glob("*.parquet"))) == 9
    assert store.used == set()


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    store = PieceStore(tmp_path / "file" / "kept")
    store.put("station-20170101", "a" * 64, Piece(pl.DataFrame({"x": [1.0]}), {}))
    assert store.get("station-20170101", "a" * 64) is None

"""CNEMC hourly values as archived by quotsoft: one wide CSV a day, a column a station or city.

``china_sites_YYYYMMDD.csv`` and ``china_cities_YYYYMMDD.csv``: date, hour, type, then stations or
cities. Fifteen types; hours may be missing, and a dash stands for no value. CO is in mg/m3, all else in
ug/m3, times are Beijing's. Also a folder or a ZIP archive of such files, as the archive ships a year.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.fingerprint import digest, file_checksum, module_parts, package_versions
from warehouse.kept_pieces import Piece
from warehouse.sources import hourly
from warehouse.sources.air_files import NO_VALUE, heading, numbers, plain_table, text_table
from warehouse.sources.base import Publication, Reader, broken, first_bytes
from warehouse.sources.kept_days import day_store
from warehouse.sources.notes import collected, note
from warehouse.sources.progress import told

NAME = "cnemc"
_HEADING = ("date", "hour", "type")
_FILE = re.compile(r"china_(sites|cities)_(\d{4})(\d{2})(\d{2})(?!\d)")
_STATION = re.compile(r"\d{4}[A-Z]?")
_SPECIES = ("PM2.5", "PM10", "SO2", "NO2", "O3", "CO")
_DERIVED = ("O3_8h", "O3_8h_24h", *(f"{name}_24h" for name in _SPECIES))
_TYPES = frozenset({"AQI", *_SPECIES, *_DERIVED})
_MG_TO_UG = 1000.0
_DAYS_AT_ONCE = 14  # of the nation, 100 MB of hours
_ZIP = b"PK\x03\x04"

PUBLICATION = Publication(
    producer="China National Environmental Monitoring Centre (CNEMC)",
    title="National urban air quality real-time publishing platform, hourly, archived by quotsoft",
    citation="China National Environmental Monitoring Centre; archive: quotsoft.net/air.",
    licence="None stated by the producer; the archive asks for non-commercial use",
    terms_of_use="Name CNEMC and the archive. Preliminary values, not the audited annual data.",
)


@dataclass(frozen=True)
class _DayFile:
    """A file of one day: a plain file (member empty), or a member of a ZIP archive.

    stated: the checksum and size of a member, as the archive has them.
    """

    path: Path
    member: str = ""
    stated: str = ""

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePosixPath(self.member).name or self.path.name

    def checksum(self) -> str:
        """Of the file's bytes; of a member of an archive, as the archive states it."""
        return self.stated if self.member else file_checksum(self.path)

    def state(self) -> tuple[int, int, int]:
        """What changes when somebody writes to the file."""
        status = self.path.stat()
        return status.st_size, status.st_mtime_ns, status.st_ino

    def __str__(self) -> str:
        return f"{self.path}: {self.member}" if self.member else str(self.path)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Daily values of every station or city in the files, folders and archives.

    Raises InputError for a file whose rows are of another day than its name says, two files of one
    day, an unknown type, an hour outside 0-23, text in a number cell, a value that is there twice, or a folder
    or archive without a file of a day.
    """
    days: dict[str, dict[date, _DayFile]] = {"city": {}, "station": {}}
    for file in (found for path in sorted(paths) for found in _day_files(path)):
        kind, day = _kind_and_day(file)
        if day in days[kind]:
            raise InputError(
                f"The {kind} file of {day} is there twice.",
                file=f"{days[kind][day]} and {file}",
                found="two files",
                expected="one file for each day",
                remedy="Remove one of the two.",
            )
        days[kind][day] = file
    return pl.concat(_kind(kind, files) for kind, files in days.items() if files)


def _kind(kind: str, files: Mapping[date, _DayFile]) -> pl.DataFrame:
    """Daily rows by day, those of unchanged files as they were kept; tells which hours of all days are odd."""
    order, store = sorted(files), day_store()
    keys = _keys(kind, files, order) if store else {}
    found = {day: store.get(_stem(kind, day), keys[day]) for day in order} if store else {}
    days = {day: kept for day, kept in found.items() if kept is not None}
    held: dict[date, _FileHours] = {}
    for wanted in told(_parts([day in days for day in order]), f"{kind} files, days at once"):
        states = {order[at]: files[order[at]].state() for at in wanted}
        for day, made in _read_days(kind, files, order, wanted, held):
            days[day] = made
            # A file that changes meanwhile is no longer the one of the key.
            if store and files[day].state() == states[day]:
                store.put(_stem(kind, day), keys[day], made)
    for day in order:
        for text, name in days[day].facts["notes"]:
            note(text, name)
    hours = pl.concat(_hours_told(days[day].facts["hours"]) for day in order)
    first, last = files[order[0]].name, files[order[-1]].name
    hourly.tell_odd_hours(hours, first if first == last else f"{first} to {last}")
    return pl.concat(days[day].rows for day in order)


def _keys(kind: str, files: Mapping[date, _DayFile], order: Sequence[date]) -> dict[date, str]:
    """By day: a checksum of the code, of its file and of the files before and after.

    An instrument that is stuck over midnight is stuck on both days, and a unit may change between two files.
    """
    code = {**module_parts([__name__]), **package_versions("polars", "numpy")}
    contents = [(f"{day}", files[day].checksum()) for day in order]
    around = [None, *contents, None]
    return {day: digest([kind, code, around[at : at + 3]]) for at, day in enumerate(order)}


def _parts(is_kept: Sequence[bool]) -> list[list[int]]:
    """Places of days to read, those at once that follow each other in the archive."""
    parts: list[list[int]] = []
    for at, kept in enumerate(is_kept):
        if kept:
            continue
        if parts and parts[-1][-1] == at - 1 and len(parts[-1]) < _DAYS_AT_ONCE:
            parts[-1].append(at)
        else:
            parts.append([at])
    return parts


_FileHours = tuple[pl.DataFrame, list[tuple[str, str]]]
"""The hours of a file, and the notes on it as text and file name."""


def _read_days(
    kind: str,
    files: Mapping[date, _DayFile],
    order: Sequence[date],
    wanted: Sequence[int],
    held: dict[date, _FileHours],
) -> Iterator[tuple[date, Piece]]:
    """Days that follow each other, read with the hours of the day before and after.

    held: files that were read for the days before these; afterwards, those read for these.
    """
    around = order[max(wanted[0] - 1, 0) : wanted[-1] + 2]
    read_now = {day: held.get(day) or _noted_hours(files[day], kind, day) for day in around}
    held.clear()
    held.update(read_now)
    chosen = [order[at] for at in wanted]
    names = {day: str(files[day]) for day in around}
    hours = hourly.joined([read_now[day][0] for day in around])
    made = hourly.days_of(hours, kind, names, chosen)
    for day in chosen:
        of_day = pl.col("date") == day
        facts = {"notes": read_now[day][1], "hours": made.hours.filter(of_day).write_json()}
        yield day, Piece(made.rows.filter(of_day), facts)


def _noted_hours(file: _DayFile, kind: str, day: date) -> _FileHours:
    with collected() as notes:
        hours = _read_hours(file, kind, day)
    return hours, [(each.text, each.file) for each in notes]


def _hours_told(text: str) -> pl.DataFrame:
    return pl.read_json(text.encode(), schema=hourly.HOURS_SCHEMA)


def _stem(kind: str, day: date) -> str:
    return f"{kind}-{day:%Y%m%d}"


def recognises(path: Path) -> bool:
    """A file named and headed as the archive does, or a folder or ZIP archive that holds a file so named."""
    if path.is_dir():
        return any(_FILE.match(file.name) for file in path.rglob("*.csv"))
    if first_bytes(path, len(_ZIP)) == _ZIP:
        return any(_FILE.match(file.name) for file in _members(path))
    return bool(_FILE.match(path.name)) and tuple(heading(path)[:3]) == _HEADING


def _members(path: Path) -> list[_DayFile]:
    """The files of a ZIP archive; none for a damaged one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [
                _DayFile(path, item.filename, f"{item.CRC:08x} {item.file_size}")
                for item in archive.infolist()
                if not item.is_dir()
            ]
    except UNPACKING:
        return []


def _day_files(path: Path) -> list[_DayFile]:
    """The files of days that a path holds, in the order of their names; what else it holds is noted."""
    if path.is_dir():
        inside = [_DayFile(file) for file in path.rglob("*") if file.is_file()]
    elif first_bytes(path, len(_ZIP)) == _ZIP:
        inside = _members(path)
    else:
        return [_DayFile(path)]
    files = [
        file for file in inside if not file.name.startswith(".") and "__MACOSX" not in str(file)
    ]
    days = [file for file in files if _FILE.match(file.name)]
    if not days:
        raise InputError(
            "There is no file of a day in it.",
            file=path,
            found=f"{len(inside)} other files",
            expected="china_sites_YYYYMMDD.csv or china_cities_YYYYMMDD.csv",
            remedy="Copy or download the archive again.",
        )
    if len(files) > len(days):
        note(f"{len(files) - len(days)} files that are of no day left out", path.name)
    return sorted(days, key=lambda file: file.name)


def _read_hours(file: _DayFile, kind: str, day: date) -> pl.DataFrame:
    """The hours of one file; an error names the archive and its member, not where it was unpacked."""
    if not file.member:
        return _hours(file.path, kind, day)
    with _unpacked(file) as path:
        try:
            return _hours(path, kind, day)
        except InputError as error:
            error.file = str(file)
            raise


@contextmanager
def _unpacked(file: _DayFile) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tradeplume-") as folder:
        path = Path(folder) / file.name
        try:
            with zipfile.ZipFile(file.path) as archive:
                path.write_bytes(archive.read(file.member))
        except UNPACKING as error:
            raise broken(file.path, "a ZIP archive", error) from error
        yield path


def _kind_and_day(path: _DayFile) -> tuple[str, date]:
    match = _FILE.match(path.name)
    try:
        if match is None:
            raise ValueError
        day = date(int(match[2]), int(match[3]), int(match[4]))
    except ValueError:
        raise InputError(
            "The file's name does not say its day.",
            file=str(path),
            found=path.name,
            expected="china_sites_YYYYMMDD.csv or china_cities_YYYYMMDD.csv",
            remedy="Give the file back its published name.",
        ) from None
    return ("station" if match[1] == "sites" else "city"), day


def _hours(path: Path, kind: str, day: date) -> pl.DataFrame:
    plain = plain_table(path, _HEADING, missing=NO_VALUE, only=("type", _SPECIES))
    if plain is not None:
        places = [name for name in plain.wanted.columns if name not in _HEADING]
        hours = _long(plain.texts, plain.wanted, places, path, kind, day)
        if hours["value"].is_finite().all():
            return hours
    table = text_table(path, _HEADING, missing=NO_VALUE)
    places = [name for name in table.columns if name and name not in _HEADING]
    wanted = table.filter(pl.col("type").is_in(_SPECIES))
    wide = numbers(wanted, places, path, "ug/m3, CO mg/m3")
    return _long(table, wide, places, path, kind, day)


def _long(
    table: pl.DataFrame,
    wide: pl.DataFrame,
    places: Sequence[str],
    path: Path,
    kind: str,
    day: date,
) -> pl.DataFrame:
    """The hours that have a value. table: the texts of all rows.  wide: the wanted rows with their numbers."""
    _check_places(path, kind, places)
    _check_rows(path, table, day)
    values = wide.select(pl.col(places).cast(pl.Float64)).to_numpy()
    row, column = np.nonzero(~np.isnan(values))
    factor = np.where(wide["type"].to_numpy() == "CO", _MG_TO_UG, 1.0)
    return pl.DataFrame(
        {
            "place": pl.Series(places, dtype=pl.Enum(places)).gather(column),
            "date": pl.repeat(day, len(row), eager=True),
            "hour": wide["hour"].cast(pl.Int64).gather(row),
            "pollutant": wide["type"].cast(pl.Enum(_SPECIES)).gather(row),
            "value": values[row, column] * factor[row],
        }
    )


def _check_places(path: Path, kind: str, places: Sequence[str]) -> None:
    odd = [name for name in places if (kind == "station") != bool(_STATION.fullmatch(name))]
    if odd or not places:
        raise InputError(
            f"The columns are not those of a {kind} file.",
            file=path,
            row="heading",
            column=odd[0] if odd else "4",
            found=f"{len(odd)} names of another kind" if odd else "no place",
            expected="station codes such as 1001A" if kind == "station" else "names of cities",
            remedy="Give the file back its published name and heading.",
        )


def _check_rows(path: Path, table: pl.DataFrame, day: date) -> None:
    rules = (
        ("date", pl.col("date") != f"{day:%Y%m%d}", f"{day:%Y%m%d}, as the file's name says"),
        ("hour", ~pl.col("hour").is_in([str(hour) for hour in range(24)]), "0 to 23"),
        ("type", ~pl.col("type").is_in(sorted(_TYPES)), ", ".join(sorted(_TYPES))),
    )
    for column, is_wrong, expected in rules:
        wrong = table.with_row_index("row", offset=1).filter(is_wrong.fill_null(True))
        if not wrong.is_empty():
            first = wrong.row(0, named=True)
            raise InputError(
                f"A row's {column} is not one of this file; {wrong.height} rows are like it.",
                file=path,
                row=first["row"],
                column=column,
                found=repr(first[column]),
                expected=expected,
                remedy="Download the file again, or give it the name of its day.",
            )


READER = Reader(
    name=NAME,
    roles=("observation",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)

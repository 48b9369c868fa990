"""MEIC 1.3: emissions of China by sector, 2010 to 2017, as Zheng et al. (2018) publish them with their figure 3.

A workbook with a sheet a species: a title, the line ``Unit: Tg`` with the sectors, then a line a year. Some
copies that CEDS carries have two sheets of SO2: then non-ferrous smelting was taken out of ``SO2``, and
``SO2_org`` is what was published. Found by names, not by position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from warehouse.errors import InputError
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    readable,
    role_frame,
    single_file,
)

NAME = "meic_national"
POLLUTANTS = ("SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5")
"""Each is the name of its sheet."""
UNCHANGED_SO2 = "SO2_org"
SECTOR_OF_HEADING: Mapping[str, str] = MappingProxyType(
    {
        "Power": "power",
        "Industry": "industry",
        "Residential": "residential",
        "Transportation": "transportation",
        "Agriculture": "agriculture",
    }
)
WITHOUT_FIGURES = "Solvent Use"
"""A sector that emits none of the seven pollutants: its figures must be zero."""
_UNIT = "Unit: Tg"
_TG_TO_T = 1e6
_HIGHEST_TG = 500.0

PUBLICATION = Publication(
    producer="MEIC team, Tsinghua University",
    title="China's anthropogenic emissions by sector and year, MEIC 1.3, 2010-2017 (data of figure 3)",
    citation=(
        "Zheng, B. et al. (2018): Trends in China's anthropogenic emissions since 2010 as the "
        "consequence of clean air actions. Atmospheric Chemistry and Physics 18, 14095-14111. "
        "doi:10.5194/acp-18-14095-2018"
    ),
    licence="CC BY 4.0 (the paper); distributed with CEDS (github.com/JGCRI/CEDS)",
    terms_of_use="Cite Zheng et al. (2018).",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Emission in t by sector, pollutant and every published year.

    Raises InputError for a damaged workbook, a missing sheet, another unit, an unknown sector, a
    year given twice or years that differ between sheets, or a cell that is not a number.
    """
    path = single_file(paths, NAME)
    book = _open(path)
    try:
        sheets = _sheet_of_pollutant(book.sheetnames)
        missing = [sheet for sheet in sheets.values() if sheet not in book.sheetnames]
        if missing:
            raise InputError(
                "A sheet is missing.",
                file=path,
                found=", ".join(book.sheetnames),
                expected=", ".join(missing),
                remedy="Take the workbook as published.",
            )
        rows = [
            (sector, pollutant, year, emission)
            for pollutant, sheet in sheets.items()
            for year, sector, emission in _sheet(book[sheet], f"{path} [sheet {sheet}]")
        ]
    finally:
        book.close()
    _same_years(rows, path)
    return role_frame(rows, role)


def recognises(path: Path) -> bool:
    """A workbook with the sheets of the seven pollutants."""
    if first_bytes(path, 2) != b"PK":
        return False
    try:
        book = _open(path)
    except InputError:
        return False
    names = set(book.sheetnames)
    book.close()
    return set(POLLUTANTS) <= names


def _open(path: Path) -> Any:
    import openpyxl  # slow to import

    try:
        return openpyxl.load_workbook(readable(path), read_only=True, data_only=True)
    except InputError:
        raise
    except Exception as error:  # the library raises its own and zipfile's errors alike
        raise broken(path, "an Excel workbook", error) from error


def _sheet_of_pollutant(names: Sequence[str]) -> dict[str, str]:
    sheets = {pollutant: pollutant for pollutant in POLLUTANTS}
    return sheets | ({"SO2": UNCHANGED_SO2} if UNCHANGED_SO2 in names else {})


def _sheet(sheet: Any, place: str) -> Iterator[tuple[int, str, float]]:
    """Year, sector and t of a sheet."""
    lines = [
        [cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)
    ]
    start = next((at for at, line in enumerate(lines) if line[:1] == [_UNIT]), None)
    if start is None:
        raise InputError(
            "The line with the unit and the sectors is missing.",
            file=place,
            found="no such line",
            expected=f"{_UNIT}, then the sectors",
            remedy="Restore the published sheet.",
        )
    sectors = [str(name) for name in lines[start][1:]]
    expected = {*SECTOR_OF_HEADING, WITHOUT_FIGURES}
    if set(sectors) != expected or len(sectors) != len(expected):
        raise InputError(
            "The sectors are not the publisher's.",
            file=place,
            row=_UNIT,
            found=", ".join(sectors),
            expected=", ".join(sorted(expected)),
            remedy="Restore the published sheet.",
        )
    years: set[int] = set()
    for at, line in enumerate(lines[start + 1 :], start=start + 2):
        if not line:
            continue
        year = _year(line[0], place, at)
        if year in years:
            raise _refused(place, at, "A year is there twice.", str(year), "each year once")
        years.add(year)
        yield from _year_of(line[1:], sectors, year, place, at)


def _year_of(
    cells: Sequence[object], sectors: Sequence[str], year: int, place: str, at: int
) -> Iterator[tuple[int, str, float]]:
    if len(cells) != len(sectors):
        raise _refused(place, at, "A row is cut off.", f"{len(cells)} cells", f"{len(sectors)}")
    for name, cell in zip(sectors, cells, strict=True):
        value = number(cell, file=place, row=f"line {at} ({year})", column=name, unit="Tg")
        if not 0 <= value <= _HIGHEST_TG or (name == WITHOUT_FIGURES and value):
            raise _refused(place, at, f"{name} has an impossible figure.", f"{value:g}", "Tg")
        if name != WITHOUT_FIGURES:
            yield year, SECTOR_OF_HEADING[name], value * _TG_TO_T


def _year(cell: object, place: str, at: int) -> int:
    if re.fullmatch(r"(?:19|20)\d\d", str(cell)) is None:
        raise _refused(place, at, "A line does not begin with a year.", repr(cell), "a year")
    return int(str(cell))


def _refused(place: str, at: int, what: str, found: str, expected: str) -> InputError:
    return InputError(
        what,
        file=place,
        row=f"line {at}",
        found=found,
        expected=expected,
        remedy="Restore the published sheet.",
    )


def _same_years(rows: Sequence[tuple[str, str, int, float]], path: Path) -> None:
    years = {
        pollutant: sorted({row[2] for row in rows if row[1] == pollutant})
        for pollutant in POLLUTANTS
    }
    first = years["SO2"]
    different = [name for name, those in years.items() if those != first or not those]
    if different:
        raise InputError(
            "The years differ between the sheets.",
            file=path,
            found=", ".join(f"{name}: {years[name] or 'none'}" for name in different),
            expected=f"{first} as in SO2",
            remedy="Copy or download the workbook again.",
        )


READER = Reader(
    name=NAME,
    roles=("national_emission",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    vintage_year=2017,
)

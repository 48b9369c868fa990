"""MEIC by province: tables of the five sectors, a sheet or a CSV file a pollutant.

A few title lines, among them the unit (``Unit: Gg``) and perhaps the year; a heading with the sectors; a line a
province. Found by names, not by position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.files import files_in
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import (
    Publication,
    Reader,
    number,
    role_frame,
)
from warehouse.sources.figures import counted, is_missing
from warehouse.sources.meic_names import (
    POLLUTANT_OF_NAME,
    SECTORS,
    TOTAL,
    doubtful_unit,
    pollutant_of,
    sector_of,
    tonnes_per_unit,
)
from warehouse.sources.notes import note
from warehouse.sources.workbook import TABLE_SUFFIXES, tables

NAME = "meic"
POLLUTANTS = tuple(dict.fromkeys(POLLUTANT_OF_NAME.values()))
_TITLE_ROWS = 10
_BELOW = frozenset(
    {
        *("china", "national", "nation", "total", "sum", "hongkong", "macao", "macau", "taiwan"),
        *("全国", "合计", "总计", "香港", "澳门", "台湾"),
    }
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_TOTAL_TOLERANCE = 0.01
_HIGHEST_T = 2e7
_LOWEST_NATION_T = {
    "SO2": 1e6,
    "NOx": 2e6,
    "CO": 1e7,
    "NH3": 1e6,
    "BC": 1e5,
    "OC": 1e5,
    "PM2.5": 5e5,
}
_MANY_PROVINCES = 25

PUBLICATION = Publication(
    producer="Tsinghua University, MEIC team",
    title="Multi-resolution Emission Inventory model for Climate and air pollution research (MEIC), by province",
    citation=(
        "Zheng, B. et al. (2018): Trends in China's anthropogenic emissions since 2010 as the consequence of "
        "clean air actions. Atmospheric Chemistry and Physics 18, 14095-14111. doi:10.5194/acp-18-14095-2018"
    ),
    licence="Free for research after registration at meicmodel.org.cn",
    terms_of_use="Cite Li et al. (2017), Zheng et al. (2018) and MEIC; do not pass the files on.",
)


@dataclass(frozen=True)
class Sheet:
    """A pollutant's table as text, and what its place says about it."""

    place: str
    name: str
    rows: list[list[str]]

    @property
    def file(self) -> str:
        """The file's name."""
        return Path(self.place.partition(" [sheet ")[0]).name


@dataclass(frozen=True)
class _Blank:
    """A line with cells that have no figure: where it stands, and sector to what the cell holds."""

    row: str
    cells: dict[str, str]


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Emission in t by province, sector (and ``TOTAL``) and the seven pollutants; NOx as NO2.

    Sheets of other species are passed over. Raises InputError for another layout, unit or year, an unknown or
    repeated province, a pollutant that is missing or there twice, text in a number cell, or a total that is not
    the sum.
    """
    rows: list[tuple[str, str, str, float]] = []
    place_of: dict[str, str] = {}
    for sheet in _sheets(paths):
        pollutant = _pollutant(sheet)
        if pollutant is None:
            note(f"Sheet {sheet.name} has no pollutant that is read; passed over.", sheet.file)
            continue
        if pollutant in place_of:
            raise _odd(
                sheet, None, f"{pollutant} also in {place_of[pollutant]}", "one table a pollutant"
            )
        place_of[pollutant] = sheet.place
        rows += _table(sheet, pollutant, year)
    missing = [name for name in POLLUTANTS if name not in place_of]
    if missing:
        raise InputError(
            "Pollutants are missing.",
            file=", ".join(str(path) for path in paths),
            found=", ".join(place_of) or "none",
            expected=", ".join(POLLUTANTS),
            remedy="Put the tables of all seven pollutants in place.",
        )
    _same_provinces(rows, paths)
    return role_frame(rows, "sector_emission")


def recognises(path: Path) -> bool:
    """A workbook or CSV file with a heading of MEIC's sectors, or a folder of such."""
    try:
        return any(_start(sheet) is not None for sheet in _sheets([path]))
    except InputError:
        return False


def _sheets(paths: Sequence[Path]) -> Iterator[Sheet]:
    for path in sorted(paths):
        for file in files_in(path, TABLE_SUFFIXES):
            for table in tables(file):
                place = str(file) if table.name == file.stem else f"{file} [sheet {table.name}]"
                yield Sheet(place, table.name, table.rows)


def _start(sheet: Sheet) -> int | None:
    """The heading's line: the first that names all five sectors."""
    for at, row in enumerate(sheet.rows[:_TITLE_ROWS]):
        if set(SECTORS) <= {sector_of(cell) for cell in row}:
            return at
    return None


def _pollutant(sheet: Sheet) -> str | None:
    """What the sheet's name says, or a part of the file's name, or a title."""
    titles = [cell for row in sheet.rows[:_TITLE_ROWS] for cell in row[:1]]
    for texts in ([sheet.name], re.split(r"[_\-\s]+", sheet.name), titles):
        found = {pollutant for text in texts if (pollutant := pollutant_of(text)) is not None}
        if len(found) > 1:
            raise _odd(
                sheet, None, f"named for {', '.join(sorted(found))}", "one pollutant a table"
            )
        if found:
            return found.pop()
    return None


def _table(sheet: Sheet, pollutant: str, year: int) -> list[tuple[str, str, str, float]]:
    start = _start(sheet)
    if start is None:
        raise _odd(
            sheet,
            f"lines 1 to {_TITLE_ROWS}",
            "no such line",
            f"a heading with {', '.join(SECTORS)}",
        )
    heading = sheet.rows[start]
    factor = _factor(sheet, start)
    _check_year(sheet, start, year)
    columns = {
        at: sector for at, cell in enumerate(heading) if (sector := sector_of(cell)) is not None
    }
    if len(set(columns.values())) != len(columns):
        raise _odd(sheet, f"line {start + 1}", ", ".join(heading), "each sector in one column")
    found: dict[str, dict[str, float]] = {}
    without: dict[str, _Blank] = {}
    for at, row in enumerate(sheet.rows[start + 1 :], start=start + 2):
        names = [
            code for cell in row[: min(columns)] if (code := province_of_any_name(cell)) is not None
        ]
        if not any(row):
            continue
        if not names:
            _refuse_unknown(sheet, at, row)
            continue
        if names[0] in found:
            raise _odd(sheet, f"line {at}", f"{names[0]} twice", "one line a province")
        cells = {
            sector: row[column] if column < len(row) else "" for column, sector in columns.items()
        }
        blank = {sector: cell for sector, cell in cells.items() if is_missing(cell)}
        if blank:
            without[names[0]] = _Blank(f"line {at} ({names[0]})", blank)
        found[names[0]] = {
            sector: 0.0
            if sector in blank
            else factor
            * number(
                cell, file=sheet.place, row=f"line {at} ({names[0]})", column=sector, unit="as the title says"
            )
            for sector, cell in cells.items()
        }  # fmt: skip
    _check_blanks(sheet, found, without)
    _check_values(sheet, pollutant, found)
    return [
        (province, sector, pollutant, value)
        for province, values in found.items()
        for sector, value in {
            **{name: values[name] for name in SECTORS},
            TOTAL: sum(values[name] for name in SECTORS),
        }.items()
    ]


def _check_blanks(
    sheet: Sheet, found: Mapping[str, Mapping[str, float]], without: Mapping[str, _Blank]
) -> None:
    """A cell without a figure is not an emission where the whole column is blank, or the stated total says so."""
    whole = {
        name
        for name in SECTORS
        if all(code in without and name in without[code].cells for code in found)
    }
    for province, blank in without.items():
        rest = [name for name in blank.cells if name not in whole and name != TOTAL]
        stated = None if TOTAL in blank.cells else found[province].get(TOTAL)
        total = sum(found[province][name] for name in SECTORS)
        agrees = stated is not None and abs(total - stated) <= _TOTAL_TOLERANCE * max(
            abs(stated), 1.0
        )
        if rest and not agrees:
            raise _odd(
                sheet,
                blank.row,
                f"no figure of {rest[0]}: {blank.cells[rest[0]]!r}",
                "a figure, or a total that the other sectors sum to",
            )
    if marks := [cell for blank in without.values() for cell in blank.cells.values()]:
        note(
            f"No figure in {counted(marks)} of {sheet.name}; no emission, as totals or whole columns say.",
            sheet.file,
        )


def _refuse_unknown(sheet: Sheet, at: int, row: Sequence[str]) -> None:
    """A sum over the country or a source line may stand below; any other unnamed line is an error."""
    named = next(cell for cell in row if cell)
    first = "".join(named.casefold().split())
    if first in _BELOW or re.match(r"source|note|数据来源|注", first):
        return
    raise _odd(sheet, f"line {at}", repr(named), "a province")


def _factor(sheet: Sheet, start: int) -> float:
    cells = [cell for row in sheet.rows[: start + 1] for cell in row]
    factors = {factor for cell in cells if (factor := tonnes_per_unit(cell)) is not None}
    doubtful = next((unit for cell in cells if (unit := doubtful_unit(cell)) is not None), None)
    if doubtful is not None or len(factors) > 1:
        raise _odd(
            sheet, f"lines 1 to {start + 1}",
            f"unit {doubtful}" if doubtful else f"units of {', '.join(f'{one:g}' for one in sorted(factors))} t",
            "one unit: t, kt, Gg, Mg, Tg, Mt or 万吨 (mg is a milligram)",
        )  # fmt: skip
    if factors:
        return factors.pop()
    raise _odd(
        sheet,
        f"lines 1 to {start + 1}",
        "no unit that is known",
        "Unit: t, kt, Gg, Mg, Tg, Mt or 万吨",
    )


def _check_year(sheet: Sheet, start: int, year: int) -> None:
    """The titles say the year; where they do not, the file's name may."""
    titles = " ".join(cell for row in sheet.rows[:start] for cell in row)
    stated = {int(text) for text in _YEAR.findall(titles) or _YEAR.findall(sheet.file)}
    if not stated:
        note(f"No year stated; {year} assumed.", sheet.file)
    elif year not in stated:
        raise _odd(sheet, "title", ", ".join(str(item) for item in sorted(stated)), str(year))


def _check_values(sheet: Sheet, pollutant: str, found: dict[str, dict[str, float]]) -> None:
    if not found:
        raise _odd(sheet, None, "no line of a province", "provinces under the heading")
    for province, values in found.items():
        total = sum(values[name] for name in SECTORS)
        stated = values.get(TOTAL, total)
        low = min(values.values())
        if low < 0 or total > _HIGHEST_T:
            raise _odd(
                sheet,
                province,
                f"{low:,.6g} to {total:,.6g} t",
                f"zero to {_HIGHEST_T:g} t of {pollutant}",
            )
        if abs(total - stated) > _TOTAL_TOLERANCE * max(abs(stated), 1.0):
            raise _odd(
                sheet,
                province,
                f"sectors sum to {total:,.6g} t",
                f"the stated total, {stated:,.6g} t",
            )
    nation = sum(sum(values[name] for name in SECTORS) for values in found.values())
    if len(found) >= _MANY_PROVINCES and nation < _LOWEST_NATION_T[pollutant]:
        raise _odd(
            sheet, "all provinces", f"{nation:,.6g} t of {pollutant}",
            f"at least {_LOWEST_NATION_T[pollutant]:g} t: is the unit another?",
        )  # fmt: skip


def _same_provinces(rows: Sequence[tuple[str, str, str, float]], paths: Sequence[Path]) -> None:
    everywhere = {row[0] for row in rows}
    for pollutant in POLLUTANTS:
        missing = sorted(everywhere - {row[0] for row in rows if row[2] == pollutant})
        if missing:
            raise InputError(
                "A province is missing in the table of a pollutant.",
                file=", ".join(str(path) for path in paths),
                column=pollutant,
                found=f"no line for {', '.join(missing)}",
                expected=f"the {len(everywhere)} provinces of the other tables",
                remedy="Restore the published table.",
            )


def _odd(sheet: Sheet, row: str | None, found: str, expected: str) -> InputError:
    return InputError(
        "The table is not MEIC's by province and five sectors.",
        file=sheet.place,
        row=row,
        found=found,
        expected=expected,
        remedy="Put the published table in place unchanged.",
    )


READER = Reader(
    name=NAME,
    roles=("sector_emission",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    marks=(*SECTORS, "电力", "工业", "民用", "交通", "农业", "MEIC"),
)

"""The national data service's yearly provincial tables: one indicator by region, or one region by indicator.

Workbook or CSV, English or Chinese: lines naming database, indicator or region, and time; a heading ``Region`` or
``Indicators`` with years; rows; the source. The query interface's long CSV is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import InputError
from warehouse.province_names import province_of, province_of_division
from warehouse.sources.notes import note
from warehouse.sources.workbook import tables

_HEADING = {"region": "region", "地区": "region", "indicators": "indicator", "指标": "indicator"}
_TITLE = re.compile(
    r"^(database|数据库|indicators?|指标|region|地区|year|time|时间|unit|单位|计量单位)\s*[:：]\s*(.*)$",
    re.I,
)
_TITLE_KEY = {"指标": "indicator", "地区": "region", "单位": "unit", "计量单位": "unit"}
_WITH_UNIT = re.compile(r"[)）\]]\s*$")
_YEAR = re.compile(r"^((?:19|20)\d\d)(?:\.0+)?年?$")
_SOURCE = re.compile(r"data sources?|数据来源|^注|^note", re.IGNORECASE)
_NATION = frozenset({"national", "china", "全国"})
_LONG = ("indicator_name", "region_code", "year", "value")
MAX_TITLE_ROWS = 10


@dataclass(frozen=True)
class Cell:
    """One figure: whose, of what (as printed, with its unit), of which year, and where it stands.

    text: as printed; blank, or a mark, where there is no figure.
    """

    indicator: str
    province: str
    year: int
    text: str
    row: str


def cells(path: Path) -> Iterator[Cell]:
    """All figures of a file; blank cells have empty text.

    Of a workbook every visible sheet that has a table is read, the others are passed over and noted.  Raises
    InputError for a file of another layout, an unknown province, or a heading without years.
    """
    found = tables(path)
    with_table = [sheet for sheet in found if _is_table(sheet.rows)]
    if found and not with_table:
        _heading(found[0].rows, path)
    for sheet in found:
        if sheet in with_table:
            yield from _cells(sheet.rows, path)
        else:
            note(f"Sheet {sheet.name} holds no table of the service; passed over.", path.name)


def _cells(lines: Sequence[Sequence[str]], path: Path) -> Iterator[Cell]:
    if _is_long(lines):
        yield from _long(lines, path)
        return
    titles, start, kind = _heading(lines, path)
    years = _years(lines[start], path, start)
    subject = titles.get("region" if kind == "indicator" else "indicator", "")
    if not subject:
        raise _odd(
            path,
            f"lines 1 to {start + 1}",
            "no indicator or region named",
            "Indicators: or Region:",
        )
    listed: list[str] = []
    for at, line in enumerate(lines[start + 1 :], start=start + 2):
        name = line[0].strip() if line else ""
        if not name or name.casefold() in _NATION or _SOURCE.search(name):
            continue
        region, indicator = (subject, name) if kind == "indicator" else (name, subject)
        province = province_of(region)
        if province is None:
            raise _odd(path, f"line {at}", repr(region), "a province")
        listed.append(province if kind == "region" else name)
        for column, year in years.items():
            text = line[column].strip() if column < len(line) else ""
            yield Cell(_with_unit(indicator, titles), province, year, text, f"line {at} ({name})")
    _check_listed(listed, kind, path)


def _with_unit(indicator: str, titles: Mapping[str, str]) -> str:
    """The indicator with the unit that a line above the heading states, where it names none itself."""
    unit = titles.get("unit", "")
    return f"{indicator}({unit})" if unit and not _WITH_UNIT.search(indicator) else indicator


def is_yearbook(path: Path) -> bool:
    """A workbook or text file with a table that begins as the service's yearly tables do."""
    if not path.is_file() or path.suffix.lower() not in {".xls", ".xlsx", ".csv"}:
        return False
    try:
        return any(_is_table(sheet.rows) for sheet in tables(path))
    except InputError:
        return False


def _is_table(lines: Sequence[Sequence[str]]) -> bool:
    try:
        return _is_long(lines) or bool(_heading(lines, Path()))
    except InputError:
        return False


def _is_long(lines: Sequence[Sequence[str]]) -> bool:
    return bool(lines) and set(_LONG) <= {name.strip() for name in lines[0]}


def _check_listed(listed: Sequence[str], kind: str, path: Path) -> None:
    twice = sorted({name for name in listed if listed.count(name) > 1})
    if twice:
        raise _odd(path, ", ".join(twice), "the same name twice", "one line each")
    if kind == "region" and len(listed) != 31:
        raise InputError(
            "The table does not list the 31 provinces.",
            file=path,
            column="Region",
            found=f"{len(listed)} lines",
            expected="31 provinces, blank cells where there is no figure",
            remedy="Export the table again.",
        )


def _heading(lines: Sequence[Sequence[str]], path: Path) -> tuple[dict[str, str], int, str]:
    """What the title lines name, the heading's place, and whether its rows are regions or indicators."""
    titles: dict[str, str] = {}
    for at, line in enumerate(lines[:MAX_TITLE_ROWS]):
        first = line[0].strip() if line else ""
        kind = _HEADING.get(first.casefold())
        if kind is not None:
            return titles, at, kind
        # A comma of the title may have cut it into cells.
        match = _TITLE.match(", ".join(cell.strip() for cell in line if cell.strip()))
        if match:
            key = match[1].casefold().rstrip("s")
            titles[_TITLE_KEY.get(key, key)] = match[2].strip()
    raise _odd(
        path, f"lines 1 to {MAX_TITLE_ROWS}",
        repr(" | ".join((line[0] if line else "") for line in lines[:4]))[:160],
        "a line Region or Indicators with years",
    )  # fmt: skip


def _years(heading: Sequence[str], path: Path, at: int) -> dict[int, int]:
    """Column to year."""
    years = {
        column: int(match[1])
        for column, name in enumerate(heading[1:], start=1)
        if (match := _YEAR.match(name.strip()))
    }
    odd = [n for c, n in enumerate(heading[1:], start=1) if n.strip() and c not in years]
    if not years or odd or len(set(years.values())) != len(years):
        raise _odd(path, f"line {at + 1}", ", ".join(odd) or "no years, or one twice", "years")
    return years


def _long(lines: Sequence[Sequence[str]], path: Path) -> Iterator[Cell]:
    heading = [name.strip() for name in lines[0]]
    at = {name: heading.index(name) for name in _LONG}
    for place, line in enumerate(lines[1:], start=2):
        if len(line) != len(heading):
            raise _odd(path, f"line {place}", f"{len(line)} cells", f"{len(heading)} cells")
        province = province_of_division(line[at["region_code"]])
        year = _YEAR.match(line[at["year"]].strip())
        if province is None or year is None:
            raise _odd(
                path, f"line {place}", repr((line[at["region_code"]], line[at["year"]])),
                "a province's number and a year",
            )  # fmt: skip
        yield Cell(
            line[at["indicator_name"]].strip(), province, int(year[1]), line[at["value"]].strip(),
            f"line {place}",
        )  # fmt: skip


def _odd(path: Path, row: str, found: str, expected: str) -> InputError:
    return InputError(
        "The file is not a yearly provincial table of the national data service.",
        file=path,
        row=row,
        found=found,
        expected=expected,
        remedy="Export the table again and put it in place unchanged.",
    )

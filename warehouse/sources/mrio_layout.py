"""Where things stand in a CEADs workbook of a provincial multi-regional table, found by its codes.

Known layouts: Chinese and English sheets; with and without the column of total intermediate use;
further columns and rows (error shares, checks, CO2) behind. Province names may be merged cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warehouse.errors import InputError
from warehouse.paper_contracts import ALL, MRIO_COLUMNS, MRIO_ROWS
from warehouse.province_names import province_of_any_name

SECTORS = tuple(f"{code:02d}" for code in range(1, 43))
HEAD_ROWS = 12
"""Codes stand within the first rows and columns of a sheet."""

Head = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Line:
    """A row or a column of the table: where it stands (from 0), whose it is, and what."""

    at: int
    province: str
    code: str
    kind: str


@dataclass(frozen=True)
class Layout:
    """The code row (from 0) and the table's columns, in the sheet's order."""

    code_row: int
    columns: tuple[Line, ...]

    @property
    def first_column(self) -> int:
        """Where the figures begin."""
        return min(column.at for column in self.columns)


def code_of(cell: str) -> str:
    """A code as the table's: numbers become two digits (``1`` and ``1.0`` are ``01``)."""
    text = cell.strip().upper()
    if re.fullmatch(r"\d{1,2}(\.0+)?", text):
        return f"{int(float(text)):02d}"
    return text


def find_layout(head: Head, place: str) -> Layout | None:
    """The layout of a sheet by its first rows; None when it has no row of codes.

    Raises InputError when codes are there but provinces, sectors or uses are missing or repeat.
    """
    kinds = kinds_of(MRIO_COLUMNS)
    for at, row in enumerate(head):
        codes = [code_of(cell) for cell in row]
        if sum(code in SECTORS for code in codes) < len(SECTORS) or "GO" not in codes:
            continue
        names = _province_row(head[:at], place)
        columns = tuple(_lines(codes, names, kinds))
        _check(columns, "column", {"EX", "GO", "TFU"}, place)
        _check_provinces(columns, ("sector", *MRIO_COLUMNS["final_demand"]), place)
        return Layout(at, columns)
    return None


def find_rows(codes: Sequence[str], names: Sequence[str], place: str, first: int) -> list[Line]:
    """The table's rows by the codes and province names of its left columns, which begin at line ``first``.

    Raises InputError for a missing, repeated or unknown row.
    """
    kinds = kinds_of(MRIO_ROWS)
    rows = list(_lines([code_of(code) for code in codes], names, kinds))
    last = max((row.at for row in rows), default=0)
    known = {row.at for row in rows}
    for at, code in enumerate(codes[:last]):
        if at not in known:
            raise InputError(
                "A row within the table has no code that the table knows.",
                file=place,
                row=f"line {first + at}",
                column="code",
                found=repr(code),
                expected=f"01 to 42, {', '.join(sorted(kinds.keys() - set(SECTORS)))}",
                remedy="Restore the published sheet.",
            )
    _check(rows, "row", {"IM", "TII", "TVA", "TI", *MRIO_ROWS["value_added"]}, place)
    _check_provinces(rows, ("sector",), place)
    return rows


def kinds_of(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Code to kind, sectors included."""
    kinds = {code: kind for kind, codes in groups.items() for code in codes}
    return {**dict.fromkeys(SECTORS, "sector"), **kinds}


def _lines(codes: Sequence[str], names: Sequence[str], kinds: dict[str, str]) -> list[Line]:
    lines, province = [], ""
    for at, code in enumerate(codes):
        province = province_of_any_name(names[at] if at < len(names) else "") or province
        kind = kinds.get(code)
        if kind is None:
            continue
        owned = kind in {"sector", "final_demand"}
        lines.append(Line(at, province if owned else ALL, code, kind))
    return lines


def _province_row(rows: Head, place: str) -> Sequence[str]:
    """Of the rows above the codes the one with the most province names."""
    counted = [sum(province_of_any_name(cell) is not None for cell in row) for row in rows]
    if not counted or max(counted) == 0:
        raise InputError(
            "No row above the codes names provinces.",
            file=place,
            row=f"lines 1 to {len(rows)}",
            found="no province",
            expected="names of provinces over their sectors",
            remedy="Restore the published sheet.",
        )
    return rows[counted.index(max(counted))]


def _check(lines: Sequence[Line], axis: str, required: set[str], place: str) -> None:
    counts = Counter((line.province, line.code) for line in lines)
    twice = sorted(" ".join(key) for key, count in counts.items() if count > 1)
    missing = sorted(required - {line.code for line in lines})
    if twice or missing:
        raise InputError(
            f"The table's {axis}s are not complete, or repeat.",
            file=place,
            row=", ".join((twice + missing)[:8]) if axis == "row" else None,
            column=", ".join((twice + missing)[:8]) if axis == "column" else None,
            found=f"twice: {', '.join(twice[:8]) or 'none'}; missing: {', '.join(missing) or 'none'}",
            expected=f"each province and code in one {axis}",
            remedy="Restore the published sheet.",
        )


def _check_provinces(lines: Sequence[Line], wanted: Sequence[str], place: str) -> None:
    """Every province has all its sectors (and kinds of demand)."""
    codes = {*SECTORS, *wanted} - {"sector"}
    provinces = sorted({line.province for line in lines if line.province != ALL})
    have = {(line.province, line.code) for line in lines}
    missing = [(p, code) for p in provinces for code in sorted(codes) if (p, code) not in have]
    if missing or "" in provinces:
        raise InputError(
            "A province lacks sectors or kinds of final demand, or a block has no province.",
            file=place,
            row=None,
            column=" ".join(missing[0]) if missing else None,
            found=f"{len(missing)} missing" if missing else "a block without a name",
            expected=f"42 sectors for each of {len(provinces)} provinces",
            remedy="Restore the published sheet.",
        )

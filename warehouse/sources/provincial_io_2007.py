"""The official provincial input-output tables of 2007 (ChinaIO.xls): thirty sheets, 42 sectors.

Every sheet is one province's competitive table in 10,000 CNY at producers' prices. Its cells are
found by the publisher's codes, never by position: row codes 1..49 run down the code column, column
codes 1..58 across the code row (Hainan starts three rows higher than the others; some codes are
text). The headings above the codes are not read: in Shandong two of them are exchanged while the
figures follow the codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.errors import InputError
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    role_frame,
    single_file,
)
from warehouse.sources.odd_cells import Silence, xls_sheet_cell

NAME = "provincial_io_2007"
YEAR = 2007

PUBLICATION = Publication(
    producer="Provincial statistics bureaus of China",
    title="Input-output tables of 30 provinces, 2007, 42 sectors",
    citation=(
        "National Bureau of Statistics of China, Department of National Accounts (2011): China "
        "Regional Input-Output Tables 2007. China Statistics Press, Beijing."
    ),
    licence="Official statistics; no licence stated",
    terms_of_use="Name the provincial statistics bureaus. File ChinaIO.xls as kept by Da Zhang.",
)

PROVINCE_OF_SHEET = {
    "ANH": "CN-AH",
    "BEJ": "CN-BJ",
    "CHQ": "CN-CQ",
    "FUJ": "CN-FJ",
    "GAN": "CN-GS",
    "GUD": "CN-GD",
    "GXI": "CN-GX",
    "GZH": "CN-GZ",
    "HAI": "CN-HI",
    "HEB": "CN-HE",
    "HEN": "CN-HA",
    "HLJ": "CN-HL",
    "HUB": "CN-HB",
    "HUN": "CN-HN",
    "JIL": "CN-JL",
    "JSU": "CN-JS",
    "JXI": "CN-JX",
    "LIA": "CN-LN",
    "NMG": "CN-NM",
    "NXA": "CN-NX",
    "QIH": "CN-QH",
    "SHA": "CN-SN",  # Shaanxi
    "SHD": "CN-SD",
    "SHH": "CN-SH",
    "SHX": "CN-SX",  # Shanxi
    "SIC": "CN-SC",
    "TAJ": "CN-TJ",
    "XIN": "CN-XJ",
    "YUN": "CN-YN",
    "ZHJ": "CN-ZJ",
}
SCRATCH_SHEETS = frozenset({"Sheet31", "Sheet32", "Sheet33", "Sheet34"})

_SECTORS = {code: (f"{code:02d}", "sector") for code in range(1, 43)}
ROWS = _SECTORS | {
    43: ("TII", "total"),
    44: ("VA001", "value_added"),
    45: ("VA002", "value_added"),
    46: ("VA003", "value_added"),
    47: ("VA004", "value_added"),
    48: ("TVA", "total"),
    49: ("TI", "total"),
}
COLUMNS = _SECTORS | {
    43: ("TIU", "total"),
    44: ("FU101", "final_demand"),
    45: ("FU102", "final_demand"),
    46: ("FU_HH", "total"),
    47: ("FU103", "final_demand"),
    48: ("TC", "total"),
    49: ("FU201", "final_demand"),
    50: ("FU202", "final_demand"),
    51: ("GCF", "total"),
    52: ("EX", "export"),
    53: ("OF", "outflow"),
    54: ("TFU", "total"),
    55: ("IM", "import"),
    56: ("IF", "inflow"),
    57: ("ERR", "error"),
    58: ("GO", "total"),
}
_VALUE_ADDED_ROWS = range(44, 50)
_LAST_VALUE_ADDED_COLUMN = 43


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """The thirty tables as rows of the role; zero cells are left out, totals are kept.

    Raises InputError when the file is damaged, a sheet is missing or unknown, the run of codes is
    not found, or a cell holds text.
    """
    path = single_file(paths, NAME)
    if year != YEAR:
        raise InputError(
            "The file has the tables of another year.",
            file=path,
            found=str(YEAR),
            expected=str(year),
            remedy="Choose an edition of 2007, or bring the tables of the year.",
        )
    book = _open(path)
    names = [name for name in book.sheet_names() if name not in SCRATCH_SHEETS]
    if set(names) != set(PROVINCE_OF_SHEET):
        missing = sorted(set(PROVINCE_OF_SHEET) - set(names))
        unknown = sorted(set(names) - set(PROVINCE_OF_SHEET))
        raise InputError(
            "The workbook's sheets are not those of the thirty provinces.",
            file=path,
            found=f"missing {', '.join(missing) or 'none'}; unknown {', '.join(unknown) or 'none'}",
            expected=", ".join(PROVINCE_OF_SHEET),
            remedy="Restore the published workbook.",
        )
    return pl.concat([_sheet(_loaded(book, name, path), path) for name in names])


def recognises(path: Path) -> bool:
    """An old Excel workbook with the thirty sheets."""
    if not first_bytes(path, 8).startswith(b"\xd0\xcf\x11\xe0"):
        return False
    try:
        return set(PROVINCE_OF_SHEET) <= set(_open(path).sheet_names())
    except InputError:
        return False


def _open(path: Path) -> Any:
    import xlrd

    try:
        return xlrd.open_workbook(path, on_demand=True, logfile=Silence())
    except Exception as error:  # xlrd raises its own, struct, index and assertion errors
        raise broken(path, "an Excel workbook (.xls)", error) from error


def _loaded(book: Any, name: str, path: Path) -> Any:
    """A sheet of the workbook, which xlrd reads only now."""
    try:
        return book.sheet_by_name(name)
    except Exception as error:  # as above
        raise broken(path, f"an Excel workbook (.xls), sheet {name}", error) from error


def _sheet(sheet: Any, path: Path) -> pl.DataFrame:
    place = f"{path} [sheet {sheet.name}]"
    code_row, column_of = _find_columns(sheet, place)
    row_of = _find_rows(sheet, code_row, place)
    province = PROVINCE_OF_SHEET[sheet.name]
    cells = [
        ("ALL", province, *ROWS[row], *COLUMNS[column], value)
        for row, at_row in row_of.items()
        for column, at_column in column_of.items()
        if row not in _VALUE_ADDED_ROWS or column <= _LAST_VALUE_ADDED_COLUMN
        for value in [_cell(sheet, at_row, at_column, place, row, column)]
        if value != 0 or "total" in (ROWS[row][1], COLUMNS[column][1])
    ]
    return role_frame(cells, "provincial_table")


def _cell(sheet: Any, at_row: int, at_column: int, place: str, row: int, column: int) -> float:
    value = xls_sheet_cell(sheet, at_row, at_column)
    name = f"{COLUMNS[column][0]} (code {column})"
    return number(
        value,
        file=place,
        row=f"{ROWS[row][0]} (line {at_row + 1})",
        column=name,
        unit="10,000 CNY",
    )


def _code(value: object) -> int | None:
    """A code cell, number or text, as a whole number."""
    try:
        code = float(str(value).strip())
    except ValueError:
        return None
    return int(code) if code.is_integer() else None


def _find_columns(sheet: Any, place: str) -> tuple[int, dict[int, int]]:
    """The code row, and where each column code stands in it."""
    for row in range(sheet.nrows):
        codes = [_code(sheet.cell_value(row, column)) for column in range(sheet.ncols)]
        start = codes.index(1) if 1 in codes else None
        if start is None or codes[start : start + 42] != list(range(1, 43)):
            continue
        found = {code: at for at, code in enumerate(codes) if code in COLUMNS and at >= start}
        _refuse_codes(set(COLUMNS) - set(found), "column", place)
        return row, found
    raise _no_run(place, "a row with the column codes 1 to 42")


def _find_rows(sheet: Any, code_row: int, place: str) -> dict[int, int]:
    """Where each row code stands in the first column that runs 1 to 42 below the code row."""
    for column in range(sheet.ncols):
        codes = [_code(sheet.cell_value(row, column)) for row in range(code_row + 1, sheet.nrows)]
        if codes[:42] != list(range(1, 43)):
            continue
        found: dict[int, int] = {}
        for offset, code in enumerate(codes):
            if code in ROWS:
                found.setdefault(code, code_row + 1 + offset)
        _refuse_codes(set(ROWS) - set(found), "row", place)
        return found
    raise _no_run(place, "a column with the row codes 1 to 42")


def _refuse_codes(missing: set[int], kind: str, place: str) -> None:
    if missing:
        raise InputError(
            f"The sheet lacks {kind} codes.",
            file=place,
            found=f"no {', '.join(str(code) for code in sorted(missing))}",
            expected=f"all {kind} codes of the 2007 table",
            remedy="Restore the published sheet.",
        )


def _no_run(place: str, expected: str) -> InputError:
    return InputError(
        "The sheet is not a table of 42 sectors.",
        file=place,
        found="no run of codes",
        expected=expected,
        remedy="Restore the published sheet.",
    )


READER = Reader(
    name=NAME,
    roles=("provincial_table",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)

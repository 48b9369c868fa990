"""Sheets of Excel workbooks as text, with what a figure must not be taken from told apart.

Hidden sheets are passed over and noted. A cell that Excel could not compute comes back as its error
(``#REF! (cell B4)``), a formula that was never computed as the formula, a cell merged with one that holds a
figure as ``merged with B3 (cell B4)``, a share as ``12%``, a figure with a raised mark as ``12.5 with raised 1``:
whoever reads a figure there refuses it (``warehouse.sources.figures``).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import InputError
from warehouse.files import broken, kind_of, readable
from warehouse.sources.calamine import guarded
from warehouse.sources.figures import MERGED, address
from warehouse.sources.notes import note
from warehouse.sources.odd_cells import hidden_sheets, odd_cells
from warehouse.sources.text_files import text_rows

SUFFIXES = frozenset({".xlsx", ".xls", ".xlsm"})
TABLE_SUFFIXES = SUFFIXES | {".csv", ".txt", ".tsv"}
# The library's remarks on charts and the like are not faults of a table; without a handler Python prints them.
_REMARKS = logging.getLogger("calamine")
_REMARKS.addHandler(logging.NullHandler())
_REMARKS.propagate = False
# The English export of the data service writes a full-width colon in UTF-8 where readers expect Latin-1.
_BROKEN_COLON = "ï¼\x9a"


@dataclass(frozen=True)
class Sheet:
    """A visible sheet: its name and its cells as text, from its first line and column on."""

    name: str
    rows: list[list[str]]


def sheets(path: Path) -> list[Sheet]:
    """The visible sheets of a workbook that hold any text, in its order.

    Raises InputError for a file that is not a workbook, or a damaged one.
    """
    book = opened(path)
    odd = odd_cells(path)
    found = []
    for name in visible_names(path, book):
        with guarded(path):
            frame = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
        rows = _stripped([[cell or "" for cell in row] for row in frame.rows()])
        if name in odd and (hidden := odd[name].hidden_rows):
            note(f"Sheet {name}: {hidden} hidden rows are read like the others.", path.name)
        for (row, column), text in odd[name].cells.items() if name in odd else ():
            _put(rows, row, column - odd[name].before, f"{text} (cell {address(row, column)})")
        if any(cell for row in rows for cell in row):
            found.append(Sheet(name, rows))
    return found


def opened(path: Path) -> Any:
    """The workbook as fastexcel has it. Raises InputError for a file that is not a workbook, or a damaged one."""
    import fastexcel

    with guarded(path):
        return fastexcel.read_excel(readable(path))


def visible_names(path: Path, book: Any) -> list[str]:
    """The names of the sheets that Excel shows; those it hides are noted, unless it hides all."""
    hidden = hidden_sheets(path)
    if hidden.issuperset(book.sheet_names):
        return list(book.sheet_names)
    for name in sorted(hidden):
        note(f"Sheet {name} is hidden; passed over.", path.name)
    return [name for name in book.sheet_names if name not in hidden]


def _put(rows: list[list[str]], row: int, column: int, text: str) -> None:
    if (
        text.startswith(MERGED)
        and row < len(rows)
        and column < len(rows[row])
        and rows[row][column]
    ):
        return
    while len(rows) <= row:
        rows.append([])
    rows[row] += [""] * (column + 1 - len(rows[row]))
    rows[row][column] = text


def tables(path: Path) -> list[Sheet]:
    """The tables of a workbook (its visible sheets) or of a text file (one), whatever the file's name says.

    Raises InputError for a file that is neither, or damaged.
    """
    kind = kind_of(readable(path))
    if kind in {"xlsx", "xls"}:
        return sheets(path)
    if kind in {None, "utf16"} and path.suffix.lower() not in SUFFIXES:
        return [Sheet(path.stem, _stripped(text_rows(path)))]
    if kind in {None, "utf16"} and (rows := _text_under_another_name(path)):
        note("The file is text under the name of a workbook; read so.", path.name)
        return [Sheet(path.stem, _stripped(rows))]
    raise broken(path, "an Excel workbook or CSV", ValueError("neither a workbook nor text"))


def _text_under_another_name(path: Path) -> list[list[str]]:
    """The rows of a text file with at least one line of several cells; nothing for other files."""
    try:
        rows = text_rows(path)
    except InputError:
        return []
    return rows if any(len(row) > 1 for row in rows) else []


def _stripped(rows: list[list[str]]) -> list[list[str]]:
    return [[cell.replace(_BROKEN_COLON, "：").strip() for cell in row] for row in rows]

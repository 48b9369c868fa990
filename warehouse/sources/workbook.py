"""Sheets of Excel workbooks as text, with what a figure must not be taken from told apart.

Hidden sheets are passed over and noted. A cell that Excel could not compute comes back as its error
(``#REF! (cell B4)``), a formula that was never computed as the formula, and a cell merged with one that holds a
figure as ``merged with B3 (cell B4)``: whoever reads a figure there refuses it (``warehouse.sources.figures``).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any
from xml.etree import ElementTree

from warehouse.errors import InputError
from warehouse.files import broken, kind_of, readable
from warehouse.sources.figures import ERROR_CELLS, FORMULA, MERGED, address, doubt_of
from warehouse.sources.notes import note
from warehouse.sources.text_files import text_rows

SUFFIXES = frozenset({".xlsx", ".xls", ".xlsm"})
# The English export of the data service writes a full-width colon in UTF-8 where readers expect Latin-1.
_BROKEN_COLON = "ï¼\x9a"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PART = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SIGNS = (b't="e"', b"<f", b"<mergeCell ", b":f>")
_CHUNK_BYTES = 1 << 20
_CELL = re.compile(r"([A-Z]+)(\d+)")


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
        try:
            frame = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
        except Exception as error:
            raise broken(path, "an Excel workbook", error) from error
        rows = _stripped([[cell or "" for cell in row] for row in frame.rows()])
        for (row, column), text in odd[name].cells.items() if name in odd else ():
            _put(rows, row, column - odd[name].before, f"{text} (cell {address(row, column)})")
        if any(cell for row in rows for cell in row):
            found.append(Sheet(name, rows))
    return found


def opened(path: Path) -> Any:
    """The workbook as fastexcel has it. Raises InputError for a file that is not a workbook, or a damaged one."""
    import fastexcel

    try:
        return fastexcel.read_excel(readable(path))
    except InputError:
        raise
    except Exception as error:  # calamine's errors, zip errors, OS errors
        raise broken(path, "an Excel workbook", error) from error


def visible_names(path: Path, book: Any) -> list[str]:
    """The names of the sheets that Excel shows; those it hides are noted, unless it hides all."""
    hidden = _hidden(path)
    if hidden.issuperset(book.sheet_names):
        return list(book.sheet_names)
    for name in sorted(hidden):
        note(f"Sheet {name} is hidden; passed over.", path.name)
    return [name for name in book.sheet_names if name not in hidden]


@dataclass(frozen=True)
class OddCells:
    """Of a sheet, by row and column (from 0): errors, formulas never computed, cells merged with a figure.

    before: blank columns before the first one with a value, which calamine leaves out.
    """

    cells: dict[tuple[int, int], str]
    before: int


def odd_cells(path: Path) -> dict[str, OddCells]:
    """The odd cells by sheet, of the sheets that have any.

    A workbook without any is not looked through cell by cell. Raises InputError for a damaged one.
    """
    try:
        if kind_of(path) == "xls":
            return _odd_in_xls(path)
        return _odd_in_xlsx(path) if _may_be_odd(path) else {}
    except InputError:
        raise
    except Exception as error:  # zip, xml and xlrd errors alike
        raise broken(path, "an Excel workbook", error) from error


def odd_cell(place: str, row: int, column: int, text: str) -> InputError:
    """The error for a cell (from 0) that is read and is odd."""
    doubt = doubt_of(text)
    return InputError(
        f"A cell does not hold a number{f': {doubt.reason}' if doubt else ''}.",
        file=place,
        row=f"line {row + 1}",
        column=f"cell {address(row, column)}",
        found=text,
        expected="a figure",
        remedy=doubt.remedy if doubt else "Restore the published figure.",
    )


def xls_sheet_cell(sheet: Any, row: int, column: int) -> object:
    """The value of a cell of an .xls sheet (xlrd); an error as Excel shows it, where xlrd has a code number."""
    import xlrd

    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#UNKNOWN!")
    return bool(value) if kind == xlrd.XL_CELL_BOOLEAN else value


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


def _hidden(path: Path) -> set[str]:
    """Names of hidden sheets; none where the workbook does not say."""
    try:
        if kind_of(path) == "xls":
            import xlrd

            book = xlrd.open_workbook(path, on_demand=True, logfile=Silence())
            return {name for name in book.sheet_names() if book.sheet_by_name(name).visibility}
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as stream:
            listed = ElementTree.parse(stream).iter(f"{_MAIN}sheet")
            return {
                each.get("name", "") for each in listed if each.get("state", "visible") != "visible"
            }
    except Exception:  # said by whoever reads the sheets
        return set()


class Silence:
    """xlrd prints notes about old workbooks; a reader does not print."""

    def write(self, text: str) -> None:
        """Drop the text."""


def _odd_in_xls(path: Path) -> dict[str, OddCells]:
    import xlrd

    book = xlrd.open_workbook(path, logfile=Silence())
    odd: dict[str, OddCells] = {}
    for sheet in book.sheets():
        cells, before = {}, sheet.ncols
        for row in range(sheet.nrows):
            for column, kind in enumerate(sheet.row_types(row)):
                if kind not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                    before = min(before, column)
                if kind == xlrd.XL_CELL_ERROR:
                    cells[row, column] = str(xls_sheet_cell(sheet, row, column))
        odd[sheet.name] = OddCells(cells, before)
    return {name: found for name, found in odd.items() if found.cells}


def _may_be_odd(path: Path) -> bool:
    """Whether any sheet's bytes have the sign of an error, a formula or merged cells."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as stream:
                    if _has_sign(stream):
                        return True
    return False


def _has_sign(stream: IO[bytes]) -> bool:
    rest = b""
    while chunk := stream.read(_CHUNK_BYTES):
        if any(sign in rest + chunk for sign in _SIGNS):
            return True
        rest = chunk[-16:]
    return False


def _odd_in_xlsx(path: Path) -> dict[str, OddCells]:
    with zipfile.ZipFile(path) as archive:
        odd = {}
        for name, part in _parts(archive).items():
            with archive.open(part) as stream:
                odd[name] = _odd_in_part(stream)
    return {name: found for name, found in odd.items() if found.cells}


def _parts(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """Sheet name to the archive's member that holds its cells."""
    with archive.open("xl/workbook.xml") as stream:
        ids = {
            each.get(_RELATION, ""): each.get("name", "")
            for each in ElementTree.parse(stream).iter(f"{_MAIN}sheet")
        }
    with archive.open("xl/_rels/workbook.xml.rels") as stream:
        targets = {
            each.get("Id", ""): each.get("Target", "")
            for each in ElementTree.parse(stream).iter(_PART)
        }
    members = set(archive.namelist())
    found = {}
    for key, name in ids.items():
        target = targets.get(key, "")
        part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        if part in members and "worksheets" in part:
            found[name] = part
    return found


def _odd_in_part(stream: IO[bytes]) -> OddCells:
    odd: dict[tuple[int, int], str] = {}
    filled: set[tuple[int, int]] = set()
    columns: set[int] = set()
    merged: list[str] = []
    for _, element in ElementTree.iterparse(stream):
        if element.tag == f"{_MAIN}c" and (place := _place(element.get("r", ""))) is not None:
            if text := _odd_text(element):
                odd[place] = text
            elif _has_value(element):
                columns.add(place[1])
                if element.get("t", "n") == "n":
                    filled.add(place)
        elif element.tag == f"{_MAIN}row":
            element.clear()
        elif element.tag == f"{_MAIN}mergeCell":
            merged.append(element.get("ref", ""))
    return OddCells(odd | _merged(merged, filled | odd.keys()), min(columns, default=0))


def _merged(
    ranges: Sequence[str], filled: Collection[tuple[int, int]]
) -> dict[tuple[int, int], str]:
    """The cells of merged ranges whose first cell is filled, but that cell."""
    found: dict[tuple[int, int], str] = {}
    for text in ranges:
        first, _, last = text.partition(":")
        begin, end = _place(first), _place(last or first)
        if begin is not None and end is not None and begin in filled:
            found |= dict.fromkeys(_others(begin, end), f"{MERGED}{address(*begin)}")
    return found


def _has_value(cell: ElementTree.Element) -> bool:
    return bool(cell.findtext(f"{_MAIN}v")) or cell.find(f"{_MAIN}is") is not None


def _odd_text(cell: ElementTree.Element) -> str | None:
    """An error as Excel shows it, or a formula without a value; None for every other cell."""
    value, formula = cell.findtext(f"{_MAIN}v") or "", cell.find(f"{_MAIN}f")
    if cell.get("t") == "e":
        return value if value in ERROR_CELLS else "#UNKNOWN!"
    if formula is not None and not value.strip() and cell.get("t") != "str":
        return f"{FORMULA}{formula.text or 'a shared formula'}"
    return None


def _others(begin: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The cells of a merged range but its first; a range of whole columns is cut at 10,000 cells."""
    count = 0
    for row in range(begin[0], end[0] + 1):
        for column in range(begin[1], end[1] + 1):
            if (row, column) != begin and (count := count + 1) <= 10_000:
                yield row, column


def _place(text: str) -> tuple[int, int] | None:
    """Row and column (from 0) of an address."""
    match = _CELL.fullmatch(text)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


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

"""Cells of Excel workbooks from which no figure must be taken: their places, and what stands there instead.

Errors, formulas never computed, cells merged with one that holds a figure, shares shown in per cent, and figures
with a raised mark, which libraries read as one more digit.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any
from xml.etree import ElementTree

from warehouse.errors import InputError
from warehouse.files import broken, kind_of
from warehouse.sources.figures import (
    ERROR_CELLS,
    FORMULA,
    MERGED,
    RAISED,
    address,
    doubt_of,
    figure,
)

_MERGE = b"mergeCell "
_MERGE_START = re.compile(rb'<mergeCell ref="([A-Z]+[0-9]+)[:"]')
_TEXT_KIND = re.compile(rb' t="(?:s|str|inlineStr)"')
_SIGNS = (b't="e"', b"<f", _MERGE, b":f>", b":f ", b'hidden="1"', b"vertAlign")
_CHUNK_BYTES = 1 << 20
_CELL = re.compile(r"([A-Z]+)(\d+)")
_PER_CENT_FORMATS = frozenset({"9", "10"})
_QUOTED = re.compile(r'"[^"]*"|\\.')


@dataclass(frozen=True)
class OddCells:
    """Of a sheet, by row and column (from 0): what stands in a cell that must not be read as a figure.

    before: blank columns before the first one with a value, which calamine leaves out.  hidden_rows: filled rows
    that Excel does not show.
    """

    cells: dict[tuple[int, int], str]
    before: int
    hidden_rows: int = 0


@dataclass(frozen=True)
class _Book:
    """What the cells of a workbook refer to.

    raised: the shared texts with a raised part, by number, as ``12.5 with raised 1``.  per_cent: styles that show
    a share.  is_uncomputed: whether its writer asks Excel to compute everything, so that a zero may be a blank.
    """

    raised: Mapping[str, str] = field(default_factory=dict)
    per_cent: frozenset[str] = frozenset()
    is_uncomputed: bool = False


def odd_cells(path: Path) -> dict[str, OddCells]:
    """The odd cells by sheet, of the sheets that have any.

    A workbook without any is not looked through cell by cell. Raises InputError for a damaged one.
    """
    try:
        return _odd_in_xls(path) if kind_of(path) == "xls" else _odd_in_xlsx(path)
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


class Silence:
    """xlrd prints notes about old workbooks; a reader does not print."""

    def write(self, text: str) -> None:
        """Drop the text."""


def hidden_sheets(path: Path) -> set[str]:
    """Names of hidden sheets; none where the workbook does not say."""
    try:
        if kind_of(path) == "xls":
            import xlrd

            book = xlrd.open_workbook(path, on_demand=True, logfile=Silence())
            return {name for name in book.sheet_names() if book.sheet_by_name(name).visibility}
        with zipfile.ZipFile(path) as archive:
            return {
                each.get("name", "")
                for each in _named(_root(archive, "xl/workbook.xml"), "sheet")
                if each.get("state", "visible") != "visible"
            }
    except Exception:  # said by whoever reads the sheets
        return set()


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


def _odd_in_xlsx(path: Path) -> dict[str, OddCells]:
    odd = {}
    with zipfile.ZipFile(path) as archive:
        parts = _parts(archive)
        book = _Book(_raised(archive), _per_cent(archive), _is_uncomputed(archive))
        if not book.raised and not book.per_cent and not _has_signs(archive, parts.values()):
            return {}
        is_plain = not book.raised and not book.per_cent
        for name, part in parts.items():
            if is_plain and _is_sound(archive.read(part)):
                continue
            with archive.open(part) as stream:
                odd[name] = _odd_in_part(stream, book)
    return {name: found for name, found in odd.items() if found.cells or found.hidden_rows}


def _root(archive: zipfile.ZipFile, member: str) -> ElementTree.Element:
    with archive.open(member) as stream:
        return ElementTree.parse(stream).getroot()


def _local(element: ElementTree.Element) -> str:
    """An element's name without its namespace: the strict form of the standard has another one."""
    return str(element.tag).rpartition("}")[2]


def _named(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in root.iter() if _local(each) == name)


def _has_signs(archive: zipfile.ZipFile, parts: Collection[str]) -> bool:
    """Whether any sheet's bytes have the sign of an error, a formula, merged cells or hidden rows."""
    for name in parts:
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


def _is_sound(sheet: bytes) -> bool:
    """Whether a sheet's bytes show that it has no odd cell; False where they do not, and cells must be looked at.

    Large tables have no sign but merged headings: those whose first cell is empty or a text hold no figure.
    """
    signs = [sign for sign in _SIGNS if sign in sheet]
    if signs != [_MERGE] * len(signs):
        return False
    starts = _MERGE_START.findall(sheet)
    return len(starts) == sheet.count(_MERGE) and all(
        _is_empty_or_text(sheet, start) for start in set(starts)
    )


def _is_empty_or_text(sheet: bytes, address_of_cell: bytes) -> bool:
    """Whether a cell holds no number, by its tag; False for a tag of unknown form."""
    place = b' r="%s"' % address_of_cell
    found = re.search(b"<c" + place + b"([^>]*)>", sheet)
    if found is None:
        return place not in sheet
    return found[1].endswith(b"/") or _TEXT_KIND.search(found[1]) is not None


def _raised(archive: zipfile.ZipFile) -> dict[str, str]:
    """The shared texts that read as a figure only with their raised part, by number."""
    member = "xl/sharedStrings.xml"
    if member not in archive.namelist():
        return {}
    content = archive.read(member)
    if b"vertAlign" not in content:
        return {}
    texts = _named(ElementTree.fromstring(content), "si")
    marked = ((str(at), _with_raised(each)) for at, each in enumerate(texts))
    return {number: text for number, text in marked if text}


def _with_raised(text: ElementTree.Element) -> str:
    """``12.5 with raised 1`` for a text of runs that reads as 12.51; empty for every other text."""
    flat = raised = ""
    for run in _named(text, "r"):
        letters = "".join(each.text or "" for each in _named(run, "t"))
        if next(_named(run, "vertAlign"), None) is None:
            flat += letters
        else:
            raised += letters
    return f"{flat}{RAISED}{raised}" if raised and figure(flat + raised) is not None else ""


def _per_cent(archive: zipfile.ZipFile) -> frozenset[str]:
    """The numbers of the cell styles that show shares in per cent."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    root = _root(archive, "xl/styles.xml")
    formats = _PER_CENT_FORMATS | {
        each.get("numFmtId", "")
        for each in _named(root, "numFmt")
        if "%" in _QUOTED.sub("", each.get("formatCode", ""))
    }
    styles = next(_named(root, "cellXfs"), None)
    return frozenset(
        str(at)
        for at, each in enumerate(() if styles is None else _named(styles, "xf"))
        if each.get("numFmtId") in formats
    )


def _is_uncomputed(archive: zipfile.ZipFile) -> bool:
    settings = next(_named(_root(archive, "xl/workbook.xml"), "calcPr"), None)
    return settings is not None and settings.get("fullCalcOnLoad") in ("1", "true")


def _parts(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """Sheet name to the archive's member that holds its cells."""
    ids = {
        value: each.get("name", "")
        for each in _named(_root(archive, "xl/workbook.xml"), "sheet")
        for key, value in each.attrib.items()
        if key.endswith("}id")
    }
    targets = {
        each.get("Id", ""): each.get("Target", "")
        for each in _named(_root(archive, "xl/_rels/workbook.xml.rels"), "Relationship")
    }
    members = set(archive.namelist())
    found = {}
    for key, name in ids.items():
        target = targets.get(key, "")
        part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        if part in members and "worksheets" in part:
            found[name] = part
    return found


def _odd_in_part(stream: IO[bytes], book: _Book) -> OddCells:
    odd: dict[tuple[int, int], str] = {}
    filled: set[tuple[int, int]] = set()
    columns: set[int] = set()
    merged: list[str] = []
    hidden = 0
    for _, element in ElementTree.iterparse(stream):
        kind = _local(element)
        if kind == "c" and (place := _place(element.get("r", ""))) is not None:
            cell = _Cell.of(element)
            if cell.is_filled:
                columns.add(place[1])
            if text := _odd_text(cell, book):
                odd[place] = text
            elif cell.is_filled and cell.kind == "n":
                filled.add(place)
        elif kind == "row":
            hidden += element.get("hidden") in ("1", "true") and any(
                _Cell.of(each).is_filled for each in element
            )
            element.clear()
        elif kind == "mergeCell":
            merged.append(element.get("ref", ""))
    return OddCells(odd | _merged(merged, filled | odd.keys()), min(columns, default=0), hidden)


@dataclass(frozen=True)
class _Cell:
    """A cell of a sheet's XML: its kind and style, its value as text, its formula (None: no formula)."""

    kind: str
    style: str
    value: str
    formula: str | None
    inline: ElementTree.Element | None

    @classmethod
    def of(cls, element: ElementTree.Element) -> _Cell:
        """The cell that an element describes."""
        parts = {_local(each): each for each in element}
        value, formula = parts.get("v"), parts.get("f")
        return cls(
            element.get("t", "n"),
            element.get("s", "0"),
            "" if value is None else (value.text or ""),
            None if formula is None else (formula.text or ""),
            parts.get("is"),
        )

    @property
    def is_filled(self) -> bool:
        """Whether the cell shows anything."""
        return bool(self.value) or self.inline is not None


def _odd_text(cell: _Cell, book: _Book) -> str | None:
    """What stands in a cell that is not to be read as a figure; None for every other cell."""
    if cell.kind == "e":
        return cell.value if cell.value in ERROR_CELLS else "#UNKNOWN!"
    if cell.formula is not None and cell.kind != "str":
        is_blank = not cell.value.strip() or (book.is_uncomputed and figure(cell.value) == 0)
        if is_blank:
            return f"{FORMULA}{cell.formula or 'a shared formula'}"
    if cell.kind == "s":
        return book.raised.get(cell.value)
    if cell.inline is not None:
        return _with_raised(cell.inline) or None
    share = figure(cell.value) if cell.kind == "n" and cell.style in book.per_cent else None
    return None if share is None else f"{100 * share:.10g}%"


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

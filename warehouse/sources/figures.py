"""Figures as publishers and spreadsheets print them: what a cell's text means, and what it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ERROR_CELLS = frozenset(
    {
        *("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#N/A", "#N/A!"),
        *("#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!"),
    }
)
"""What Excel shows where it could not compute."""

MISSING_MARKS = frozenset(
    {"", "-", "--", "---", "–", "—", "——", "_", "…", "……", "...", "..", "#", "/", "\\", "*"}
    | {"na", "n/a", "n.a", "n.a.", "nan", "null", "none", "无", "缺", "空"}
)
"""What statistical tables print where there is no figure, in lower case. None of them is a zero."""

FORMULA, MERGED = "=", "merged with "
"""How texts begin that stand for a formula never computed, and for a cell merged with the one with the figure."""
RAISED = " with raised "
"""What parts a figure from a mark printed higher, in a text that stands for both."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x2212: "-",
    0xFE63: "-",
}
_BLANKS = "\u00a0\u2009\u202f\u2007"
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,' ’])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_COMMA_SURELY = re.compile(
    r"[+-]?(?:\d*,(?:\d{1,2}|\d{4,})|\d{4,},\d+|0\d*,\d+|\d{1,3}(?:[. ']\d{3})+,\d+)(?:[eE][+-]?\d+)?"
)
_POINT_SURELY = re.compile(
    r"[+-]?(?:\d*\.(?:\d{1,2}|\d{4,})|\d{4,}\.\d+|0\d*\.\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,})"
    r"(?:[eE][+-]?\d+)?"
)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_POINT_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


@dataclass(frozen=True)
class Doubt:
    """Why a text is not a figure, and what to do."""

    reason: str
    remedy: str


def plain(text: str) -> str:
    """The text with full-width signs and digits as ASCII, the blanks of typesetters as blanks, ends stripped."""
    narrow = text.translate(_FULL_WIDTH).translate(_INVISIBLE)
    for blank in _BLANKS:
        narrow = narrow.replace(blank, " ")
    return narrow.strip()


def is_missing(text: str) -> bool:
    """Whether the text is a mark for no figure, a blank cell among them."""
    return plain(text).casefold() in MISSING_MARKS


def figure(text: str) -> float | None:
    """The figure that a text prints; None when it prints none, or one that can be read in two ways.

    Groups of thousands are three digits each, by comma, blank or apostrophe; the decimal sign is a point.
    """
    narrow = plain(text)
    if _PLAIN.fullmatch(narrow):
        return float(narrow)
    grouped = _GROUPED.fullmatch(narrow)
    return float(narrow.replace(grouped[1], "")) if grouped else None


def doubt_of(text: str) -> Doubt | None:
    """What a text is that is not a figure, where that can be said."""
    narrow = plain(text).partition(" (cell ")[0]
    if narrow.upper() in ERROR_CELLS or (narrow.startswith("##") and not narrow.strip("#")):
        return Doubt(
            "Excel could not compute it",
            "Repair the formula, or write the published figure, and load the file again.",
        )
    if narrow.startswith(FORMULA):
        return Doubt(
            "it holds a formula that was never computed",
            "Open the workbook in Excel, save it, and load it again.",
        )
    if narrow.startswith(MERGED):
        return Doubt(
            "it is merged with another one, so that a figure stands for both",
            "Undo the merging and write the figure of each cell.",
        )
    if RAISED in narrow:
        return Doubt(
            "a part of it is raised, as marks of footnotes and powers are",
            "Remove the mark, and write the figure alone.",
        )
    if narrow.endswith(("%", "‰")):
        return Doubt("it holds a share, not an amount", "Write the amount in its unit.")
    if _DECIMAL_COMMA.fullmatch(narrow):
        return Doubt(
            "its comma groups no thousands, it seems to be a decimal comma",
            "Write a decimal point, or save the table as CSV with semicolons.",
        )
    if is_missing(narrow):
        return Doubt(
            "it has no figure",
            "Write the figure; if it is unknown, leave the whole row out.",
        )
    return None


def decimal_sign(cells: Iterable[str]) -> tuple[str, str | None]:
    """The decimal sign of a table whose columns no comma separates, and a cell that leaves it open.

    ``,`` when some cell can only have a decimal comma and none a decimal point.  The cell is one such as
    ``1,234``, where nothing in the table tells whether it is a thousand or one; None when no cell is.
    """
    has_comma = has_point = False
    open_cell: str | None = None
    for text in cells:
        if not text or not (text[0].isdigit() or text[0] in "+-.,"):
            continue
        has_comma = has_comma or _COMMA_SURELY.fullmatch(text) is not None
        has_point = has_point or _POINT_SURELY.fullmatch(text) is not None
        if open_cell is None and _EITHER.fullmatch(text):
            open_cell = text
    if has_comma and not has_point:
        return ",", None
    return ".", None if has_point or has_comma else open_cell


def grouping_point(column: Sequence[str]) -> str | None:
    """A cell such as ``1.234`` of a column whose points may group thousands; None where they begin decimals.

    They may where every point has three digits behind it and smaller figures have none: ``1.234`` beside ``987``.
    """
    figures = [text for text in column if _PLAIN.fullmatch(text)]
    pointed = [text for text in figures if _POINT_EITHER.fullmatch(text)]
    whole = [text for text in figures if re.fullmatch(r"[+-]?\d{1,3}", text)]
    is_open = pointed and any(text.strip("+-0") for text in whole)
    return pointed[0] if is_open and len(pointed) + len(whole) == len(figures) else None


def with_point(text: str) -> str:
    """A figure with a decimal comma as one with a point: ``1.234,5`` is ``1234.5``; other texts as they are."""
    if _COMMA_SURELY.fullmatch(text) or _EITHER.fullmatch(text):
        return re.sub(r"[. ']", "", text).replace(",", ".")
    if _POINT_EITHER.fullmatch(text) or re.fullmatch(r"[+-]?\d{1,3}(?:\.\d{3}){2,}", text):
        return text.replace(".", "")
    return text


def column_letters(column: int) -> str:
    """The letters of a spreadsheet's column (from 0): 0 is A, 27 is AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """The address of a cell (row and column from 0): ``B7``."""
    return f"{column_letters(column)}{row + 1}"


def counted(marks: Sequence[str]) -> str:
    """How many of which marks, for a note: ``3 cells (2 x -, 1 x blank)``."""
    names = {mark: marks.count(mark) for mark in dict.fromkeys(marks)}
    listed = ", ".join(f"{count} x {mark or 'blank'}" for mark, count in names.items())
    return f"{len(marks)} cell{'s' if len(marks) > 1 else ''} ({listed})"

"""Tables as text files: encoding, separator and decimal sign as the spreadsheet that wrote them had them.

UTF-8, UTF-16 (Excel's "Unicode text") and GB18030 are read; comma, semicolon, tab and bar separate. Cells come
back as they are, but for figures with a decimal comma, which come back with a point and are noted.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from warehouse.errors import InputError
from warehouse.files import broken, first_bytes, kind_of, readable
from warehouse.sources.figures import decimal_sign, grouping_point, with_point
from warehouse.sources.notes import note

EXPECTED = "CSV in UTF-8, UTF-16 or GB18030"
SEPARATORS = (",", ";", "\t", "|")
HEADING_WITHIN = 12
"""Lines of a table within which its heading must stand: titles and comments may stand above."""
_SAMPLE_LINES = 60
FORCED = r'^="([^"]*)"$'
"""A cell that Excel must not turn into a number, and the text that it holds."""
_NO_TABLES = frozenset({"html", "xml", "json", "mhtml", "pointer", "shortcut"})


def encoding_of(content: bytes) -> str | None:
    """Encoding of a text, ``utf-8-sig``, ``gb18030`` or one of ``utf-16`` and ``utf-32``; None for others.

    A text that is cut within its last character has the encoding of the rest.
    """
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    half = len(content) // 2
    if half and content[1 : 2 * half : 2].count(0) > 0.4 * half:
        return "utf-16-le"
    if half and content[0 : 2 * half : 2].count(0) > 0.4 * half:
        return "utf-16-be"
    if b"\x00" in content:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            if 0 < len(content) - 4 < error.start:
                return encoding
            continue
        return encoding
    return None


def decoded(content: bytes, file: str | Path) -> str:
    """The text of a file. Raises InputError where bytes are not text, or text is cut within a character."""
    path = Path(file)
    encoding = encoding_of(content)
    if encoding is None and b"\x00" not in content and kind_of(path) is None:
        raise InputError(
            "The text is in another encoding, or damaged.",
            file=path,
            found=f"bytes that are neither UTF-8, UTF-16 nor GB18030, from {content[:12]!r} on",
            expected=EXPECTED,
            remedy="Open the file where it looks right, and save it as CSV in UTF-8.",
        )
    try:
        if encoding is None or kind_of(path) in _NO_TABLES:
            raise ValueError("no text")
        return content.decode(encoding)
    except (UnicodeDecodeError, ValueError) as error:
        raise broken(path, EXPECTED, error) from error


def head_lines(path: Path, count: int = HEADING_WITHIN) -> list[list[str]]:
    """The cells of the first lines of a text file, blanks and quotes taken off; nothing when it is not text.

    For recognising a file: never raises.
    """
    content = first_bytes(path, 16_384)
    if kind_of(path) not in {None, "utf16"}:
        return []
    encoding = encoding_of(content) or encoding_of(content[:-1]) or encoding_of(content[:-3])
    if encoding is None:
        return []
    text, _ = _without_comments(content.decode(encoding, errors="ignore"))
    return [[cell.strip() for cell in row] for row in _split(text, separator_of(text))[:count]]


def separator_of(text: str) -> str:
    """Comma, semicolon, tab or bar: the one that cuts most lines into equally many cells."""
    sample = "\n".join(text.splitlines()[:_SAMPLE_LINES])
    scores: list[tuple[bool, int, int, int]] = []
    for place, separator in enumerate(SEPARATORS):
        widths = Counter(len(row) for row in _split(sample, separator) if len(row) > 1)
        width, lines = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        scores.append((_parts_cells(sample, separator), lines, width, -place))
    best = max(scores)
    return SEPARATORS[-best[3]]


def _parts_cells(text: str, separator: str) -> bool:
    """Whether a separator parts cells: quotes end at it, and no other separator follows it everywhere.

    Some programs write a tab behind each cell, before the comma.
    """
    try:
        rows = _split(text, separator, strict=True)
    except csv.Error:
        return False
    later = [cell for row in rows for cell in row[1:] if cell]
    return bool(later) and not all(cell.startswith(SEPARATORS) for cell in later)


def table_of_text(text: str, file: str | Path) -> list[list[str]]:
    """All rows of a table as text; InputError where a comma may group thousands or begin decimals.

    Columns and lines at the end in which every cell is blank are taken off: spreadsheets leave them behind. Lines
    above the table that begin with ``#`` are comments: their rows are empty.
    """
    bare, comments = _without_comments(text)
    separator = separator_of(bare)
    above: list[list[str]] = [[] for _ in range(comments)]
    rows = above + _split(bare, separator, strict=True)
    if separator != ",":
        rows = _pointed(rows, Path(file))
    return _trimmed(rows)


def text_rows(path: Path) -> list[list[str]]:
    """All rows of a text file as ``table_of_text`` gives them. Raises InputError for a file that is not text."""
    content = readable(path).read_bytes()
    text = decoded(content, path)
    try:
        return table_of_text(text, path)
    except csv.Error as error:
        raise broken(path, "CSV", error) from error


def heading_at(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> int | None:
    """The line (from 0) among the first that names every column; None when no line does."""
    wanted = {name.casefold() for name in columns}
    looked_at = 0
    for at, row in enumerate(rows):
        if wanted <= {cell.strip().casefold() for cell in row}:
            return at
        looked_at += any(row)
        if looked_at >= HEADING_WITHIN:
            return None
    return None


def _without_comments(text: str) -> tuple[str, int]:
    """The text from the first line that is not a comment on, and how many lines were."""
    lines = text.splitlines(keepends=True)
    count = next((at for at, line in enumerate(lines) if not _is_comment(line)), len(lines))
    return "".join(lines[count:]), count


def _is_comment(line: str) -> bool:
    """``#`` and more than the bare mark, in quotes or not."""
    bare = line.strip().strip('",;\t')
    return bare.startswith("#") and bare.strip("# ") != ""


def _split(text: str, separator: str, *, strict: bool = False) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict))
    return [[_unforced(cell) for cell in row] for row in rows] if '="' in text else rows


def _unforced(cell: str) -> str:
    """A cell without what keeps Excel from turning a code into a number: ``="0101"`` is ``0101``."""
    forced = re.match(FORCED, cell.strip())
    return forced[1] if forced else cell


def _pointed(rows: list[list[str]], path: Path) -> list[list[str]]:
    """The rows with decimal points."""
    stripped = [[cell.strip() for cell in row] for row in rows]
    sign, open_cell = decimal_sign(cell for row in stripped for cell in row)
    if open_cell is None and sign == ".":
        columns = zip_longest(*stripped, fillvalue="")
        open_cell = next(filter(None, map(grouping_point, columns)), None)
    if open_cell is not None:
        sign = "comma" if "," in open_cell else "point"
        raise InputError(
            f"A {sign} may group thousands or begin decimals; nothing in the file tells which.",
            file=path,
            row=next(f"line {at}" for at, row in enumerate(stripped, start=1) if open_cell in row),
            found=repr(open_cell),
            expected=f"{re.sub('[,.]', '', open_cell)} or {open_cell.replace(',', '.')}",
            remedy="Save the file with decimal points and without groups of thousands.",
        )
    if sign == ".":
        return stripped
    note("Figures have a decimal comma; read so.", path.name)
    return [[with_point(cell) for cell in row] for row in stripped]


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """The rows without the lines and columns at the end that are blank throughout."""
    filled = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row)]
    kept = rows[: filled[-1] + 1] if filled else []
    width = max((len(row) for row in kept), default=0)
    last = max((at + 1 for row in kept for at, cell in enumerate(row) if cell.strip()), default=0)
    if last < width:
        note(f"{width - last} blank columns behind the last one are passed over.")
    return [row[:last] if len(row) > last else row for row in kept]

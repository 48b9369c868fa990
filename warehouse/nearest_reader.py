"""Which reader a file is nearest to that none recognises: by the words of its headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from warehouse.archives import listed
from warehouse.errors import InputError
from warehouse.files import described, is_litter, kind_of, remedy_for
from warehouse.sources import READERS
from warehouse.sources.base import Reader
from warehouse.sources.text_files import HEADING_WITHIN, head_lines
from warehouse.sources.workbook import SUFFIXES, tables

ENOUGH_MARKS = 2
_SHOWN = 8
_READ_IN_FULL_BYTES = 20_000_000


def nearest(role: str, path: Path) -> Reader | None:
    """The reader of the role that has most of its marks in the file's first lines; None when none has two."""
    words = _words(path)
    counted = [
        (len(found_marks(reader, words)), reader)
        for reader in READERS.values()
        if role in reader.roles
    ]
    best = max(counted, key=lambda item: item[0], default=None)
    return best[1] if best is not None and best[0] >= ENOUGH_MARKS else None


def found_marks(reader: Reader, words: Sequence[str]) -> list[str]:
    """The reader's marks that a cell of the file is or begins with."""
    cells = [word.casefold() for word in words]
    return [
        mark for mark in reader.marks if any(cell.startswith(mark.casefold()) for cell in cells)
    ]


def unreadable(role: str, path: Path, accepted: str) -> InputError:
    """The error for a file that no reader recognises: what it is, the nearest reader, and what that misses."""
    kind = None if path.is_dir() else kind_of(path)
    if kind is not None and (kind not in {"xlsx", "xls", "utf16"}):
        members = _inside(path, kind)
        return InputError(
            f"No reader understands this file as {role}: it is {described(kind)}.",
            file=path,
            found=f"{described(kind)}{members}",
            expected=accepted,
            remedy=remedy_for(kind),
        )
    words = _words(path)
    if kind in {"xlsx", "xls"} and not words:
        try:
            list(tables(path))
        except InputError as error:  # a workbook that cannot be opened says why
            return error
    reader = nearest(role, path)
    if reader is not None:
        has = found_marks(reader, words)
        missing = [mark for mark in reader.marks if mark not in has]
        return InputError(
            f"No reader understands this file as {role}; it is nearest to those of {reader.publication.producer}.",
            file=path,
            row="heading",
            column=", ".join(missing[:_SHOWN]) or None,
            found=f"{', '.join(has[:_SHOWN])}; not {', '.join(missing[:_SHOWN]) or 'its layout'}",
            expected=f"a file that reader {reader.name} recognises, in the publisher's layout",
            remedy="Restore the published heading and layout, or bring a tidy table.",
        )
    shown = " | ".join(word for word in words if word)[:200]
    return InputError(
        f"No reader understands this file as {role}.",
        file=path,
        found=f"suffix {path.suffix or 'none'}{f'; it begins: {shown}' if shown else ''}",
        expected=accepted,
        remedy="Put the publisher's file in place unchanged, or a tidy table; remove other files.",
    )


def _words(path: Path) -> list[str]:
    """The cells of a file's first lines, of every visible sheet of a workbook; nothing for other files."""
    if path.is_dir() or is_litter(path):
        return []
    rows = head_lines(path)
    if not rows and path.suffix.lower() in SUFFIXES and path.stat().st_size < _READ_IN_FULL_BYTES:
        try:
            rows = [row for sheet in tables(path) for row in sheet.rows[:HEADING_WITHIN]]
        except InputError:
            return []
    return [cell.strip() for row in rows for cell in row]


def _inside(path: Path, kind: str) -> str:
    """The first names in a ZIP archive, in words."""
    names = listed(path) if kind == "zip" else []
    if not names:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f" with {', '.join(names[:3])}{more}"

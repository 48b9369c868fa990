"""The records of a header array file, looked at before its library reads them.

Fortran writes a record's length before and behind it. The library believes what a header says of its size, so a
damaged one may ask for all memory. It leaves zeros where the records are fewer than that size needs.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import InputError

_NAME_BYTES = 4
_PLACES_BYTES = 64
"""A record that says which part of the array the next one holds."""
_FIGURE_BYTES = 4
_MOST_CELLS = 200_000_000
"""Of one array: the largest of a base of 65 sectors and 160 regions has five million."""


@dataclass(frozen=True)
class _Record:
    """Where a record's content begins, and its bytes."""

    start: int
    size: int


def check_records(path: Path) -> None:
    """Raise InputError where a record is torn, or a header's figures are not as many as it says."""
    with path.open("rb") as stream:
        content = stream.read()
    records = list(_records(content, path))
    heads = [at for at, each in enumerate(records) if each.size == _NAME_BYTES]
    for at, end in zip(heads, [*heads[1:], len(records)], strict=True):
        _check_size(content, records[at:end], path)


def _records(content: bytes, path: Path) -> Iterator[_Record]:
    place = 0
    while place < len(content):
        size = _number(content, place)
        is_whole = size >= 0 and place + size + 8 <= len(content)
        if not is_whole or _number(content, place + 4 + size) != size:
            swapped = place == 0 and content[:4] == struct.pack(">i", _NAME_BYTES)
            raise _torn(
                path,
                f"byte {place:,}",
                f"a record of {size:,} bytes"
                + (" (the order of bytes is that of another machine)" if swapped else ""),
                "a record with its length before and behind it",
            )
        yield _Record(place + 4, size)
        place += size + 8


def _number(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 4], "little", signed=True)


def _check_size(content: bytes, records: Sequence[_Record], path: Path) -> None:
    """Compare the dimensions of an array of figures with the figures that its records hold."""
    name = _text(content, records[0], 0, _NAME_BYTES)
    if len(records) < 2 or records[1].size < 84:
        return  # the library names it
    kind, storage = _text(content, records[1], 4, 6), _text(content, records[1], 6, 10)
    if kind != "RE":
        return
    count = (records[1].size - 84) // 4
    sizes = [_number(content, records[1].start + 84 + 4 * at) for at in range(count)]
    cells = math.prod(sizes)
    if min(sizes, default=0) < 1 or cells > _MOST_CELLS:
        raise _torn(path, name, " x ".join(map(str, sizes)), f"at most {_MOST_CELLS:,} cells")
    held = _held(content, records)
    if storage == "FULL" and held != cells:
        raise _torn(path, name, f"{held:,} figures", f"{cells:,}, as its dimensions say")


def _held(content: bytes, records: Sequence[_Record]) -> int:
    """How many figures the records hold: places and figures by turns, numbered down to 1 at the end."""
    figures = 0
    for number, at in enumerate(range(len(records) - 1, 3, -2)):
        places, values = records[at - 1], records[at]
        numbers = [_number(content, each.start + 4) for each in (places, values)]
        if places.size != _PLACES_BYTES or numbers != [2 * number + 2, 2 * number + 1]:
            break
        figures += (values.size - 8) // _FIGURE_BYTES
    return figures


def _text(content: bytes, record: _Record, start: int, end: int) -> str:
    return content[record.start + start : record.start + end].decode("latin-1").strip()


def _torn(path: Path, row: str, found: str, expected: str) -> InputError:
    return InputError(
        "The records of the header array file do not fit together: it is cut, damaged or of another kind.",
        file=path,
        row=row,
        found=found,
        expected=expected,
        remedy="Copy the file again, as a binary file.",
    )

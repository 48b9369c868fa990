"""Excel workbooks of the old kind (.xls), written small: BIFF8 in a compound file. No library writes them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

Cell = str | float | None
_SECTOR = 512
_LEAST = 4096  # shorter streams would lie in sectors of another size
_FREE, _END_OF_CHAIN, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_BOF, _BOUNDSHEET, _NUMBER, _LABEL, _EOF = 0x0809, 0x0085, 0x0203, 0x0204, 0x000A
_BOOK, _SHEET = 0x0005, 0x0010


def workbook(rows: Sequence[Sequence[Cell]], name: str = "Sheet1") -> bytes:
    """A workbook of one sheet. Blank cells are None or an empty text."""
    title = b"\x01" + name.encode("utf-16-le")
    length = len(name)
    head = _record(_BOF, _begin(_BOOK)) + _record(0x0042, struct.pack("<H", 1200))
    place = len(head) + 4 + 7 + len(title) + 4
    bound = _record(_BOUNDSHEET, struct.pack("<IBBB", place, 0, 0, length) + title)
    sheet = _record(_BOF, _begin(_SHEET)) + b"".join(_cells(rows)) + _record(_EOF, b"")
    return _compound(head + bound + _record(_EOF, b"") + sheet)


def _begin(kind: int) -> bytes:
    return struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _cells(rows: Sequence[Sequence[Cell]]) -> Iterator[bytes]:
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                yield _record(_LABEL, struct.pack("<HHH", at, column, 0) + text)
            elif isinstance(cell, (int, float)):
                yield _record(_NUMBER, struct.pack("<HHHd", at, column, 0, cell))


def _compound(stream: bytes) -> bytes:
    """The compound file with one stream, Workbook."""
    stream = stream.ljust(_LEAST, b"\x00")
    count = -(-len(stream) // _SECTOR)
    tables = 1
    while tables * (_SECTOR // 4) < count + 1 + tables:
        tables += 1
    directory = tables + count
    chain = [_FAT] * tables + [tables + at + 1 for at in range(count - 1)] + [_END_OF_CHAIN] * 2
    chain += [_FREE] * (tables * (_SECTOR // 4) - len(chain))
    header = struct.pack(
        "<8s16xHHHHH6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, tables, directory, 0, _LEAST, _END_OF_CHAIN, 0, _END_OF_CHAIN, 0,
    )  # fmt: skip
    places = [*range(tables), *[_FREE] * (109 - tables)]
    entries = _entry("Root Entry", 5, _END_OF_CHAIN, 0, child=1)
    entries += _entry("Workbook", 2, tables, len(stream))
    return b"".join(
        (
            header + struct.pack("<109I", *places),
            struct.pack(f"<{len(chain)}I", *chain),
            stream.ljust(count * _SECTOR, b"\x00"),
            entries.ljust(_SECTOR, b"\x00"),
        )
    )


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    title = name.encode("utf-16-le")
    return (
        title.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(title) + 2, kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )

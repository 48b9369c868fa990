"""What is done to an Excel workbook of the old kind: to its compound file, to the records of its stream."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from tests.synthetic.container_kinds import Change

_SECTOR = 512
_BOF, _CODEPAGE, _BOUNDSHEET = (struct.pack("<H", kind) for kind in (0x0809, 0x0042, 0x0085))
_NUMBER = struct.pack("<HH", 0x0203, 14)
_FILEPASS = struct.pack("<H", 0x002F)


def _put(place_of: Callable[[bytes], int], new: bytes) -> Change:
    """Write other bytes at a place."""

    def harm(content: bytes, _chance: random.Random) -> bytes:
        place = place_of(content)
        return content[:place] + new + content[place + len(new) :]

    return harm


def _behind(sign: bytes, offset: int = 0) -> Callable[[bytes], int]:
    """The place of the first such bytes behind the heading and the table of sectors."""
    return lambda content: content.index(sign, 2 * _SECTOR) + offset


def _figure(change: Callable[[float], float]) -> Change:
    def harm(content: bytes, chance: random.Random) -> bytes:
        places = [at for at in range(len(content)) if content.startswith(_NUMBER, at)]
        place = chance.choice(places) + 10
        (value,) = struct.unpack_from("<d", content, place)
        return content[:place] + struct.pack("<d", change(value)) + content[place + 8 :]

    return harm


XLS: dict[str, Change] = {
    "a password": _put(_behind(_CODEPAGE), _FILEPASS),
    "records of another version": _put(_behind(_BOF, 4), b"\x00\x05"),
    "a sheet named as a chart": _put(_behind(_BOUNDSHEET, 9), b"\x02"),
    "the only sheet hidden": _put(_behind(_BOUNDSHEET, 8), b"\x01"),
    "a sheet's place": _put(_behind(_BOUNDSHEET, 4), struct.pack("<I", 77)),
    "a record too long": _put(_behind(_NUMBER, 2), struct.pack("<H", 8000)),
    "the stream renamed": _put(
        lambda content: content.rindex("Workbook".encode("utf-16-le")), b"X"
    ),
    "sectors of another size": _put(lambda _: 30, struct.pack("<H", 12)),
    "the container's order of bytes": _put(lambda _: 28, b"\xff\xfe"),
    "a chain of sectors in a circle": _put(lambda _: _SECTOR + 4 * 2, struct.pack("<I", 1)),
    "a chain of sectors cut": _put(lambda _: _SECTOR + 4 * 3, struct.pack("<I", 0xFFFFFFFE)),
    "a sector that is not there": _put(lambda _: _SECTOR + 4 * 3, struct.pack("<I", 0x00FFFFFF)),
    "a figure NaN": _figure(lambda _: float("nan")),
    "a figure infinite": _figure(lambda _: float("inf")),
    "a figure negative": _figure(lambda value: -value - 1),
    "a figure times 1000": _figure(lambda value: 1000 * value + 1000),
}

"""What is done to the records of a header array file (HAR).

The file is a row of records: a length, the content, the length again. A header has a record with its name, one
with its type, title and dimensions, one with its coefficient and sets, those of labels, and those of figures.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from tests.synthetic.container_kinds import Change

Records = list[bytes]
_HEADER, _OTHER = "VMFB", "VDGB"
"""The header that is harmed: imports used by firms; and another one."""


def records_of(content: bytes) -> Records:
    """The contents of the records of a sound file."""
    records, place = [], 0
    while place < len(content):
        (length,) = struct.unpack_from("<i", content, place)
        records.append(content[place + 4 : place + 4 + length])
        place += length + 8
    return records


def _joined(records: Records, order: str = "<") -> bytes:
    return b"".join(
        (length := struct.pack(f"{order}i", len(each))) + each + length for each in records
    )


def _named(name: str) -> bytes:
    return name.ljust(4).encode()


def _places(records: Records, name: str) -> tuple[int, int]:
    """The first record of a header, and the first of the next one."""
    heads = [at for at, each in enumerate(records) if len(each) == 4]
    first = next(at for at in heads if records[at] == _named(name))
    return first, next((at for at in heads if at > first), len(records))


def _figures(records: Records, name: str) -> list[int]:
    """The records with figures of a header: those behind a record of places."""
    first, end = _places(records, name)
    return [at for at in range(first + 3, end) if len(records[at - 1]) == 64]


def _records(change: Callable[[Records, random.Random], Records | None]) -> Change:
    """Change the records, in place or by returning others."""

    def harm(content: bytes, chance: random.Random) -> bytes:
        records = records_of(content)
        return _joined(change(records, chance) or records)

    return harm


def _record(offset: int, change: Callable[[bytes], bytes]) -> Change:
    """One record of the header, by its place within it."""

    def harm(records: Records, _chance: random.Random) -> None:
        at = _places(records, _HEADER)[0] + offset
        before = records[at]
        records[at] = change(before)
        assert records[at] != before

    return _records(harm)


def _times(name: str, factor: float, *, one: bool = False) -> Change:
    """A header's figures times a factor, or one of them that is not zero; every header's where none is named."""

    def harm(records: Records, chance: random.Random) -> None:
        names = [name] if name else [each.decode().strip() for each in records if len(each) == 4]
        for header in names:
            for at in _figures(records, header):
                values = _values(records[at])
                full = [place for place, value in enumerate(values) if value]
                for place in [chance.choice(full)] if one else full:
                    values[place] *= factor
                records[at] = records[at][:8] + struct.pack(f"<{len(values)}f", *values)

    return _records(harm)


def _values(record: bytes) -> list[float]:
    return list(struct.unpack(f"<{len(record) // 4 - 2}f", record[8:]))


def _torn(place_of: Callable[[int, int], int]) -> Change:
    """One length of a record, before or behind its content, is four more."""

    def harm(content: bytes, _chance: random.Random) -> bytes:
        records = records_of(content)
        at = _figures(records, _HEADER)[0]
        start = len(_joined(records[:at]))
        place = place_of(start, len(records[at]))
        (length,) = struct.unpack_from("<i", content, place)
        return content[:place] + struct.pack("<i", length + 4) + content[place + 4 :]

    return harm


def _moved(records: Records, _chance: random.Random) -> Records:
    first, end = _places(records, _HEADER)
    return [*records[:first], *records[end:], *records[first:end]]


def _twice(records: Records, _chance: random.Random) -> Records:
    first, end = _places(records, _HEADER)
    return [*records, *records[first:end]]


def _header_lost(records: Records, _chance: random.Random) -> Records:
    first, end = _places(records, _HEADER)
    return [*records[:first], *records[end:]]


def _exchanged(records: Records, _chance: random.Random) -> None:
    """The names of two headers with the same sets."""
    one, other = (_places(records, name)[0] for name in ("VXSB", "VFOB"))
    records[one], records[other] = records[other], records[one]


def _named_as_another(records: Records, _chance: random.Random) -> None:
    records[_places(records, _OTHER)[0]] = _named("VDIB")


def _other_order(records: Records, _chance: random.Random) -> None:
    """Figures of one header in the other order of bytes."""
    for at in _figures(records, _HEADER):
        values = _values(records[at])
        records[at] = records[at][:8] + struct.pack(f">{len(values)}f", *values)


def _dimension(place: int, value: int) -> Change:
    """A dimension in the second record: those stand at its end, seven of them."""
    return _record(
        1, lambda old: old[: 84 + 4 * place] + struct.pack("<i", value) + old[88 + 4 * place :]
    )


def _dimensions_exchanged(old: bytes) -> bytes:
    one, other = old[84:88], old[92:96]
    return old[:84] + other + old[88:92] + one + old[96:]


def _sets_exchanged(old: bytes) -> bytes:
    return old.replace(b"COMM", b"____").replace(b"ACTS", b"COMM").replace(b"____", b"ACTS")


def _figure_record(change: Callable[[bytes], bytes]) -> Change:
    def harm(records: Records, _chance: random.Random) -> None:
        at = _figures(records, _HEADER)[0]
        records[at] = change(records[at])

    return _records(harm)


def _record_lost(records: Records, _chance: random.Random) -> None:
    del records[_figures(records, _HEADER)[0]]


def _record_twice(records: Records, _chance: random.Random) -> None:
    at = _figures(records, _HEADER)[0]
    records[at:at] = records[at - 1 : at + 1]


def _labels(change: Callable[[list[bytes]], list[bytes]]) -> Change:
    """The regions' labels of the header, twelve bytes each at the end of its third record."""

    def of_record(records: Records, _chance: random.Random) -> None:
        at = (
            _places(records, _HEADER)[0] + 4
        )  # the labels of its sets, activities in the first of them
        content = records[at]
        head = content[:16]
        labels = [content[place : place + 12] for place in range(16, len(content), 12)]
        records[at] = head + b"".join(change(labels))

    return _records(of_record)


HARS: dict[str, Change] = {
    "lengths in the other order of bytes": lambda content, _: _joined(records_of(content), ">"),
    "a header's figures in the other order of bytes": _records(_other_order),
    "a record's length 4 more": _torn(lambda start, _: start),
    "a record's closing length 4 more": _torn(lambda start, length: start + 4 + length),
    "a record lost": _records(_record_lost),
    "a record twice": _records(_record_twice),
    "a record half as long": _figure_record(lambda old: old[: 8 + (len(old) - 8) // 8 * 4]),
    "the first bytes of a record not blank": _figure_record(lambda old: b"XXXX" + old[4:]),
    "a header's name cut": _record(0, lambda old: old[:3] + b" "),
    "a header's name in small letters": _record(0, bytes.lower),
    "a header's name with a zero byte": _record(0, lambda old: old[:3] + b"\x00"),
    "a header lost": _records(_header_lost),
    "a header twice": _records(_twice),
    "a header named as another": _records(_named_as_another),
    "two headers exchanged": _records(_exchanged),
    "headers in another order": _records(_moved),
    "another title": _record(1, lambda old: old[:10] + b"another title".ljust(70) + old[80:]),
    "a type that is whole numbers": _record(1, lambda old: old[:4] + b"2I" + old[6:]),
    "storage named sparse": _record(1, lambda old: old[:6] + b"SPSE" + old[10:]),
    "a dimension of 2": _dimension(0, 2),
    "a dimension of 200 million": _dimension(0, 200_000_000),
    "a dimension negative": _dimension(2, -5),
    "two dimensions exchanged": _record(1, _dimensions_exchanged),
    "a coefficient renamed": _record(2, lambda old: old.replace(b"VMFB", b"XYZW", 1)),
    "a set renamed": _record(2, lambda old: old.replace(b"REG ", b"CTRY", 1)),
    "two sets exchanged": _record(2, _sets_exchanged),
    "a label misspelt": _labels(lambda labels: [labels[0].replace(b" ", b"?", 1), *labels[1:]]),
    "two labels exchanged": _labels(lambda labels: [labels[1], labels[0], *labels[2:]]),
    "a label twice": _labels(lambda labels: [labels[1], *labels[1:]]),
    "the release of another year": lambda content, _: content.replace(b"R11A_2017", b"R11A_2014", 1),
    "a figure NaN": _times(_HEADER, float("nan"), one=True),
    "a figure infinite": _times(_HEADER, float("inf"), one=True),
    "a figure negative": _times(_HEADER, -1.0, one=True),
    "a figure times 1000": _times(_HEADER, 1e3, one=True),
    "a header's figures times 1000": _times("VST", 1e3),
    "a header's figures negative": _times("EVFB", -1.0),
    "all figures times 1000": _times("", 1e3),
}  # fmt: skip

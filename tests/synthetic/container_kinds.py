"""What is done to the bytes of a file, to what packs it, and to an archive's members."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import zipfile
from collections.abc import Callable

from tests.synthetic.grid_file import DoesNotApply

Change = Callable[[bytes, random.Random], bytes]

# --- Bytes of any file ------------------------------------------------------------------------


def _flipped(low: float, high: float) -> Change:
    """One bit of a byte between two parts of the file."""

    def harm(content: bytes, chance: random.Random) -> bytes:
        place = chance.randrange(int(low * len(content)), max(int(high * len(content)), 1))
        return _with(content, place, bytes([content[place] ^ 1 << chance.randrange(8)]))

    return harm


def _with(content: bytes, place: int, new: bytes) -> bytes:
    return content[:place] + new + content[place + len(new) :]


def _zeros(content: bytes, _chance: random.Random) -> bytes:
    place = len(content) // 2
    return _with(content, place, bytes(min(64, len(content) - place)))


def _lost(content: bytes, _chance: random.Random) -> bytes:
    place = len(content) // 2
    return content[:place] + content[place + 8 :]


def _as_text(content: bytes, _chance: random.Random) -> bytes:
    """As a transfer in text mode leaves it."""
    changed = content.replace(b"\n", b"\r\n")
    if changed == content or b"\n".join(changed.split(b"\r\n")) == content.replace(b"\r", b""):
        return changed
    return changed


BYTES: dict[str, Change] = {
    "cut after 16 bytes": lambda content, _: content[:16],
    "cut at a quarter": lambda content, _: content[: len(content) // 4],
    "cut in half": lambda content, _: content[: len(content) // 2],
    "the last byte lost": lambda content, _: content[:-1],
    "a bit of the first bytes": lambda content, chance: _flipped(0, 12 / len(content))(
        content, chance
    ),
    "a bit in the first tenth": _flipped(0.0, 0.1),
    "a bit in the middle": _flipped(0.4, 0.6),
    "a bit in the last tenth": _flipped(0.9, 1.0),
    "bytes of zero in the middle": _zeros,
    "eight bytes lost": _lost,
    "line ends of a text transfer": _as_text,
    "other bytes behind": lambda content, _: content + b"\xa7" * 64,
    "the file twice": lambda content, _: content * 2,
    "nothing but zeros": lambda content, _: bytes(len(content)),
}

# --- gzip and what stands in its place --------------------------------------------------------


def _gzip(change: Change) -> Change:
    def harm(content: bytes, chance: random.Random) -> bytes:
        if not content.startswith(b"\x1f\x8b"):
            raise DoesNotApply
        return change(content, chance)

    return harm


def _two_streams(content: bytes, _chance: random.Random) -> bytes:
    inside = gzip.decompress(content)
    half = len(inside) // 2
    return gzip.compress(inside[:half], mtime=0) + gzip.compress(inside[half:], mtime=0)


def _named(content: bytes, _chance: random.Random) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile("another.name", "wb", fileobj=out, mtime=0) as stream:
        stream.write(gzip.decompress(content))
    return out.getvalue()


GZIPS: dict[str, Change] = {
    kind: _gzip(change)
    for kind, change in {
        "unpacked, its name as before": lambda content, _: gzip.decompress(content),
        "packed twice": lambda content, _: gzip.compress(content, mtime=0),
        "packed with bzip2": lambda content, _: bz2.compress(gzip.decompress(content)),
        "packed with xz": lambda content, _: lzma.compress(gzip.decompress(content)),
        "packed without compression": lambda content, _: gzip.compress(
            gzip.decompress(content), compresslevel=0, mtime=0
        ),
        "in two streams": _two_streams,
        "an empty stream behind": lambda content, _: content + gzip.compress(b"", mtime=0),
        "another name within": _named,
        "another method in the head": lambda content, _: _with(content, 2, b"\x07"),
        "the flag of encryption in the head": lambda content, _: _with(content, 3, b"\x20"),
        "another check sum": lambda content, _: _with(content, len(content) - 8, b"\x00\x00\x00\x01"),
        "another length": lambda content, _: _with(content, len(content) - 4, struct.pack("<I", 7)),
        "an empty stream": lambda _content, _: gzip.compress(b"", mtime=0),
    }.items()
}  # fmt: skip

# --- ZIP archives ------------------------------------------------------------------------------

_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
Members = list[tuple[str, bytes]]


def _zip(change: Change) -> Change:
    def harm(content: bytes, chance: random.Random) -> bytes:
        if not content.startswith(_LOCAL):
            raise DoesNotApply
        return change(content, chance)

    return harm


def _members(change: Callable[[Members], Members], method: int = zipfile.ZIP_DEFLATED) -> Change:
    """The archive with other members, written anew."""

    def harm(content: bytes, _chance: random.Random) -> bytes:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, inside in change(members):
                archive.writestr(zipfile.ZipInfo(name), inside, method)
        return out.getvalue()

    return _zip(harm)


def _fields(local: int, central: int, new: bytes) -> Change:
    """A field of the first member, in its own head and in the directory."""

    def harm(content: bytes, _chance: random.Random) -> bytes:
        changed = _with(content, local, new)
        return _with(changed, changed.index(_CENTRAL) + central, new)

    return _zip(harm)


def _first(change: Callable[[str, bytes], Members]) -> Callable[[Members], Members]:
    return lambda members: [*change(*members[0]), *members[1:]]


ZIPS: dict[str, Change] = {
    "a member renamed": _members(_first(lambda _, inside: [("data.bin", inside)])),
    "a member in capitals": _members(_first(lambda name, inside: [(name.upper(), inside)])),
    "members in a folder": _members(lambda all_: [(f"download/{n}", inside) for n, inside in all_]),
    "a member lost": _members(lambda members: members[1:]),
    "a member empty": _members(_first(lambda name, _: [(name, b"")])),
    "a member cut in half": _members(
        _first(lambda name, inside: [(name, inside[: len(inside) // 2])])
    ),
    "two members alike": _members(_first(lambda name, inside: [(name, inside), (f"2_{name}", inside)])),
    "a note beside": _members(lambda members: [*members, ("readme.txt", b"Read me")]),
    "companions of macOS": _members(
        lambda members: [*members, (f"__MACOSX/._{members[0][0]}", b"\x00\x05\x16\x07")]
    ),
    "an archive within": _members(_first(lambda name, inside: [(f"{name}.zip", inside)])),
    "members stored": _members(lambda members: members, zipfile.ZIP_STORED),
    "members packed with bzip2": _members(lambda members: members, zipfile.ZIP_BZIP2),
    "members packed with LZMA": _members(lambda members: members, zipfile.ZIP_LZMA),
    "the flag of encryption": _fields(6, 8, b"\x01\x00"),
    "a method that is not known": _fields(8, 10, struct.pack("<H", 97)),
    "a member's check sum": _fields(14, 16, b"\x00\x00\x00\x01"),
    "a member's length": _fields(22, 24, struct.pack("<I", 7)),
    "a member's place": _zip(
        lambda content, _: _with(content, content.index(_CENTRAL) + 42, struct.pack("<I", 99))
    ),
    "the directory lost": _zip(lambda content, _: content[: content.index(_CENTRAL)]),
}  # fmt: skip

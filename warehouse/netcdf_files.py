"""NetCDF files before any library opens them: which kind a file is, and whether all of it is there.

NetCDF's own library reads zeros beyond the end of a cut classic file (CDF-1, CDF-2, CDF-5) and says nothing.
The header tells how long the file must be, so a cut one is refused here.  Of NetCDF-4 (HDF5)
the library notices it.
Source of the header's layout: NetCDF User's Guide, appendix "File Format Specifications".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import IO, Any

from warehouse.errors import InputError

CLASSIC = {b"CDF\x01": 1, b"CDF\x02": 2, b"CDF\x05": 5}
HDF5 = b"\x89HDF\r\n\x1a\n"
OTHER_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK", "a ZIP archive", "Unpack it, and put the files inside in its place."),
    (b"\x1f\x8b", "a gzip file", "Unpack it (gunzip), and put the file inside in its place."),
    (
        b"GRIB",
        "a GRIB file",
        "Download as NetCDF, or convert it: `cdo -f nc4 copy in.grib out.nc`.",
    ),
    (b"<", "a web page", "The download answered with a page. Log in, and download the file again."),
    (b"{", "a JSON answer", "The download answered with a message. Read it, and download again."),
    (b"\x0e\x03\x13\x01", "an HDF4 file", "Convert it: `ncks -7 in.hdf out.nc`."),
    (b"version https://git-lfs", "a pointer of Git LFS", "Fetch the file itself: `git lfs pull`."),
)
"""First bytes of what is put in the place of NetCDF, its name, and what to do."""
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
_STREAMING = {4: 0xFFFFFFFF, 8: 0xFFFFFFFFFFFFFFFF}


class _NotClassic(ValueError):
    """The header breaks the format."""


def is_netcdf(path: Path) -> bool:
    """Whether the first bytes are those of NetCDF, classic or NetCDF-4."""
    start = _start(path)
    return start[:4] in CLASSIC or start.startswith(HDF5)


def demand_whole(path: Path) -> Path:
    """The path, when it is a NetCDF file of which nothing is missing.

    Raises InputError for a file of another kind, naming it, and for one that is cut off.
    """
    start = _start(path)
    if start.startswith(HDF5):
        return path
    if start[:4] not in CLASSIC:
        raise _other_kind(path, start)
    size = path.stat().st_size
    try:
        with path.open("rb") as stream:
            needed = _needed_bytes(stream, CLASSIC[start[:4]])
    except (_NotClassic, struct.error, OverflowError, MemoryError) as error:
        raise _cut(path, f"a header that breaks off ({size:,} bytes)", "a whole header") from error
    if size < needed:
        raise _cut(path, f"{size:,} bytes", f"{needed:,} bytes, as its header says")
    return path


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file as a netCDF4.Dataset, with our own errors.

    Raises InputError for another kind of file, a cut or damaged one, and variables that cannot be read.
    """
    import netCDF4

    demand_whole(path)
    try:
        with netCDF4.Dataset(path) as file:
            yield file
    except InputError:
        raise
    except (OSError, RuntimeError, UnicodeError) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> InputError:
    """The error for a NetCDF file that its library cannot read."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return InputError(
        "The NetCDF file is damaged.",
        file=path,
        found=f"{first} ({path.stat().st_size:,} bytes)",
        expected="a whole NetCDF file",
        remedy="Copy or download the file again.",
    )


def _other_kind(path: Path, start: bytes) -> InputError:
    for magic, name, remedy in OTHER_KINDS:
        if start.lstrip().startswith(magic):
            return InputError(
                f"The file is {name}, not NetCDF.",
                file=path,
                found=repr(start[:8]),
                expected="NetCDF",
                remedy=remedy,
            )
    return InputError(
        "The file is not NetCDF: it is damaged or of another kind.",
        file=path,
        found=repr(start[:8]) if start else "no bytes",
        expected="NetCDF, classic (CDF-1, CDF-2, CDF-5) or NetCDF-4",
        remedy="Copy or download the file again.",
    )


def _cut(path: Path, found: str, expected: str) -> InputError:
    return InputError(
        "The NetCDF file is damaged: its end is missing.",
        file=path,
        found=found,
        expected=expected,
        remedy="Copy or download the file again.",
    )


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(32)
    except OSError:
        return b""


def _needed_bytes(stream: IO[bytes], version: int) -> int:
    """Bytes that a classic file must have at least: the end of the last value of its last variable."""
    header = _Header(stream, version)
    header.skip(4)
    records = header.count()
    dimensions = []
    for _ in range(header.list_length(0x0A)):
        header.name()
        dimensions.append(header.count())
    header.attributes()
    variables = []
    for _ in range(header.list_length(0x0B)):
        header.name()
        shape = [dimensions[header.count()] for _ in range(header.count())]
        header.attributes()
        width = header.width()
        header.count()  # the stated size overflows where a variable is large
        variables.append((shape, width, header.begin()))
    if records == _STREAMING[header.count_bytes]:
        records = 0
    recorded = [one for one in variables if one[0] and one[0][0] == 0]
    slabs = [prod(shape[1:]) * width for shape, width, _ in recorded]
    record_bytes = sum(-(-slab // 4) * 4 for slab in slabs) if len(slabs) > 1 else sum(slabs)
    ends = [begin + prod(shape) * width for shape, width, begin in variables if 0 not in shape[:1]]
    if records:
        ends += [
            begin + (records - 1) * record_bytes + slab
            for (_, _, begin), slab in zip(recorded, slabs, strict=True)
        ]
    return max([*ends, stream.tell()])


class _Header:
    """The header of a classic file, read from its start on."""

    def __init__(self, stream: IO[bytes], version: int) -> None:
        self.stream = stream
        self.count_bytes = 8 if version == 5 else 4
        self.begin_bytes = 4 if version == 1 else 8

    def skip(self, count: int) -> None:
        if len(self.stream.read(count)) < count:
            raise _NotClassic

    def integer(self, size: int) -> int:
        value: int = struct.unpack(">I" if size == 4 else ">Q", self.stream.read(size))[0]
        return value

    def count(self) -> int:
        return self.integer(self.count_bytes)

    def begin(self) -> int:
        return self.integer(self.begin_bytes)

    def list_length(self, tag: int) -> int:
        found, length = self.integer(4), self.count()
        if found not in (0, tag) or (found == 0 and length):
            raise _NotClassic
        return length

    def name(self) -> None:
        self.skip(-(-self.count() // 4) * 4)

    def width(self) -> int:
        kind = self.integer(4)
        if kind not in _TYPE_BYTES:
            raise _NotClassic
        return _TYPE_BYTES[kind]

    def attributes(self) -> None:
        for _ in range(self.list_length(0x0C)):
            self.name()
            width = self.width()
            self.skip(-(-self.count() * width // 4) * 4)

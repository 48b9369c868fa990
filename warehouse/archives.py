"""Packed files from outside: how large they become is known before anything reads them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO, cast

from warehouse.errors import InputError
from warehouse.files import UNPACKING, broken, first_bytes, is_litter

# Tables as text pack to a tenth, at best a fiftieth; archives made to fill a machine to a thousandth.
MAX_RATIO = 200
HARMLESS_BYTES = 64_000_000
MAX_UNPACKED_BYTES = 32_000_000_000
_CHUNK_BYTES = 1 << 20

_OPENERS: dict[bytes, Callable[[Path], object]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
}


def refuse_bombs(path: Path) -> None:
    """Refuse a packed file (zip and workbooks, gzip, bzip2, xz; tar within them) that unpacks beyond measure.

    Also a zip whose members would lie outside their folder.  A folder is looked at file by file.  Nothing is
    written anywhere.  Raises InputError.
    """
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            status = file.stat()
            _refuse(file, status.st_size, status.st_mtime_ns)


@cache
def _refuse(path: Path, size: int, _mtime_ns: int) -> None:
    """Once for every state of a file."""
    start = first_bytes(path, 8)
    if start.startswith(b"PK\x03\x04"):
        _refuse_zip(path, size)
        return
    opener = next((opened for magic, opened in _OPENERS.items() if start.startswith(magic)), None)
    if opener is not None:
        _refuse_stream(path, size, opener)


def _refuse_zip(path: Path, size: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except UNPACKING as error:
        raise broken(path, "a zip archive or workbook", error) from error
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise InputError(
                "A file in the archive would lie outside its folder.",
                file=path,
                found=repr(member.filename),
                expected="names within the archive",
                remedy="Copy or download the archive again, from its publisher.",
            )
    _demand_measure(path, size, sum(member.file_size for member in members))


def _refuse_stream(path: Path, size: int, opener: Callable[[Path], object]) -> None:
    unpacked = 0
    try:
        with cast("IO[bytes]", opener(path)) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                unpacked += len(chunk)
                _demand_measure(path, size, unpacked)
    except UNPACKING:
        # Damaged: its reader says so, in its publisher's terms.
        return


def _demand_measure(path: Path, size: int, unpacked: int) -> None:
    if unpacked <= max(HARMLESS_BYTES, min(MAX_RATIO * size, MAX_UNPACKED_BYTES)):
        return
    raise InputError(
        "The packed file becomes far too large.",
        file=path,
        found=f"more than {unpacked:,} bytes out of {size:,}",
        expected=f"at most {MAX_RATIO} times its size and {MAX_UNPACKED_BYTES:,} bytes",
        remedy="Copy or download the file again, from its publisher.",
    )


def first_unpacked(path: Path, count: int) -> bytes:
    """The first bytes of what gzip, bzip2 or xz packs, or of a file itself; empty for a damaged one."""
    start = first_bytes(path, count)
    opener = next((opened for magic, opened in _OPENERS.items() if start.startswith(magic)), None)
    if opener is None:
        return start
    try:
        with cast("IO[bytes]", opener(path)) as stream:
            return stream.read(count)
    except UNPACKING:
        return b""


def member_name(member: zipfile.ZipInfo) -> str:
    """The name of a file in a ZIP archive: UTF-8 by the archive's flag, otherwise UTF-8 or GB18030 by its bytes.

    Windows in Chinese writes names in its own encoding without saying so; zipfile reads them as cp437.
    """
    if member.flag_bits & 0x800:
        return member.filename
    try:
        content = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def listed(path: Path) -> list[str]:
    """The names of the files in a ZIP archive, without what systems leave beside them; none for a damaged one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [member_name(member) for member in archive.infolist() if not member.is_dir()]
    except UNPACKING:
        return []
    return [name for name in names if not is_litter(Path(name))]

"""Copies of large files that no writer of the original reaches, checksums of bytes, folders that change places."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

# Linux, linux/fs.h: share the blocks of another file until one of the two is written.
_FICLONE = 0x40049409
# The same, RENAME_EXCHANGE.
_EXCHANGE = 2
READ_ONLY = 0o444


def copy_apart(source: Path, target: Path) -> None:
    """Copy a file so that writing to one leaves the other as it is.

    No blocks are copied where the disk can share them until one is written.  target: must not exist.
    Raises OSError.
    """
    with source.open("rb") as reading, target.open("xb") as writing:
        if not _cloned(reading.fileno(), writing.fileno()):
            shutil.copyfileobj(reading, writing, 4 * 1024 * 1024)
        writing.flush()
        os.fsync(writing.fileno())


def _cloned(source: int, target: int) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError as error:
        # Another file system, one without shared blocks, or one that knows no such call.
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        return False
    return True


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, so that no reader finds neither; False where the system cannot.

    Linux alone has such a call (renameat2), and not on every file system.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    call = getattr(library, "renameat2", None)
    if call is None:
        return False
    here = -100  # AT_FDCWD: paths as they are
    done: int = call(here, os.fsencode(one), here, os.fsencode(other), _EXCHANGE)
    return done == 0


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises OSError.

    A file whose size, time and identity have not changed is not read twice by one process.
    """
    state = path.stat()
    return _sha256(path, state.st_size, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=64)
def _sha256(path: Path, _size: int, _time: int, _identity: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def to_disk(path: Path) -> None:
    """Make a file or a folder's entries survive a power cut, where the system can."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def forbid_writing(path: Path) -> None:
    """Leave a file readable for whoever could read it, and writable for nobody."""
    with suppress(NotImplementedError):
        path.chmod(path.stat().st_mode & READ_ONLY)

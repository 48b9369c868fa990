"""One writer at a time: file locks that say who holds them."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import psutil
from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from warehouse.errors import HomeLocked
from warehouse.home import unusable

# What a storage answers that has no flock: NFS without its lock service, Lustre without the mount option `flock`.
NO_FLOCK = {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK}
# Clocks of the same start, read twice, differ by less.
_SAME_START_SECONDS = 1.0


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: process, its command, since when (local time), its host and when it was started.

    started: seconds since 1970, which tells it from a later process of the same number; 0 is not known.
    """

    pid: int
    command: str
    since: str
    host: str = ""
    started: float = 0.0

    def __str__(self) -> str:
        """The holder in one line."""
        place = "" if self.is_here else f" on {self.host}"
        return f"process {self.pid}{place} ({self.command}), since {self.since}"

    @property
    def is_here(self) -> bool:
        """Whether it is a process of this machine."""
        return self.host in ("", socket.gethostname())

    @property
    def is_alive(self) -> bool | None:
        """Whether the process lives; None for one of another host, which cannot be seen from here."""
        if not self.is_here:
            return None
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:  # dead, and its parent has not asked yet
                return False
            started = process.create_time()
        except psutil.NoSuchProcess:
            return False
        except psutil.Error:
            return True
        return self.started == 0.0 or abs(started - self.started) < _SAME_START_SECONDS

    @property
    def how_to_end(self) -> str:
        """What a user types to end it, and where."""
        where = "" if self.is_here else f"on {self.host} "
        return f"end it {where}with `kill {self.pid}`; it goes on later from its last step"


@contextmanager
def hold(lock: Path, purpose: str, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold ``lock`` for the time of the block.

    The operating system frees the lock of a process that dies. On a storage without `flock`, a file beside
    it is the lock: one that a process of this machine left when it died is taken over, one of another
    machine's process is not, and the error says which file to remove.
    purpose: what is locked, for the message.  wait_seconds: how long to wait for the holder.
    Raises HomeLocked, naming the holder, and HomeUnusable when the lock file cannot be made.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file_lock = _acquired(lock, wait_seconds)
    except Timeout as error:
        raise _held(lock, purpose) from error
    except OSError as error:
        raise unusable(lock.parent, error.strerror or str(error)) from error
    try:
        _sign(lock)
        yield
    finally:
        with suppress(OSError):
            _signature(lock).unlink(missing_ok=True)
        file_lock.release()


def has_flock(folder: Path) -> bool:
    """Whether the storage of a folder has the locks that the operating system frees. Raises OSError."""
    probe = folder / f".flock-{os.getpid()}"
    try:
        with FileLock(probe, fallback_to_soft=False).acquire(timeout=0):
            return True
    except OSError as error:
        if error.errno in NO_FLOCK:
            return False
        raise
    finally:
        probe.unlink(missing_ok=True)


def _acquired(lock: Path, wait_seconds: float) -> BaseFileLock:
    try:
        native = FileLock(lock, fallback_to_soft=False)
        native.acquire(timeout=wait_seconds)
    except OSError as error:
        if error.errno not in NO_FLOCK:
            raise
        soft = SoftFileLock(_marker(lock))
        soft.acquire(timeout=wait_seconds)
        return soft
    return native


def _marker(lock: Path) -> Path:
    """The file that is the lock where the storage has none."""
    return lock.with_name(lock.name + ".held")


def _held(lock: Path, purpose: str) -> HomeLocked:
    holder = holder_of(lock)
    remedy = "Wait until it has finished"
    if holder:
        remedy += f", or {holder.how_to_end}."
    if _marker(lock).exists():
        remedy += (
            " The storage has no file locks (flock): when that process is gone for certain,"
            f" remove {_marker(lock)}."
        )
    elif not holder:
        remedy += "."
    return HomeLocked(f"{purpose} is in use by {holder or 'another process'}.", remedy=remedy)


def holder_of(lock: Path, *, patience_seconds: float = 1.0) -> Holder | None:
    """Who signed a lock; None when nobody did within the patience."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return Holder(**json.loads(_signature(lock).read_text()))
        except (OSError, ValueError, TypeError):
            # The holder signs just after it locks: give it that moment.
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.05)


def is_held(lock: Path) -> bool:
    """Whether some process holds the lock now.

    Who asks must not stand in the way of who works: the signature is read, and the lock itself is tried
    only when a process of another machine has signed it, which cannot be seen from here.
    """
    holder = holder_of(lock, patience_seconds=0)
    if holder is None:
        return False
    if holder.is_alive is not None:
        return holder.is_alive
    try:
        _acquired(lock, 0).release()
    except (Timeout, OSError):
        return True
    return False


def _signature(lock: Path) -> Path:
    return lock.with_name(lock.name + ".holder")


def _sign(lock: Path) -> None:
    """Write who holds the lock beside it; in a file of its own, so that reading needs no lock."""
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
    holder = Holder(
        os.getpid(),
        command,
        datetime.now().isoformat(sep=" ", timespec="seconds"),
        socket.gethostname(),
        psutil.Process().create_time(),
    )
    draft = _signature(lock).with_name(f".{lock.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(asdict(holder)))
        draft.replace(_signature(lock))
    except OSError as error:
        raise unusable(lock.parent, error.strerror or str(error)) from error

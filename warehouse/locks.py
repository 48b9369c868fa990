"""One writer at a time: file locks that say who holds them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.errors import HomeLocked
from warehouse.home import unusable


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: process id, its command, and since when (local time)."""

    pid: int
    command: str
    since: str

    def __str__(self) -> str:
        """The holder in one line."""
        return f"process {self.pid} ({self.command}), since {self.since}"


@contextmanager
def hold(lock: Path, purpose: str, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold ``lock`` for the time of the block.

    The operating system frees the lock of a process that dies, so no lock is ever stale.
    purpose: what is locked, for the message.  wait_seconds: how long to wait for the holder.
    Raises HomeLocked, naming the holder, and HomeUnusable when the lock file cannot be made.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file_lock = FileLock(lock)
        file_lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        holder = holder_of(lock)
        raise HomeLocked(
            f"{purpose} is in use by {holder or 'another process'}.",
            remedy="Wait until it has finished"
            + (f", or end it with `kill {holder.pid}`; it goes on later from its last step."
               if holder else "."),
        ) from error  # fmt: skip
    except OSError as error:
        raise unusable(lock.parent, error.strerror or str(error)) from error
    try:
        _sign(lock)
        yield
    finally:
        with suppress(OSError):
            _signature(lock).unlink(missing_ok=True)
        file_lock.release()


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
    """Whether some process holds the lock now."""
    if not lock.exists():
        return False
    try:
        with FileLock(lock).acquire(timeout=0):
            return False
    except (Timeout, OSError):
        return True


def _signature(lock: Path) -> Path:
    return lock.with_name(lock.name + ".holder")


def _sign(lock: Path) -> None:
    """Write who holds the lock beside it; in a file of its own, so that reading needs no lock."""
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
    holder = Holder(os.getpid(), command, datetime.now().isoformat(sep=" ", timespec="seconds"))
    draft = _signature(lock).with_name(f".{lock.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(asdict(holder)))
        draft.replace(_signature(lock))
    except OSError as error:
        raise unusable(lock.parent, error.strerror or str(error)) from error

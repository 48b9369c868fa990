"""Pieces of work for other processes, which find them by this module's name."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from warehouse.errors import InputError


def square(number: int) -> int:
    return number * number


def worker_process(_: int) -> int:
    return os.getpid()


def refuse_three(number: int) -> int:
    if number == 3:
        raise InputError("Three is refused.", file="three.csv", row=3, remedy="Take another.")
    return number


def die_once(mark: str) -> str:
    """The first process that comes here dies, as one does that runs out of memory."""
    path = Path(mark)
    if path.name != "calm" and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def die_always(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0

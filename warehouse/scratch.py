"""Folders for a while, cleared also when their process was killed: by the next one that needs such a folder."""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_PREFIX = ".tradeplume-"


@contextmanager
def scratch(purpose: str, place: Path | None = None) -> Iterator[Path]:
    """A new folder that this user alone may enter, removed at the end of the block.

    purpose: a word for its name.  place: the folder it lies in; None for the system's own.
    Folders of the same purpose and user whose process of this machine is gone are removed first.
    """
    folder = place or Path(tempfile.gettempdir())
    for old in left_scratch(folder, purpose):
        shutil.rmtree(old, ignore_errors=True)
    owner = f"{socket.gethostname()}-{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{purpose}-{owner}", dir=folder) as name:
        yield Path(name)


def left_scratch(folder: Path, purpose: str = "*") -> list[Path]:
    """Folders that a killed process of this user and machine left."""
    host = re.escape(socket.gethostname())
    owned = re.compile(rf"^{re.escape(_PREFIX)}.+-{host}-(?P<pid>\d+)-[^-]+$")
    found = [
        (owned.match(path.name), path) for path in sorted(folder.glob(f"{_PREFIX}{purpose}-*"))
    ]
    return [
        path
        for match, path in found
        if match and _is_mine(path) and not psutil.pid_exists(int(match["pid"]))
    ]


def _is_mine(path: Path) -> bool:
    try:
        return not path.is_symlink() and path.stat().st_uid == os.getuid()
    except (OSError, AttributeError):  # gone meanwhile, or a system without user numbers
        return False

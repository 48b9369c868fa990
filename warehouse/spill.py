"""Where queries of readers put what does not fit into memory: a folder of the home's own, cleared afterwards."""

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

from warehouse.home import Home

_OWNED = re.compile(r"^query-(?P<host>.+)-(?P<pid>\d+)$")


@contextmanager
def spill_folder(home: Home) -> Iterator[Path]:
    """A folder for one query of this process; DuckDB makes it when it needs it.

    It lies in the home, whose disk is sized for such work, or, for readers who may not write there, in a
    private folder of the system's. What killed queries left is cleared first.
    """
    if not os.access(home.root, os.W_OK):
        with tempfile.TemporaryDirectory(prefix="tradeplume-query-") as name:
            yield Path(name)
        return
    clear_spills(home)
    home.temp.mkdir(mode=0o700, exist_ok=True)
    folder = home.temp / f"query-{socket.gethostname()}-{os.getpid()}"
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def left_spills(home: Home) -> list[Path]:
    """Folders of queries of this machine whose process is gone."""
    found = [(_OWNED.match(path.name), path) for path in sorted(home.temp.glob("query-*"))]
    return [
        path
        for match, path in found
        if match
        and match["host"] == socket.gethostname()
        and not psutil.pid_exists(int(match["pid"]))
    ]


def clear_spills(home: Home) -> None:
    """Remove them."""
    for folder in left_spills(home):
        shutil.rmtree(folder, ignore_errors=True)

"""dbt's parsed project, kept for every home of this installation: parsing takes some 20 processor seconds.

dbt itself sees which files have changed and parses those alone, as long as variables and connection are the same.
So one file is kept for each set of variables, beside Python's own compiled files.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib.util import cache_from_source
from pathlib import Path

FOLDER = Path(cache_from_source(__file__)).with_name("tradeplume-dbt")
PARSED = "partial_parse.msgpack"
_KEPT = 16  # three megabytes each


def borrow(key: str, target: Path, folder: Path = FOLDER) -> bool:
    """Put what was kept under the key where dbt looks for it; returns whether there was any."""
    kept = folder / f"{key}.msgpack"
    try:
        target.mkdir(parents=True, exist_ok=True)
        _copied(kept, target / PARSED)
    except OSError:
        return False  # nothing kept yet
    return True


def lend(key: str, target: Path, folder: Path = FOLDER) -> None:
    """Keep what dbt has parsed under the key, and the newest of other keys, where the folder can be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copied(target / PARSED, folder / f"{key}.msgpack")
        kept = sorted(folder.glob("*.msgpack"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[_KEPT:]:
            path.unlink(missing_ok=True)
    except OSError:
        return  # an installation that others own


def _copied(source: Path, goal: Path) -> None:
    """Copy a file so that nobody sees a part of it."""
    with source.open("rb") as there:
        handle, name = tempfile.mkstemp(dir=goal.parent)
        try:
            with os.fdopen(handle, "wb") as here:
                shutil.copyfileobj(there, here)
            Path(name).replace(goal)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

"""What takes long to make, made once for all processes of one run of the tests and only read after that."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

Make = Callable[[Path], object]
Once = Callable[[str, Make], Path]

# Publishing and its history put new files in place of old ones: a copy may share them.
SHARED_PARTS = ("published", "releases")


def made_once(shared: Path, name: str, make: Make) -> Path:
    """The folder ``name`` of ``shared``, filled by whoever comes first; nobody writes to it after that.

    The other processes wait.  What could not be made is not tried again: each test that needs it fails.
    """
    place, failed = shared / name, shared / f"{name}.failed"
    with FileLock(shared / f"{name}.lock"):
        if failed.exists():
            pytest.fail(f"{name} could not be made: {failed.read_text()}")
        if not (done := shared / f"{name}.done").exists():
            try:
                place.mkdir()
                make(place)
            except BaseException as error:
                failed.write_text(f"{type(error).__name__}: {error}")
                raise
            done.touch()
    return place


def folder_of_the_run(own: Path) -> Path:
    """The folder that the processes of one run share. own: this process's folder (``getbasetemp``)."""
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def copy_of_home(home: Path, place: Path) -> Path:
    """A copy of a home, to be written to: its working files are copied, what was published is linked."""
    for part in home.iterdir():
        copy = _linked if part.name in SHARED_PARTS else shutil.copy2
        if part.is_dir():
            shutil.copytree(part, place / part.name, copy_function=copy, dirs_exist_ok=True)
    return place


def files_of(home: Path) -> dict[str, tuple[int, int]]:
    """Size and time of all files of a home that hold data: what a test may not change."""
    found = ((path, path.stat()) for path in home.rglob("*") if path.is_file())
    return {
        path.relative_to(home).as_posix(): (status.st_size, status.st_mtime_ns)
        for path, status in found
        if path.suffix in {".duckdb", ".csv", ".parquet", ".wal"}
    }


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)

"""Files that our own generator wrote are known by a mark inside them, whatever they are called."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from warehouse.files import UNPACKING

MARK = "TRADEPLUME-SYNTHETIC"
"""The generator writes it into every file: a release text, a title, a property, a product's name."""

_LOOKED_AT = 1 << 20  # bytes at either end of a file


def is_synthetic(path: Path) -> bool:
    """Whether a file, or any file of a folder, carries the mark.

    Plain files: in the first or last megabyte.  Workbooks and other zip files: in any member of `docProps`, in a
    member's name, or in the comment of the archive.
    """
    if path.is_dir():
        return any(is_synthetic(file) for file in path.rglob("*") if file.is_file())
    if zipfile.is_zipfile(path):
        return _archive_is_marked(path)
    with path.open("rb") as stream:
        head = stream.read(_LOOKED_AT)
        size = path.stat().st_size
        stream.seek(max(size - _LOOKED_AT, 0))
        return MARK.encode() in head or MARK.encode() in stream.read()


def any_synthetic(paths: Iterable[Path]) -> bool:
    """Whether one of the files is synthetic: then what is computed from them is too."""
    return any(is_synthetic(path) for path in paths)


def _archive_is_marked(path: Path) -> bool:
    mark = MARK.encode()
    try:
        with zipfile.ZipFile(path) as archive:
            if mark in archive.comment:
                return True
            return any(
                MARK in name or (name.startswith("docProps/") and mark in archive.read(name))
                for name in archive.namelist()
            )
    except UNPACKING:
        return False  # a damaged file is the reader's to refuse

"""Errors of calamine, which reads workbooks, as ours: it panics over some damaged .xls."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import InputError
from warehouse.files import broken, kind_of

_PANIC = "PanicException"
_STDERR = 2


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Raise InputError for whatever the library raises of a workbook; its panics are no ``Exception``."""
    try:
        with _silenced(is_wanted=kind_of(path) == "xls"):
            yield
    except InputError:
        raise
    except BaseException as error:
        if isinstance(error, Exception):
            raise broken(path, "an Excel workbook", error) from error
        if type(error).__name__ != _PANIC:
            raise
        raise broken(path, "an Excel workbook", RuntimeError(str(error))) from error


@contextmanager
def _silenced(*, is_wanted: bool) -> Iterator[None]:
    """Rust writes where it panicked to the process's standard error, past Python's."""
    try:
        kept = os.dup(_STDERR) if is_wanted else None
    except OSError:  # a process without one
        kept = None
    if kept is None:
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)

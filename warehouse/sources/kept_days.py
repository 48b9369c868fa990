"""Where readers keep the days of an archive that they have read. Nothing is kept where nobody named a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from warehouse.kept_pieces import PieceStore

_STORE: ContextVar[PieceStore | None] = ContextVar("days", default=None)


def day_store() -> PieceStore | None:
    """Where the days of this reading are kept; None where nobody named a folder."""
    return _STORE.get()


@contextmanager
def days_kept_in(folder: Path) -> Iterator[None]:
    """Readers called inside keep days in the folder; without an error, days that they did not need are removed."""
    store = PieceStore(folder)
    token = _STORE.set(store)
    try:
        yield
    finally:
        _STORE.reset(token)
    store.forget_others()

"""What a reader of big files says while it reads: lines of the logger ``tradeplume.reading``."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

LOGGER = logging.getLogger("tradeplume.reading")
SECONDS_BETWEEN = 2.0
"""A line at the most this often, and none for what is read at once."""

Item = TypeVar("Item")


def told(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The items one by one; every few seconds a line says how many are done.

    what: what is read, as ``customs files``.
    """
    begin = last = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN:
            last = now
            LOGGER.info("%s: %d of %d, %.0f s", what, done, len(items), now - begin)
        yield item


def begin(path: Path, what: str, *, big_bytes: int = 20_000_000) -> None:
    """Say that a big file is being opened."""
    size = path.stat().st_size
    if size >= big_bytes:
        LOGGER.info("%s: %s, %.0f MB", what, path.name, size / 1e6)

"""Days of an archive that were read before: daily rows kept in Parquet, under the checksum of what they come from.

A reader asks for a day by its key. A key names all that decides the day's rows: the file, its neighbours, the
code. Each day is a file of its own, ``<name>_<key>_<checksum of its bytes>.parquet``, written aside and moved into
place, so a run that is killed keeps whole days. A file whose bytes have another checksum is removed, and the day is
read again. Where nobody has named a folder, nothing is kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from warehouse.sources.progress import LOGGER

_FACTS = "facts"
_SIGNS = 24
"""Characters of a checksum in a name: 96 bits."""


@dataclass(frozen=True)
class KeptDay:
    """A day's rows, and what else reading it told, as JSON can say it."""

    rows: pl.DataFrame
    facts: Mapping[str, Any]


@dataclass
class DayStore:
    """Days kept in a folder. used: the files that were asked for or written since it was opened."""

    folder: Path
    used: set[Path] = field(default_factory=set)

    def get(self, name: str, key: str) -> KeptDay | None:
        """The day of that name made from what the key says; None when it is not there, or damaged."""
        path = self._places.get((name, key[:_SIGNS]))
        if path is None:
            return None
        try:
            content = path.read_bytes()
            if not path.stem.endswith(_checksum(content)):
                raise ValueError(path.name)
            facts = json.loads(pl.read_parquet_metadata(io.BytesIO(content))[_FACTS])
            day = KeptDay(pl.read_parquet(io.BytesIO(content)), facts)
        except (OSError, ValueError, KeyError, PolarsError):
            path.unlink(missing_ok=True)
            return None
        self.used.add(path)
        return day

    def put(self, name: str, key: str, day: KeptDay) -> None:
        """Keep a day. A folder that cannot be written to keeps nothing: the next run reads the file again."""
        stream = io.BytesIO()
        day.rows.write_parquet(stream, metadata={_FACTS: json.dumps(dict(day.facts))})
        content = stream.getvalue()
        path = self.folder / f"{name}_{key[:_SIGNS]}_{_checksum(content)}.parquet"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(aside).replace(path)
        except OSError as error:
            LOGGER.info("%s is not kept: %s", name, error)
            return
        self.used.add(path)

    def forget_others(self) -> None:
        """Remove the days that nobody asked for: of files that changed or are gone, and of earlier code."""
        for path in self.folder.glob("*"):
            if path not in self.used:
                path.unlink(missing_ok=True)

    @cached_property
    def _places(self) -> dict[tuple[str, str], Path]:
        """Name and key to file, as the folder was when the first day was asked for."""
        parts = [(path, path.stem.rsplit("_", 2)) for path in self.folder.glob("*.parquet")]
        return {(cut[0], cut[1]): path for path, cut in parts if len(cut) == 3}


_STORE: ContextVar[DayStore | None] = ContextVar("days", default=None)


def day_store() -> DayStore | None:
    """Where the days of this reading are kept; None where nobody has said so."""
    return _STORE.get()


@contextmanager
def days_kept_in(folder: Path) -> Iterator[None]:
    """Readers called inside keep days in the folder; without an error, days that they did not need are removed."""
    store = DayStore(folder)
    token = _STORE.set(store)
    try:
        yield
    finally:
        _STORE.reset(token)
    store.forget_others()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_SIGNS]

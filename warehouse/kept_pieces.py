"""Pieces of work that were done before, kept in Parquet under the checksum of what they come from.

A piece is a day of an archive that was read, or a place whose weather was adjusted. A key names all that decides
it: records or files, settings, code. Each piece is a file of its own, ``<name>_<key>_<checksum>.parquet`` with the
checksum of its bytes, written aside and moved into place, so a run that is killed keeps whole pieces. A file whose
bytes have another checksum is removed, and the piece is made again.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

LOG = logging.getLogger("tradeplume.kept")
_FACTS = "facts"
_SIGNS = 24
"""Characters of a checksum in a name: 96 bits."""


@dataclass(frozen=True)
class Piece:
    """Rows, and facts beside them as JSON can say them."""

    rows: pl.DataFrame
    facts: Mapping[str, Any]


@dataclass
class PieceStore:
    """Pieces kept in a folder. used: the files that were asked for or written since it was opened."""

    folder: Path
    used: set[Path] = field(default_factory=set)

    def get(self, name: str, key: str) -> Piece | None:
        """The piece of that name made from what the key says; None when it is not there, or damaged."""
        path = self._places.get((name, key[:_SIGNS]))
        if path is None:
            return None
        try:
            content = path.read_bytes()
            if not path.stem.endswith(_checksum(content)):
                raise ValueError(path.name)
            facts = json.loads(pl.read_parquet_metadata(io.BytesIO(content))[_FACTS])
            piece = Piece(pl.read_parquet(io.BytesIO(content)), facts)
        except (OSError, ValueError, KeyError, PolarsError):
            path.unlink(missing_ok=True)
            return None
        self.used.add(path)
        return piece

    def put(self, name: str, key: str, piece: Piece) -> None:
        """Keep a piece. A folder that cannot be written to keeps nothing: the next run makes it again."""
        stream = io.BytesIO()
        piece.rows.write_parquet(stream, metadata={_FACTS: json.dumps(dict(piece.facts))})
        content = stream.getvalue()
        path = self.folder / f"{name}_{key[:_SIGNS]}_{_checksum(content)}.parquet"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(aside).replace(path)
        except OSError as error:
            LOG.warning("%s is not kept: %s", name, error)
            return
        self.used.add(path)

    def forget_others(self) -> None:
        """Remove what nobody asked for: of records that changed or are gone, and of earlier code."""
        for path in self.folder.glob("*"):
            if path not in self.used:
                path.unlink(missing_ok=True)

    @cached_property
    def _places(self) -> dict[tuple[str, str], Path]:
        """Name and key to file, as the folder was when the first piece was asked for."""
        parts = [(path, path.stem.rsplit("_", 2)) for path in self.folder.glob("*.parquet")]
        return {(cut[0], cut[1]): path for path, cut in parts if len(cut) == 3}


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_SIGNS]

"""R workspaces of data frames, written small: R's XDR format, version 2, packed with gzip."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HEAD = b"X\n" + struct.pack(">iii", 2, 0x00030403, 0x00020300)
_END = struct.pack(">i", 254)


@dataclass(frozen=True)
class Factor:
    """A column of R's factors: each cell is the place of its text among the levels, from 1."""

    places: Sequence[int]
    levels: Sequence[str]

    def __len__(self) -> int:
        return len(self.places)


Column = Sequence[Any] | Factor


def write_rda(path: Path, frames: Mapping[str, Mapping[str, Column]]) -> Path:
    """Write a workspace. A column is whole numbers, doubles, texts, or a factor."""
    body = b"RDX2\n" + _HEAD
    body += b"".join(_tagged(name, _data_frame(columns)) for name, columns in frames.items())
    path.write_bytes(gzip.compress(body + _END, mtime=0))
    return path


def write_rds(path: Path, frame: Mapping[str, Column]) -> Path:
    """Write one data frame, without a name."""
    path.write_bytes(gzip.compress(_HEAD + _data_frame(frame), mtime=0))
    return path


def _text(value: str) -> bytes:
    content = value.encode()
    return struct.pack(">ii", 0x00040009, len(content)) + content


def _tagged(name: str, value: bytes) -> bytes:
    return struct.pack(">ii", 0x402, 1) + _text(name) + value


def _vector(values: Column) -> bytes:
    if isinstance(values, Factor):
        return (
            struct.pack(f">ii{len(values)}i", 0x30D, len(values), *values.places)
            + _tagged("levels", _vector(list(values.levels)))
            + _tagged("class", _vector(["factor"]))
            + _END
        )
    if isinstance(values[0], str):
        return struct.pack(">ii", 16, len(values)) + b"".join(map(_text, values))
    if isinstance(values[0], float):
        return struct.pack(f">ii{len(values)}d", 14, len(values), *values)
    return struct.pack(f">ii{len(values)}i", 13, len(values), *values)


def _data_frame(columns: Mapping[str, Column]) -> bytes:
    rows = len(next(iter(columns.values())))
    return (
        struct.pack(">ii", 0x313, len(columns))
        + b"".join(map(_vector, columns.values()))
        + _tagged("names", _vector(list(columns)))
        + _tagged("class", _vector(["data.frame"]))
        + _tagged("row.names", _vector([-(2**31), -rows]))
        + _END
    )

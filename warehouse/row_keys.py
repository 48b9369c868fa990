"""Whether rows can be shown to repeat no key while they are written, without asking the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SPARSE = 8
"""A map of all combinations is made when it has at most this many places a row."""
_ALWAYS_MAPPED = 1_000_000
_LARGEST_CODE = 10_000_000


@dataclass(frozen=True)
class _Coded:
    """A column as numbers from zero: equal numbers are equal values. count: how many values it has."""

    codes: NDArray[np.int64]
    count: int


class KeyProof:
    """Frames of one table, one after the other, of which no two rows have the same key.

    Shown by codes: in each frame all combinations of the key's codes differ, and the columns of the key that
    have a single value in each frame have other values together in each.  Tables of a matrix, written row by
    row of blocks, are such.
    Where nothing can be shown, `holds` is False: the rows may be right all the same, and must be compared.
    """

    def __init__(self, key: Sequence[str]) -> None:
        """key: the columns that together must not repeat."""
        self._key = tuple(key)
        self._holds = True
        # Columns that had one value in every frame so far, with those values in the order of the frames.
        self._single: dict[str, tuple[object, ...]] = dict.fromkeys(key, ())
        self._frames = 0

    @property
    def holds(self) -> bool:
        """Whether no key is repeated in all that was added."""
        # Without such a column there is nothing to tell two frames apart by.
        apart = len(set(zip(*self._single.values(), strict=True)))
        return self._holds and (self._frames < 2 or apart == self._frames)

    def add(self, frame: pl.DataFrame) -> None:
        """Look at the next rows of the table."""
        if not self.holds or frame.is_empty():
            return
        self._frames += 1
        columns: dict[str, _Coded] = {}
        for name in self._key:
            coded = _coded(frame.get_column(name))
            if coded is None:
                self._holds = False
                return
            columns[name] = coded
        self._single = {
            name: (*values, frame.get_column(name)[0])
            for name, values in self._single.items()
            if columns[name].count == 1
        }
        self._holds = _all_differ([one for one in columns.values() if one.count > 1], frame.height)


def _all_differ(columns: Sequence[_Coded], rows: int) -> bool:
    """Whether no combination of codes comes twice; False, too, where there are too many to map."""
    places = 1
    for column in columns:
        places *= column.count
    if places > max(_SPARSE * rows, _ALWAYS_MAPPED):
        return False
    place = np.zeros(rows, dtype=np.int64)
    for column in columns:
        place *= column.count
        place += column.codes
    seen = np.zeros(places, dtype=np.bool_)
    seen[place] = True
    return int(np.count_nonzero(seen)) == rows


def _coded(column: pl.Series) -> _Coded | None:
    """The column as numbers from zero without gaps; None for a kind of column that this does not number."""
    if column.null_count():
        return None
    if column.dtype == pl.String():
        # A text that is the same in all rows needs no numbers; others cost as much as asking the database.
        is_single = bool((column == column[0]).all())
        return _Coded(np.zeros(len(column), dtype=np.int64), 1) if is_single else None
    if column.dtype in (pl.Categorical, pl.Enum):
        column = column.to_physical()
    elif not column.dtype.is_integer():
        return None
    numbers = column.to_numpy().astype(np.int64)
    numbers -= numbers.min()
    largest = int(numbers.max())
    if largest > _LARGEST_CODE:
        return None
    is_there = np.zeros(largest + 1, dtype=np.bool_)
    is_there[numbers] = True
    count = int(np.count_nonzero(is_there))
    if count <= largest:
        numbers = (np.cumsum(is_there) - 1)[numbers]
    return _Coded(numbers, count)

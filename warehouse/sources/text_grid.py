"""ESRI ASCII grids: six lines of heading, then the rows of cells from the north."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.files import broken

HEADING_LINES = 6
_NAMES = ("ncols", "nrows", "xllcorner", "yllcorner", "cellsize", "nodata_value")
_MOST_CELLS = 100_000
"""Along one axis: the world in steps of 30 seconds has 43,200."""

Array = NDArray[np.float64]
Odd = Callable[[str, str, str], InputError]
"""The reader's error for a file that is not its publisher's: where, what was found, what was expected."""


@dataclass(frozen=True)
class Heading:
    """Cells along both axes, the outer corner in the south-west, the step (degrees), the number for no data."""

    columns: int
    rows: int
    west: float
    south: float
    step: float
    no_data: float

    def longitude(self) -> Array:
        """Centres of the columns, (columns,)."""
        return self.west + self.step * (np.arange(self.columns, dtype=np.float64) + 0.5)

    def latitude(self) -> Array:
        """Centres of the rows, (rows,), from the north."""
        return self.south + self.step * (np.arange(self.rows, dtype=np.float64)[::-1] + 0.5)


def numbers_of_heading(stream: BinaryIO, odd: Odd) -> dict[str, float]:
    """The names in small letters and their numbers. Raises the reader's error for a line that is neither."""
    head: dict[str, float] = {}
    for place in range(1, HEADING_LINES + 1):
        line = stream.readline(256)
        try:
            name, number = line.split()
            head[name.decode("ascii").casefold()] = float(number)
        except ValueError as error:
            found = repr(line.decode("latin-1").strip())[:80]
            raise odd(f"lines 1 to 6, line {place}", found, "ncols, nrows, ...") from error
    return head


def heading_of(stream: BinaryIO, odd: Odd) -> Heading:
    """The heading. Raises the reader's error where a line is missing or a number cannot be a grid's."""
    head = numbers_of_heading(stream, odd)
    missing = [name for name in _NAMES if name not in head]
    if missing:
        raise odd("lines 1 to 6", ", ".join(head), ", ".join(_NAMES))
    for name in ("ncols", "nrows"):
        if not 1 <= head[name] <= _MOST_CELLS or head[name] != int(head[name]):
            raise odd(name, f"{head[name]:g}", f"a whole number up to {_MOST_CELLS:,}")
    if not 0 < head["cellsize"] < 360:
        raise odd("cellsize", f"{head['cellsize']:g}", "degrees above zero")
    columns, rows, west, south, step, no_data = (head[name] for name in _NAMES)
    return Heading(int(columns), int(rows), west, south, step, no_data)


def cells_within(
    stream: BinaryIO, heading: Heading, rows: slice, columns: slice, path: Path, odd: Odd
) -> Array:
    """Part of the cells, NaN where there is no data. The stream stands behind the heading.

    Raises InputError for a row of another length, a cell that is not a number, and another number of rows.
    """
    kept = []
    for place in range(rows.stop):
        line = stream.readline()
        if place < rows.start:
            continue
        try:
            row = np.array(line.split(), dtype=np.float64)
        except ValueError as error:
            raise broken(path, "an ASCII grid", error) from error
        where = f"line {place + HEADING_LINES + 1}"
        if row.size != heading.columns:
            raise odd(where, f"{row.size} values", f"{heading.columns}")
        empty = np.isclose(row, heading.no_data, equal_nan=True)
        if not np.isfinite(row[~empty]).all():
            wrong = row[~empty & ~np.isfinite(row)][0]
            raise odd(where, f"{wrong:g}", f"numbers, or {heading.no_data:g} for no data")
        kept.append(np.where(empty, np.nan, row)[columns])
    behind = sum(1 for line in stream if line.strip())
    if behind != heading.rows - rows.stop:
        raise odd("rows", f"{rows.stop + behind}", f"{heading.rows}, as nrows says")
    return np.stack(kept)

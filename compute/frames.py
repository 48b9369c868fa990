"""Labelled arrays: from long tables to matrices and back, the only place where labels meet positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute._labels import InvalidInput


class UnknownLabels(ValueError):
    """A long table has labels that the axis does not have, or an axis repeats a label."""


@dataclass(frozen=True)
class Axis:
    """An ordered set of labels, each made of one or more columns.

    labels: a frame whose rows are the labels in order, for example columns ``region`` and ``sector``.
    """

    labels: pl.DataFrame

    def __post_init__(self) -> None:
        """Refuse repeated labels: a position must be found by its label alone."""
        if self.labels.is_duplicated().any():
            repeated = self.labels.filter(self.labels.is_duplicated()).unique().rows()[:5]
            raise UnknownLabels(f"An axis repeats labels: {repeated}")

    @classmethod
    def product(cls, **columns: Sequence[str]) -> Axis:
        """All combinations of the columns' values, the last column running fastest."""
        frame = pl.DataFrame({"": [0]})
        for name, values in columns.items():
            frame = frame.join(pl.DataFrame({name: list(values)}), how="cross")
        return cls(frame.drop(""))

    @property
    def names(self) -> list[str]:
        """The columns that make a label."""
        return self.labels.columns

    def __len__(self) -> int:
        """The number of labels."""
        return self.labels.height

    def positions(self, frame: pl.DataFrame, columns: Sequence[str]) -> NDArray[np.int64]:
        """Position of every row of ``frame`` on this axis.

        columns: the frame's columns that hold this axis's label, in the axis's order.
        Raises UnknownLabels naming the first labels that are not on the axis.
        """
        keys = frame.select(
            pl.col(theirs).cast(self.labels.schema[ours]).alias(ours)
            for theirs, ours in zip(columns, self.names, strict=True)
        )
        found = keys.join(
            self.labels.with_row_index("position"), on=self.names, how="left", maintain_order="left"
        )
        if found["position"].null_count():
            strays = found.filter(pl.col("position").is_null()).select(self.names).unique()
            raise UnknownLabels(
                f"Labels that the axis lacks: {strays.sort(self.names).rows()[:10]}"
            )
        return found["position"].cast(pl.Int64).to_numpy()


def to_vector(
    frame: pl.DataFrame, axis: Axis, columns: Sequence[str], value: str
) -> NDArray[np.float64]:
    """Sum ``value`` into a vector along ``axis``, shape (len(axis),); labels without rows are zero.

    Raises UnknownLabels, and InvalidInput for values that are missing or no numbers.
    """
    vector = np.zeros(len(axis))
    np.add.at(vector, axis.positions(frame, columns), _amounts(frame, value))
    return vector


def to_matrix(
    frame: pl.DataFrame,
    rows: Axis,
    row_columns: Sequence[str],
    columns: Axis,
    column_columns: Sequence[str],
    value: str,
) -> NDArray[np.float64]:
    """Sum ``value`` into a matrix, shape (len(rows), len(columns)); cells without rows are zero.

    Raises UnknownLabels, and InvalidInput for values that are missing or no numbers.
    """
    flat = rows.positions(frame, row_columns) * len(columns)
    flat += columns.positions(frame, column_columns)
    cells = np.bincount(flat, weights=_amounts(frame, value), minlength=len(rows) * len(columns))
    return cells.astype(np.float64, copy=False).reshape(len(rows), len(columns))


def _amounts(frame: pl.DataFrame, value: str) -> NDArray[np.float64]:
    """The column of amounts. Raises InvalidInput: a sum must not swallow a missing one."""
    column = frame[value] if value in frame.columns else None
    if column is None or not column.dtype.is_numeric():
        found = "is not there" if column is None else f"holds {column.dtype}"
        raise InvalidInput(f"column {value} must hold numbers, it {found}")
    amounts = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    wrong = np.flatnonzero(~np.isfinite(amounts))
    if wrong.size:
        raise InvalidInput(
            f"column {value} has {wrong.size} values that are missing or infinite, the first in row {wrong[0]}"
        )
    return amounts


def to_frame(
    array: NDArray[np.float64], axes: Sequence[tuple[Axis, Mapping[str, str]]], value: str
) -> pl.DataFrame:
    """The non-zero cells of an array as a long table, in the array's order.

    axes: for each dimension the axis and the names its label columns get, for example
    ``(axis, {"region": "from_region", "sector": "from_sector"})``.  Labels come as Categorical: a
    long table repeats few of them many times, and a code is moved faster than a text.
    """
    if array.shape != tuple(len(axis) for axis, _ in axes):
        raise ValueError(f"Array of shape {array.shape}, axes of {[len(a) for a, _ in axes]}")
    positions = np.nonzero(array)
    parts = [
        axis.labels.rename(dict(names)).cast(pl.Categorical)[index]
        for (axis, names), index in zip(axes, positions, strict=True)
    ]
    return pl.concat([*parts, pl.DataFrame({value: array[positions]})], how="horizontal")

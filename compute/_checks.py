"""Input checks every function of this room shares: shape, emptiness, NaN and infinity."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute._labels import InvalidInput, as_floats, require_same_labels, require_same_order

__all__ = [
    "LISTED_AT_MOST",
    "Array",
    "Indices",
    "InvalidInput",
    "Mask",
    "as_floats",
    "finite_matrix",
    "finite_vector",
    "listing",
    "non_negative",
    "require_finite",
    "require_same_labels",
    "require_same_order",
    "square_matrix",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]

LISTED_AT_MOST = 10


def finite_matrix(name: str, values: ArrayLike, *, shape: tuple[int, int] | None = None) -> Array:
    """Return `values` as a float64 matrix (no copy when it is one); refuse what is not finite."""
    matrix = as_floats(name, values)
    if matrix.ndim != 2 or matrix.size == 0:
        raise InvalidInput(f"{name} must be a non-empty matrix, its shape is {matrix.shape}")
    if shape is not None and matrix.shape != shape:
        raise InvalidInput(f"{name} must have shape {shape}, its shape is {matrix.shape}")
    require_finite(name, matrix)
    return matrix


def finite_vector(name: str, values: ArrayLike, *, length: int) -> Array:
    """Return `values` as a float64 vector of `length`; refuse what is not finite."""
    vector = as_floats(name, values)
    if vector.shape != (length,):
        raise InvalidInput(f"{name} must be a vector of {length}, its shape is {vector.shape}")
    require_finite(name, vector)
    return vector


def square_matrix(name: str, values: ArrayLike) -> Array:
    """Return `values` as a finite square float64 matrix."""
    matrix = finite_matrix(name, values)
    if matrix.shape[0] != matrix.shape[1]:
        raise InvalidInput(f"{name} must be square, its shape is {matrix.shape}")
    require_same_labels(**{name: (values, ("n", "n"))})
    return matrix


def non_negative(name: str, values: Array) -> Array:
    """Return `values`; refuse entries below zero, saying where the first one is."""
    if (values < 0).any():
        first = tuple(int(i) for i in np.argwhere(values < 0)[0])
        where = first[0] if len(first) == 1 else first
        raise InvalidInput(f"{name} must not be negative, but is {values[first]:.10g} at {where}")
    return values


def require_finite(name: str, values: Array) -> None:
    """Refuse NaN and infinity, saying where the first one is."""
    finite = np.isfinite(values)
    if not finite.all():
        first = tuple(int(i) for i in np.unravel_index(int(np.argmin(finite)), values.shape))
        count = int(finite.size - np.count_nonzero(finite))
        raise InvalidInput(
            f"{name} has {count} entries that are NaN or infinite, the first at {first}: "
            f"{values[first]}"
        )


def listing(items: Iterable[object]) -> str:
    """Join `items` for a message, the first ten and how many more."""
    texts = [str(item) for item in items]
    more = len(texts) - LISTED_AT_MOST
    return ", ".join(texts[:LISTED_AT_MOST]) + (f" and {more} more" if more > 0 else "")

"""What the supply-chain functions ask of their arguments beyond shape and finiteness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from compute._checks import Array, Indices, InvalidInput, as_floats, require_finite, square_matrix
from compute.leontief import LeontiefSystem


@dataclass(frozen=True)
class Groups:
    """Groups of sectors (provinces, products, ...).

    labels: (groups,), distinct, in order.  code: (n,), each sector's position in labels.
    members: (groups, n), one where the sector belongs to the group, otherwise zero.
    """

    labels: np.ndarray[tuple[int], np.dtype[np.generic]]
    code: Indices
    members: Array

    @staticmethod
    def of(name: str, labels: ArrayLike, n: int) -> Groups:
        """Group the sectors by their labels, (n,)."""
        array = _labels(name, labels)
        if array.shape != (n,):
            raise InvalidInput(
                f"{name} must have shape ({n},), one label a sector, its shape is {array.shape}"
            )
        distinct, code = np.unique(array, return_inverse=True)
        members = (np.arange(len(distinct))[:, None] == code).astype(np.float64)
        return Groups(distinct, code.astype(np.int64), members)


def _labels(name: str, labels: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
    """The labels as an array; refuse missing ones (None, NaN, masked) and lists of unequal length."""
    try:
        array = np.asarray(labels)
        mask = getattr(labels, "mask", False)
        missing = np.asarray(mask) | (array != array)  # NaN alone differs from itself
        absent = [place for place, one in enumerate(array.ravel()) if one is None]
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"{name} must be labels, one a sector: {error}") from error
    if np.any(missing) or absent:
        raise InvalidInput(f"{name} has missing labels")
    return array.astype(str) if array.dtype.kind == "O" else array


def table_of(coefficients: ArrayLike | LeontiefSystem) -> Array:
    """Return A, (n, n), finite, in one piece of memory, either way round."""
    if isinstance(coefficients, LeontiefSystem):
        return coefficients.coefficients
    table = square_matrix("coefficients", coefficients)
    in_one_piece = table.flags.c_contiguous or table.flags.f_contiguous
    return table if in_one_piece else np.ascontiguousarray(table)


def system_of(coefficients: ArrayLike | LeontiefSystem) -> LeontiefSystem:
    """Return I - A, factorised: the one at hand, or a new one."""
    if isinstance(coefficients, LeontiefSystem):
        return coefficients
    return LeontiefSystem(coefficients)


def vector_or_columns(name: str, values: ArrayLike, n: int) -> Array:
    """Return a finite vector (n,) or matrix (n, k)."""
    array = as_floats(name, values)
    if array.ndim not in (1, 2) or array.shape[0] != n:
        raise InvalidInput(f"{name} must have shape ({n},) or ({n}, k), its shape is {array.shape}")
    require_finite(name, array)
    return array


def vector_or_rows(name: str, values: ArrayLike, n: int) -> Array:
    """Return a finite vector (n,) or matrix (k, n)."""
    array = as_floats(name, values)
    if array.ndim not in (1, 2) or array.shape[-1] != n:
        raise InvalidInput(f"{name} must have shape ({n},) or (k, {n}), its shape is {array.shape}")
    require_finite(name, array)
    return array


def require_non_negative(name: str, array: Array) -> None:
    """Refuse entries below zero, with which the bounds of the path search do not hold."""
    if array.min(initial=0.0) < 0:
        first = tuple(int(i) for i in np.argwhere(array < 0)[0])
        raise InvalidInput(
            f"{name} has {int((array < 0).sum())} negative entries, the first at {first}: "
            f"{array[first]}; paths have a bound only without them"
        )


def whole_number(name: str, value: int, least: int) -> int:
    """Return the value; refuse what is not whole or is below `least`."""
    try:
        is_whole = not isinstance(value, bool) and int(value) == value and value >= least
    except (TypeError, ValueError, OverflowError):
        is_whole = False
    if not is_whole:
        raise InvalidInput(f"{name} must be a whole number, {least} or more, it is {value!r}")
    return int(value)

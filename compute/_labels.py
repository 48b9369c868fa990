"""Arguments from outside as arrays of numbers, and the labels they carry: the one place that looks at either.

The rule on labels: this room computes by position, so labels that disagree are refused and never aligned. An
object has labels when it says so (a pandas index that is not just 0, 1, 2, ...; an xarray coordinate).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = list[object]
NUMBER_KINDS = "biuf"


class InvalidInput(ValueError):
    """An argument has the wrong shape, is empty, holds NaN or infinity, or has labels that disagree."""


def as_floats(name: str, values: object) -> Array:
    """The values as a float64 array (no copy when they are one), of any shape.

    Raises InvalidInput for what holds no real numbers: texts, dates, complex or missing values, lists of unequal
    length; for masked entries, and for sparse matrices, whose zeros have no place in the results.
    """
    if isinstance(values, np.ndarray) and not isinstance(values, np.ma.MaskedArray):
        if values.dtype == np.float64:
            return np.asarray(values)
    elif isinstance(values, np.ma.MaskedArray):
        return as_floats(name, _unmasked(name, values))
    elif hasattr(values, "toarray"):
        raise InvalidInput(
            f"{name} is sparse ({type(values).__name__}), give it as an array: {name}.toarray()"
        )
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O":  # pandas' own types of numbers, or anything else
            _refuse_texts(name, array)
            array = array.astype(np.float64)
        if array.dtype.kind not in NUMBER_KINDS:
            raise InvalidInput(f"{name} must hold real numbers, it holds {array.dtype}")
        return array.astype(np.float64, copy=False)
    except InvalidInput:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        first = (str(error) or type(error).__name__).splitlines()[0]
        raise InvalidInput(
            f"{name} must be an array of numbers, it is {type(values).__name__}: {first}"
        ) from error


def require_same_labels(**arguments: tuple[object, Sequence[str]]) -> None:
    """Refuse arguments whose labels along one axis disagree, in themselves or in their order.

    Each argument comes with the names of its axes; a name that begins with ``?`` is of an axis that it may lack.
    Raises InvalidInput naming both arguments and the first place where they differ.
    """
    seen: dict[str, tuple[str, Labels]] = {}
    counted: dict[str, str] = {}  # axis to an argument whose index is just 0, 1, 2, ...
    for argument, (values, axes) in arguments.items():
        labels = labels_of(values)
        names = [axis.lstrip("?") for axis in axes]
        if labels and len(labels) < len(names):
            names = [axis for axis in axes if not axis.startswith("?")]
        for place, (axis, found) in enumerate(zip(names, labels, strict=False)):
            here = f"{argument} (axis {place})" if len(labels) > 1 else argument
            if found is None:
                counted.setdefault(axis, here)
            elif axis not in seen:
                seen[axis] = (here, found)
            elif seen[axis][1] != found:
                raise _disagree(*seen[axis], here, found)
    for axis in counted.keys() & seen.keys():
        here, found = seen[axis]
        if set(found) == set(
            range(len(found))
        ):  # the same numbers in another order: one of them was sorted
            raise _disagree(counted[axis], list(range(len(found))), here, found)


def require_same_order(name: str, values: object) -> None:
    """Refuse a square table whose rows and columns have the same labels in another order."""
    labels = [one for one in labels_of(values) if one is not None]
    if len(labels) != 2:
        return
    rows, columns = labels
    if rows != columns and sorted(map(repr, rows)) == sorted(map(repr, columns)):
        raise _disagree(f"the rows of {name}", rows, "its columns", columns)


def labels_of(values: object) -> list[Labels | None]:
    """The labels along each axis, None where an axis has none; empty for plain arrays and lists."""
    own = getattr(values, "axis_labels", None)  # LeontiefSystem: those of its coefficients
    if own is not None:
        return list(own)
    if hasattr(values, "iloc") and hasattr(values, "index"):
        axes = [values.index, *([values.columns] if hasattr(values, "columns") else [])]
        return [_plain(axis) for axis in axes]
    if hasattr(values, "dims") and hasattr(values, "indexes"):
        return [
            _plain(values.indexes[dim]) if dim in values.indexes else None for dim in values.dims
        ]
    return []


def _plain(index: object) -> Labels | None:
    found: Labels = list(index)  # type: ignore[call-overload]
    return None if found == list(range(len(found))) else found


def _disagree(one: str, first: Labels, other: str, second: Labels) -> InvalidInput:
    if len(first) != len(second):
        what = f"{len(first)} and {len(second)} of them"
    else:
        place = next(
            at for at, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]
        )
        what = f"at place {place}: {first[place]!r} and {second[place]!r}"
    return InvalidInput(
        f"the labels of {one} and of {other} disagree, {what}; bring both into one order "
        "(reindex), nothing is aligned here"
    )


def _unmasked(
    name: str, values: np.ma.MaskedArray[tuple[int, ...], np.dtype[np.generic]]
) -> object:
    mask = np.ma.getmaskarray(values)
    if mask.any():
        first = tuple(int(i) for i in np.argwhere(mask)[0])
        raise InvalidInput(f"{name} has {int(mask.sum())} masked entries, the first at {first}")
    return np.ma.getdata(values)


def _refuse_texts(name: str, array: NDArray[np.object_]) -> None:
    for place, value in enumerate(array.ravel()):
        if isinstance(value, str | bytes | bool | complex) or value is None:
            raise InvalidInput(f"{name} must hold real numbers, entry {place} is {value!r}")

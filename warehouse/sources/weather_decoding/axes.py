"""Longitudes and latitudes of a variable, by name or by what their attributes say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import InputError

_AXES = {
    "latitude": (("latitude", "lat"), "degrees_north", 90.0),
    "longitude": (("longitude", "lon"), "degrees_east", 360.0),
}


@dataclass(frozen=True)
class Axis:
    """Latitudes or longitudes of a variable.

    dim: its dimension, empty for one point.  written: as the file has them.  values: longitudes -180 to 180.
    """

    dim: str
    written: NDArray[np.float64]
    values: NDArray[np.float64]

    def kept(
        self, bounds: tuple[float, ...] | None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Values within the bounds, ascending, and their places in the file."""
        order = np.argsort(self.values, kind="stable")
        if bounds is not None:
            inside = (self.values >= bounds[0]) & (self.values <= bounds[1])
            order = order[inside[order]]
        return self.values[order], order


def axis_of(array: Any, axis: str, path: Path) -> Axis:
    """The variable's latitudes or longitudes. Raises InputError for a missing axis and for other grids."""
    spellings, units, limit = _AXES[axis]
    names = [one for one in spellings if one in array.coords] or [
        str(name)
        for name, one in array.coords.items()
        if one.attrs.get("standard_name") == axis or one.attrs.get("units") == units
    ]
    if not names:
        raise refused(
            f"Variable {array.name} has no {axis}.",
            path,
            array.name,
            f"dimensions {', '.join(map(str, array.dims))}",
            " or ".join(spellings),
            "Take the publisher's file unchanged.",
        )
    variable = array.coords[names[0]]
    dims = [str(dim) for dim in variable.dims]
    if len(dims) > 1 or any(dim not in array.dims for dim in dims):
        raise refused(
            f"The grid of {array.name} is not one of longitudes and latitudes.",
            path,
            array.name,
            f"{names[0]}({', '.join(dims)}) for {array.name}({', '.join(map(str, array.dims))})",
            f"{names[0]}({names[0]})",
            "Regrid to longitude and latitude, or download on that grid.",
        )
    written = np.atleast_1d(np.asarray(variable.values, dtype=np.float64))
    if not np.isfinite(written).all() or np.abs(written).max(initial=0.0) > limit:
        raise refused(
            f"The {axis}s are not degrees.",
            path,
            names[0],
            f"{np.nanmin(written):g} to {np.nanmax(written):g}",
            f"at most {limit:g} degrees, none missing",
            "Take the publisher's file unchanged.",
        )
    values = (written + 180.0) % 360.0 - 180.0 if axis == "longitude" else written
    if np.unique(np.round(values, 6)).size != values.size:
        raise refused(
            f"A {axis} stands twice.",
            path,
            names[0],
            f"{values.size} values, {np.unique(np.round(values, 6)).size} distinct",
            "each once",
            "Download the file again, without the seam (0 and 360 degrees are the same).",
        )
    return Axis(dims[0] if dims else "", written, values)


def refused(
    what: str, path: Path, column: object, found: str, expected: str, remedy: str
) -> InputError:
    """The error for a variable that is not read."""
    return InputError(
        what, file=path, column=str(column), found=found, expected=expected, remedy=remedy
    )

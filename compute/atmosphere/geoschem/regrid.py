"""Conservative regridding between regular grids, and the grids that emissions are written on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.grid import EARTH_RADIUS_M, Grid, nested_grid

Array = NDArray[np.float64]
EMISSION_GRIDS = ("nested", "meic", "meic-0.1")


class RegridError(ValueError):
    """A mass does not fit onto the target grid."""


def emission_grid(name: str) -> Grid:
    """A grid that emissions can be written on.

    nested: the model's own, 0.3125 x 0.25 degrees.  meic: MEIC's, 0.25 degrees, 320 x 200 cells from
    70 E and 10 N.  meic-0.1: the same domain in 0.1 degrees.  Raises RegridError for another name.
    """
    if name == "nested":
        return nested_grid()
    steps = {"meic": 0.25, "meic-0.1": 0.1}
    if name not in steps:
        raise RegridError(f"no emission grid {name!r}; known: {', '.join(EMISSION_GRIDS)}")
    step = steps[name]
    columns, rows = round(80 / step), round(50 / step)
    return Grid(
        longitude=np.asarray(70 + step * (np.arange(columns) + 0.5), dtype=np.float64),
        latitude=np.asarray(10 + step * (np.arange(rows) + 0.5), dtype=np.float64),
    )


def boundary_grid() -> tuple[Array, Array]:
    """Edges of the model's global 2 x 2.5 degree grid over East Asia: longitudes, latitudes.

    Its centres are multiples of 2.5 and 2 degrees, so the edges are not those of a grid from zero.
    """
    return np.arange(58.75, 151.3, 2.5), np.arange(-1.0, 67.1, 2.0)


def overlap(source_edges: Array, target_edges: Array) -> Array:
    """Share of each source interval that lies in each target interval, (targets, sources)."""
    low = np.maximum(source_edges[None, :-1], target_edges[:-1, None])
    high = np.minimum(source_edges[None, 1:], target_edges[1:, None])
    return np.asarray(np.clip(high - low, 0, None) / np.diff(source_edges)[None])


def move_mass(mass: Array, source: tuple[Array, Array], target: tuple[Array, Array]) -> Array:
    """Masses of source cells on target cells, evenly spread over each source cell's area.

    mass: (..., ny, nx).  source, target: edges of longitude and of latitude, degrees, ascending.
    Raises RegridError when a part of the mass lies outside the target.
    """
    east = overlap(source[0], target[0])
    north = overlap(np.sin(np.radians(source[1])), np.sin(np.radians(target[1])))
    moved = np.einsum("ab,...bc,dc->...ad", north, mass, east, optimize=True)
    total = mass.sum()
    if abs(moved.sum() - total) > 1e-10 * abs(total):
        raise RegridError(f"{1 - moved.sum() / total:.2e} of the mass lies outside the target grid")
    return np.asarray(moved)


def cell_area_m2(longitude_edges: Array, latitude_edges: Array) -> Array:
    """Area of the cells between edges, (ny, nx), m2, on HEMCO's sphere."""
    sines = np.diff(np.sin(np.radians(latitude_edges)))
    return EARTH_RADIUS_M**2 * np.outer(sines, np.radians(np.diff(longitude_edges)))

"""The nested grid that both engines share, and the mesh of faces that a finite-volume operator needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_007.2  # sphere of the Earth's area, as GEOS-Chem's HEMCO takes it

Field = NDArray[np.float64]


class GridError(ValueError):
    """A grid, or a field on it, is not what it must be."""


@dataclass(frozen=True)
class Mesh:
    """Areas of cells, widths of faces and distances across them; rows south to north.

    area_m2: (ny, nx).  east_width_m, east_distance_m: (ny, nx + 1), faces between columns and at both
    ends.  north_width_m, north_distance_m: (ny + 1, nx).
    """

    area_m2: Field
    east_width_m: Field
    east_distance_m: Field
    north_width_m: Field
    north_distance_m: Field

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.area_m2.shape
        return rows, columns

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.area_m2.size


def cartesian_mesh(rows: int, columns: int, dx_m: float, dy_m: float) -> Mesh:
    """A plane of equal rectangles, for checks against analytic solutions."""
    return Mesh(
        area_m2=np.full((rows, columns), dx_m * dy_m),
        east_width_m=np.full((rows, columns + 1), dy_m),
        east_distance_m=np.full((rows, columns + 1), dx_m),
        north_width_m=np.full((rows + 1, columns), dx_m),
        north_distance_m=np.full((rows + 1, columns), dy_m),
    )


@dataclass(frozen=True)
class Grid:
    """A regular longitude-latitude grid, both axes ascending, in degrees.

    Raises GridError when an axis is not regular, descends, or has a cell beyond a pole.
    """

    longitude: Field
    latitude: Field

    def __post_init__(self) -> None:
        """Refuse axes that are not regular and ascending."""
        for name, axis in (("longitude", self.longitude), ("latitude", self.latitude)):
            steps = np.diff(axis)
            if axis.ndim != 1 or axis.size < 2 or not np.isfinite(axis).all():
                raise GridError(f"{name}: at least two finite centres are needed")
            if (steps <= 0).any() or np.ptp(steps) > 1e-6 * steps.mean():
                raise GridError(f"{name}: centres must ascend in equal steps")
        if np.abs(self.latitude_edges).max() > 90:
            raise GridError("latitude: a cell reaches beyond a pole")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows (latitude) and columns (longitude)."""
        return self.latitude.size, self.longitude.size

    @property
    def longitude_edges(self) -> Field:
        """Edges of the columns, degrees east."""
        return _edges(self.longitude)

    @property
    def latitude_edges(self) -> Field:
        """Edges of the rows, degrees north."""
        return _edges(self.latitude)

    def area_m2(self) -> Field:
        """Area of every cell on the sphere, (ny, nx), m2; exact, so that cells tile the domain."""
        sines = np.diff(np.sin(np.radians(self.latitude_edges)))
        width = np.radians(np.diff(self.longitude_edges))
        return EARTH_RADIUS_M**2 * np.outer(sines, width)

    def mesh(self) -> Mesh:
        """Face widths and centre distances on the sphere, m."""
        rows, columns = self.shape
        dy = EARTH_RADIUS_M * np.radians(self.latitude[1] - self.latitude[0])
        step = EARTH_RADIUS_M * np.radians(self.longitude[1] - self.longitude[0])
        at_centres = step * np.cos(np.radians(self.latitude))
        at_edges = step * np.cos(np.radians(self.latitude_edges))
        return Mesh(
            area_m2=self.area_m2(),
            east_width_m=np.full((rows, columns + 1), dy),
            east_distance_m=np.repeat(at_centres[:, None], columns + 1, axis=1),
            north_width_m=np.repeat(at_edges[:, None], columns, axis=1),
            north_distance_m=np.full((rows + 1, columns), dy),
        )

    def cell_of(self, longitude: Field, latitude: Field) -> NDArray[np.int64]:
        """Flat index (row x columns + column) of the cell that holds each point.

        Raises GridError naming the first point that lies outside every cell.
        """
        rows, columns = self.shape
        column = np.floor(_position(longitude, self.longitude)).astype(np.int64)
        row = np.floor(_position(latitude, self.latitude)).astype(np.int64)
        outside = (column < 0) | (column >= columns) | (row < 0) | (row >= rows)
        if outside.any():
            first = int(np.argmax(outside))
            raise GridError(
                f"{int(outside.sum())} point(s) lie outside every cell, the first at "
                f"{longitude[first]:g} E {latitude[first]:g} N"
            )
        return row * columns + column

    def bilinear(self, longitude: Field, latitude: Field) -> Field:
        """Weights of the four cells about each point, (points, cells); rows sum to one.

        A point between the outermost centres and the edge takes the edge's cells alone. Raises GridError
        as ``cell_of``.
        """
        self.cell_of(longitude, latitude)
        rows, columns = self.shape
        x = np.clip(_position(longitude, self.longitude) - 0.5, 0, columns - 1)
        y = np.clip(_position(latitude, self.latitude) - 0.5, 0, rows - 1)
        column = np.minimum(x.astype(np.int64), columns - 2)
        row = np.minimum(y.astype(np.int64), rows - 2)
        weights = np.zeros((x.size, rows * columns))
        point = np.arange(x.size)
        for up, north in ((0, 1 - (y - row)), (1, y - row)):
            for right, east in ((0, 1 - (x - column)), (1, x - column)):
                weights[point, (row + up) * columns + column + right] = north * east
        return weights


def nested_grid() -> Grid:
    """The nested Asian grid of GEOS-Chem: 224 x 160 cells of 0.3125 x 0.25 degrees.

    Centres 70.0 to 139.6875 E and 15.0 to 54.75 N.
    """
    return Grid(
        longitude=np.asarray(70.0 + 0.3125 * np.arange(224), dtype=np.float64),
        latitude=np.asarray(15.0 + 0.25 * np.arange(160), dtype=np.float64),
    )


def _edges(centres: Field) -> Field:
    step = (centres[-1] - centres[0]) / (centres.size - 1)
    return np.asarray(centres[0] + step * (np.arange(centres.size + 1) - 0.5))


def _position(points: Field, centres: Field) -> Field:
    step = (centres[-1] - centres[0]) / (centres.size - 1)
    return np.asarray((np.asarray(points, dtype=float) - centres[0]) / step + 0.5)

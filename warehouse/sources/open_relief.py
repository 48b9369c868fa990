"""Relief of China and its neighbours, 0.2 degrees, from the sample data of the package cnmaps.

A NetCDF file with the variable ``dem`` (m) on ``lat`` and ``lon``; the sea holds the format's fill value.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from warehouse import nested_grid
from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader, broken, first_bytes, role_frame, single_file

NAME = "open_relief"
_FILL = 1e5  # m; no relief is that high

PUBLICATION = Publication(
    producer="cnmaps (sample data), after public relief data",
    title="Relief of China, 0.2 degrees, on the 0.3125 x 0.25 degree grid",
    citation="Chen, C. (2022): cnmaps, a Python package for maps of China, version 1.1.8, sample data",
    licence="BSD-3-Clause (package); relief data of the US government",
    terms_of_use="Name the package.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Height of every cell of the nested grid, m, sea 0; any year.

    Raises InputError when the file is not such a relief or does not cover the grid.
    """
    path = single_file(paths, NAME)
    import xarray

    lon, lat = nested_grid.longitudes(), nested_grid.latitudes()
    try:
        with xarray.open_dataset(path) as data:
            land = data["dem"].where(data["dem"] < _FILL, 0.0)
            if float(land["lat"].min()) > lat[0] + 0.3 or float(land["lat"].max()) < lat[-1]:
                raise InputError(
                    "The relief does not cover the grid.",
                    file=path,
                    found=f"{float(land['lat'].min()):g} to {float(land['lat'].max()):g} N",
                    expected="15 to 54.75 N",
                    remedy="Take the package's file unchanged.",
                )
            field = land.interp(lat=lat, lon=lon, kwargs={"fill_value": "extrapolate"}).values
    except (OSError, KeyError, ValueError) as error:
        raise broken(path, "relief (NetCDF with `dem`)", error) from error
    height = np.round(np.clip(field, 0, None))
    rows = (
        (float(x), float(y), float(height[row, column]))
        for row, y in enumerate(lat)
        for column, x in enumerate(lon)
    )
    return role_frame(rows, "relief")


def recognises(path: Path) -> bool:
    """The package's name of the file."""
    return path.name.endswith("china-dem.nc") and first_bytes(path).startswith(b"\x89HDF")


READER = Reader(
    name=NAME, roles=("relief",), read=read, recognises=recognises, publication=PUBLICATION
)

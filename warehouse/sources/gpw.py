"""Residents of GPWv4 (Gridded Population of the World) on the nested grid: NetCDF or ESRI ASCII grids.

``gpw_v4_population_count_rev11_2pt5_min.nc`` holds rasters 1 to 5, the persons of 2000, 2005, ... 2020, and as
raster 11 the national identifier (156: China), so that residents of other countries are left out.
``gpw_v4_population_count_rev11_2005_2pt5_min.asc`` holds one year; its countries are in a file of their own,
``gpw_v4_national_identifier_grid_rev11_2pt5_min.asc``, and without it land that China shares with others gives
its share of the residents. Both come adjusted to UN totals too (``_adjusted_``), and in
steps of 2.5, 15, 30 and 60 minutes. The year nearest to the edition's is taken; the engine scales residents to
the official totals of its own year.

A pixel's residents go to the provinces' land in it, evenly; each part has the rural share of the bundled census.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse import nested_grid
from warehouse.errors import InputError
from warehouse.netcdf_files import opened
from warehouse.sources import text_grid
from warehouse.sources.base import Publication, Reader, broken, first_bytes, readable, single_file
from warehouse.sources.notes import note
from warehouse.sources.province_cells import province_cells

NAME = "gpw"
YEARS = (2000, 2005, 2010, 2015, 2020)
STEPS_DEGREES = (1 / 24, 0.25, 0.5, 1.0)
CHINA, IDENTIFIER_RASTER = 156, 11
_HIGHEST_COUNTRY = 999  # three digits; GPW gives some areas numbers of its own among them
RESIDENTS = (1.1e9, 1.6e9)
"""China's residents from 2000 to 2020 lie between; a file in thousands or of densities does not."""
LEFT_OUT_SHARE = 0.01
"""Residents in cells of no province are left out and noted; beyond this share the file is refused."""

_NAME = re.compile(r"^gpw_v4_population_count_.*rev11_.*\.(nc|asc)$", re.IGNORECASE)
_IDENTIFIER_NAME = re.compile(r"^gpw_v4_national_identifier_grid_.*\.asc$", re.IGNORECASE)
_NAME_YEAR = re.compile(r"rev11_(20\d\d)_")
_VARIABLE = re.compile(r"^(UN WPP-Adjusted )?Population Count, v4\.11 ")
_WEST = nested_grid.WEST - nested_grid.STEP_LONGITUDE / 2
_SOUTH = nested_grid.SOUTH - nested_grid.STEP_LATITUDE / 2
_KM = 111.19  # of a degree

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Pixels:
    """Persons of part of the world, (ny, nx); NaN where there is no land.

    west, north: the outer corner, degrees; rows from north to south.  is_china: None where no country is known.
    """

    persons: Array
    west: float
    north: float
    step: float
    year: int
    is_china: NDArray[np.bool_] | None
    lowest_country: float = 0.0


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Area (km2), residents and rural residents of every cell and province.

    Raises InputError for a file of another kind (a login page, say), another grid, another variable, persons that
    are negative, and a total that cannot be China's in persons.
    """
    countries = [path for path in paths if _IDENTIFIER_NAME.match(path.name)]
    path = single_file([path for path in paths if path not in countries], NAME)
    kind = _kind(readable(path))
    if kind is None:
        found = repr(first_bytes(path, 16))
        raise _odd(path, "first bytes", found, "NetCDF, or an ESRI ASCII grid with ncols, nrows")
    pixels = _netcdf(path, year) if kind == "netcdf" else _ascii(path)
    if kind == "ascii" and countries:
        pixels = replace(pixels, is_china=_china(single_file(countries, NAME), pixels))
    if pixels.year != year:
        note(f"GPW of {pixels.year} stands for {year}, scaled to the year's totals.", path.name)
    _check(path, pixels)
    return _laid(path, pixels)


def recognises(path: Path) -> bool:
    """A file named as GPW's population counts or national identifiers that begins as one."""
    named = _NAME.match(path.name) or _IDENTIFIER_NAME.match(path.name)
    return path.is_file() and named is not None and _kind(path) is not None


def conversions(paths: Sequence[Path]) -> tuple[str, ...]:
    """Whether rows from south to north were turned."""
    if _kind(paths[0]) != "netcdf":
        return ()
    import netCDF4

    with netCDF4.Dataset(paths[0]) as book:
        latitude = book.variables["latitude"]
        turned = float(latitude[1]) > float(latitude[0])
    return ("latitude turned to run from north to south",) if turned else ()


def _kind(path: Path) -> str | None:
    head = first_bytes(path, 8)
    if head.startswith((b"CDF", b"\x89HDF")):
        return "netcdf"
    return "ascii" if head.lower().startswith(b"ncols") else None


def _netcdf(path: Path, year: int) -> _Pixels:
    try:
        with opened(path) as book:
            names = [name for name in book.variables if _VARIABLE.match(name)]
            wanted = {"longitude", "latitude", "raster"}
            if len(names) != 1 or not wanted <= set(book.variables):
                raise _odd(
                    path,
                    "variables",
                    ", ".join(book.variables)[:200],
                    "longitude, latitude, raster and `Population Count, v4.11 (2000, 2005, ...)`",
                )
            longitude, latitude, raster = (
                np.ma.filled(book.variables[name][:].astype(np.float64), np.nan)
                for name in ("longitude", "latitude", "raster")
            )
            step = _step(path, longitude, latitude)
            rows, columns = _inside(latitude, _SOUTH, step), _inside(longitude, _WEST, step)
            nearest = min(YEARS, key=lambda one: abs(one - year))
            order = [int(value) for value in raster]
            wanted_raster = YEARS.index(nearest) + 1
            if wanted_raster not in order:
                raise _odd(path, "raster", str(order), f"a raster {wanted_raster} ({nearest})")
            variable = book.variables[names[0]]
            if variable.ndim != 3:
                raise _odd(
                    path,
                    "dimensions",
                    ", ".join(
                        f"{name} ({size})"
                        for name, size in zip(variable.dimensions, variable.shape, strict=True)
                    ),
                    "raster, latitude, longitude",
                )
            persons = _filled(variable[order.index(wanted_raster), rows, columns])
            country = None
            if IDENTIFIER_RASTER in order:
                country = _filled(variable[order.index(IDENTIFIER_RASTER), rows, columns])
    except (OSError, RuntimeError) as error:
        raise broken(path, "NetCDF", error) from error
    is_china = None if country is None else np.isclose(country, CHINA)
    north_first = latitude[0] > latitude[-1]
    if not north_first:
        persons = persons[::-1]
        is_china = None if is_china is None else is_china[::-1]
    return _Pixels(
        persons,
        float(longitude[columns][0]) - step / 2,
        float(latitude[rows].max()) + step / 2,
        step,
        nearest,
        is_china,
        0.0 if country is None else float(np.nanmin(country, initial=0.0)),
    )


def _filled(values: np.ma.MaskedArray[tuple[int, ...], np.dtype[np.float64]]) -> Array:
    """No-data as NaN, whether the file declares its fill value or not."""
    plain = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
    return np.where(np.abs(plain) > 1e30, np.nan, plain)


def _step(path: Path, longitude: Array, latitude: Array) -> float:
    """Width of the pixels; the whole world in one of the published steps, from 180 W."""
    step = 360 / longitude.size
    right = (
        any(np.isclose(step, known, rtol=1e-6) for known in STEPS_DEGREES)
        and latitude.size == round(180 / step)
        and np.allclose(longitude, -180 + step * (np.arange(longitude.size) + 0.5), atol=step / 10)
        and np.allclose(
            np.sort(latitude), -90 + step * (np.arange(latitude.size) + 0.5), atol=step / 10
        )
    )
    if not right:
        raise _odd(
            path,
            "longitude, latitude",
            f"{longitude.size} x {latitude.size} from {longitude[0]:g}, {latitude[0]:g}",
            "the whole world from 180 W in steps of 2.5, 15, 30 or 60 minutes",
        )
    return step


def _inside(axis: Array, low: float, step: float) -> slice:
    """The part of an axis that touches the nested grid."""
    count = nested_grid.COLUMNS if low == _WEST else nested_grid.ROWS
    width = nested_grid.STEP_LONGITUDE if low == _WEST else nested_grid.STEP_LATITUDE
    kept = np.flatnonzero((axis > low - step / 2) & (axis < low + count * width + step / 2))
    return slice(int(kept[0]), int(kept[-1]) + 1)


def _ascii(path: Path) -> _Pixels:
    found = _NAME_YEAR.search(path.name)
    if found is None:
        raise _odd(path, "name", path.name, "a name with its year, ..._rev11_2005_2pt5_min.asc")
    persons, west, north, step = _ascii_grid(path)
    return _Pixels(persons, west, north, step, int(found[1]), None)


def _china(path: Path, pixels: _Pixels) -> NDArray[np.bool_]:
    """Which pixels are China's, by the national identifier grid."""
    country, _, _, step = _ascii_grid(path)
    if step != pixels.step:
        raise _odd(path, "cellsize", f"{step:g}", f"{pixels.step:g}, as of the population count")
    lowest, highest = np.nanmin(country, initial=0.0), np.nanmax(country, initial=0.0)
    if lowest < 0 or highest > _HIGHEST_COUNTRY:
        raise _odd(path, "countries", f"{lowest:g} to {highest:g}", "countries' numbers of the UN")
    without = int(((pixels.persons > 0) & np.isnan(country)).sum())
    if without:
        note(f"{without:,} pixels have residents and no country; they are left out.", path.name)
    return np.isclose(country, CHINA)


def _ascii_grid(path: Path) -> tuple[Array, float, float, float]:
    """The part of an ESRI ASCII grid of the world that touches the nested grid; its west, north and step."""

    def odd(column: str, found: str, expected: str) -> InputError:
        return _odd(path, column, found, expected)

    with readable(path).open("rb") as stream:
        head = text_grid.heading_of(stream, odd)
        longitude, latitude = head.longitude(), head.latitude()
        step = _step(path, longitude, latitude)
        rows, columns = _inside(latitude, _SOUTH, step), _inside(longitude, _WEST, step)
        values = text_grid.cells_within(stream, head, rows, columns, path, odd)
    return (
        values,
        float(longitude[columns][0]) - step / 2,
        float(latitude[rows][0]) + step / 2,
        step,
    )


def _laid(path: Path, pixels: _Pixels) -> pl.DataFrame:
    """The role grid_cell: a pixel's residents go to China's land in it, evenly, so that totals are kept."""
    cells = province_cells()
    index, area = _cell_of(cells), cells.get_column("area_km2").to_numpy()
    shape = (nested_grid.ROWS, nested_grid.COLUMNS)
    in_cell = np.bincount(index, weights=area, minlength=shape[0] * shape[1]).reshape(shape)
    along, across = _parts(pixels)
    in_pixel = along.T @ in_cell @ across
    persons = np.nan_to_num(pixels.persons)
    if pixels.is_china is None:
        note("No countries are given: a pixel gives China its share of the land.", path.name)
        land = along.T @ np.maximum(in_cell, _land_km2(pixels)) @ across
        persons = persons * np.divide(in_pixel, land, out=np.zeros_like(land), where=land > 0)
    else:
        persons = persons * pixels.is_china
        _tell_left_out(path, persons, in_pixel)
    by_km2 = np.divide(persons, in_pixel, out=np.zeros_like(persons), where=in_pixel > 0)
    given = area * (along @ by_km2 @ across.T).ravel()[index]
    return cells.select(
        "province",
        "longitude",
        "latitude",
        "area_km2",
        pl.Series("population_persons", _checked(path, given)),
        pl.Series("rural_population_persons", given * _rural_share(cells)),
    )


def _parts(pixels: _Pixels) -> tuple[Array, Array]:
    """The part of each row and column of cells that lies in each of the pixels: (ny, pixels), (nx, pixels)."""
    rows, columns = pixels.persons.shape
    south = pixels.north - pixels.step * np.arange(1, rows + 1, dtype=np.float64)
    west = pixels.west + pixels.step * np.arange(columns, dtype=np.float64)
    return (
        _overlap(south, pixels.step, _SOUTH, nested_grid.STEP_LATITUDE, nested_grid.ROWS),
        _overlap(west, pixels.step, _WEST, nested_grid.STEP_LONGITUDE, nested_grid.COLUMNS),
    )


def _overlap(low: Array, step: float, start: float, width: float, count: int) -> Array:
    edge = start + width * np.arange(count)[:, None]
    common = np.minimum(low + step, edge + width) - np.maximum(low, edge)
    return np.asarray(np.clip(common, 0, None) / width)


def _land_km2(pixels: _Pixels) -> Array:
    """Land of every cell by the pixels that hold a number, of China and of others."""
    along, across = _parts(pixels)
    height, width = nested_grid.STEP_LATITUDE * _KM, nested_grid.STEP_LONGITUDE * _KM
    area = height * width * np.cos(np.radians(nested_grid.latitudes()))[:, None]
    return np.asarray(area * (along @ np.isfinite(pixels.persons).astype(np.float64) @ across.T))


def _rural_share(cells: pl.DataFrame) -> Array:
    """Of the bundled census, by province and cell; the province's own where nobody was counted."""
    counted, rural = pl.col("population_persons"), pl.col("rural_population_persons")
    mean = rural.sum().over("province") / counted.sum().over("province")
    share = pl.when(counted > 0).then(rural / counted).otherwise(mean)
    return cells.select(share.alias("share"))["share"].to_numpy()


def _cell_of(cells: pl.DataFrame) -> NDArray[np.int64]:
    column = (cells["longitude"].to_numpy() - nested_grid.WEST) / nested_grid.STEP_LONGITUDE
    row = (cells["latitude"].to_numpy() - nested_grid.SOUTH) / nested_grid.STEP_LATITUDE
    return np.asarray(np.rint(row) * nested_grid.COLUMNS + np.rint(column), dtype=np.int64)


def _check(path: Path, pixels: _Pixels) -> None:
    lowest = np.nanmin(pixels.persons, initial=0.0)
    if lowest < 0:
        raise _odd(path, "persons", f"{lowest:g}", "zero or more, or the fill value")
    if pixels.lowest_country < 0:
        raise _odd(path, "countries", f"{pixels.lowest_country:g}", "a country's number")


def _checked(path: Path, persons: Array) -> Array:
    low, high = RESIDENTS
    if not low <= persons.sum() <= high:
        raise InputError(
            "China's residents cannot be so many; are they in thousands, or densities?",
            file=path,
            column="persons",
            found=f"{persons.sum():,.0f}",
            expected=f"{low:,.0f} to {high:,.0f} persons",
            remedy="Take GPWv4's population count, revision 11, unchanged.",
        )
    return persons


def _tell_left_out(path: Path, persons: Array, land_km2: Array) -> None:
    outside, total = float(persons[land_km2 <= 0].sum()), float(persons.sum())
    if outside > LEFT_OUT_SHARE * total:
        raise _odd(
            path,
            "persons",
            f"{outside / total:.0%} of China's in pixels of no province",
            f"at most {LEFT_OUT_SHARE:.0%}; otherwise the grid is turned or shifted",
        )
    if outside > 0:
        note(
            f"{outside:,.0f} of {total:,.0f} residents are in pixels of no province; left out.",
            path.name,
        )


def _odd(path: Path, column: str, found: str, expected: str) -> InputError:
    return InputError(
        "The file is not GPWv4's population count.",
        file=path,
        column=column,
        found=found,
        expected=expected,
        remedy="Take the file from NASA's Earthdata unchanged, unpacked from its archive.",
    )


READER = Reader(
    name=NAME,
    roles=("grid_cell",),
    read=read,
    recognises=recognises,
    publication=Publication(
        producer="Center for International Earth Science Information Network (CIESIN), Columbia University",
        title="Gridded Population of the World, Version 4 (GPWv4): Population Count, Revision 11",
        citation=(
            "CIESIN, Columbia University (2018): Gridded Population of the World, Version 4 (GPWv4): Population "
            "Count, Revision 11. NASA SEDAC. doi:10.7927/H4JW8BX5"
        ),
        licence="CC BY 4.0",
        terms_of_use="Cite CIESIN (2018). Areas and rural shares are those of the bundled census grid.",
    ),
    max_files=2,
    conversions=conversions,
)

"""Kinds of damage to NetCDF files: bytes, attributes, values, times, axes. Each changes a file taken apart."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.synthetic.grid_file import DoesNotApply, Grid, Variable, decoded, flat_as_grid

Change = Callable[[Grid, random.Random], None]
_OTHER_UNIT = {
    "K": "degC",
    "m s-1": "km h-1",
    "m s**-1": "km h**-1",
    "m": "mm",
    "Pa": "hPa",
    "kg kg-1": "g kg-1",
    "kg m-2 s-1": "g m-2 s-1",
    "kg/m2/s": "g/m2/s",
}
_SWAPPED = (("u10", "t2m"), ("U10M", "T2M"), ("t2m", "d2m"), ("NO", "NO_area"))


def _some(grid: Grid, chance: random.Random) -> Variable:
    """A field, drawn."""
    return grid.variables[chance.choice(grid.fields)]


def _store(one: Variable, values: Any) -> None:
    """Numbers as the field stores them; NaN as its fill value."""
    packed = (np.asarray(values, dtype=float) - float(one.attributes.get("add_offset", 0))) / float(
        one.attributes.get("scale_factor", 1)
    )
    fill = one.attributes.get("_FillValue")
    if fill is not None and np.isfinite(fill):
        packed = np.where(np.isfinite(packed), packed, fill)
    whole = np.issubdtype(one.values.dtype, np.integer)
    one.values = (np.rint(packed) if whole else packed).astype(one.values.dtype)


def _times(factor: float) -> Change:
    def change(grid: Grid, chance: random.Random) -> None:
        one = _some(grid, chance)
        _store(one, factor * decoded(one))

    return change


def _cell(change_of: Callable[[float], float]) -> Change:
    def change(grid: Grid, chance: random.Random) -> None:
        one = _some(grid, chance)
        if np.issubdtype(one.values.dtype, np.integer):
            raise DoesNotApply  # a packed number has no room for it
        values = decoded(one)
        there = np.argwhere(np.isfinite(values) & (values != 0))
        place = tuple(there[chance.randrange(len(there))])
        values[place] = change_of(float(values[place]))
        _store(one, values)

    return change


def _block(value: float) -> Change:
    """A quarter of a field."""

    def change(grid: Grid, chance: random.Random) -> None:
        one = _some(grid, chance)
        if np.issubdtype(one.values.dtype, np.integer) and value == -9999.0:
            raise DoesNotApply  # packed, it would be another number
        values = decoded(one)
        start = chance.randrange(3) * values.size // 4
        values.ravel()[start : start + values.size // 4] = value
        _store(one, values)

    return change


def _fill_undeclared(grid: Grid, chance: random.Random) -> None:
    one = _some(grid, chance)
    values = np.array(one.values)
    flat = values.ravel()
    flat[:: max(2, flat.size // 9)] = (
        -32767 if np.issubdtype(values.dtype, np.integer) else 9.96921e36
    )
    one.values = values
    one.attributes.pop("_FillValue", None)
    one.attributes.pop("missing_value", None)


def _attribute(name: str, change_of: Callable[[Any], Any]) -> Change:
    """An attribute of a field changed; None removes it."""

    def change(grid: Grid, chance: random.Random) -> None:
        fields = [each for each in grid.fields if name in grid.variables[each].attributes]
        if not fields:
            raise DoesNotApply
        attributes = grid.variables[chance.choice(fields)].attributes
        new = change_of(attributes.pop(name))
        if new is not None:
            attributes[name] = new

    return change


def _other_unit(text: Any) -> Any:
    try:
        return _OTHER_UNIT[str(text)]
    except KeyError:
        raise DoesNotApply from None


def _as_text(grid: Grid, chance: random.Random) -> None:
    if not grid.form.startswith("NETCDF4") or grid.form == "NETCDF4_CLASSIC":
        raise DoesNotApply
    one = _some(grid, chance)
    one.attributes = {}
    one.values = np.array([str(each) for each in one.values.ravel()], dtype=object).reshape(
        one.values.shape
    )


def _renamed(grid: Grid, chance: random.Random) -> None:
    name = chance.choice(grid.fields)
    grid.variables["var" + str(chance.randrange(100, 200))] = grid.variables.pop(name)


def _two_exchanged(grid: Grid, _chance: random.Random) -> None:
    """The values of two variables, each under the other's name and unit."""
    for first, second in _SWAPPED:
        if first in grid.variables and second in grid.variables:
            a, b = grid.variables[first], grid.variables[second]
            a.values, b.values = b.values, a.values
            return
    raise DoesNotApply


def _other_area(grid: Grid, chance: random.Random) -> None:
    del chance
    dim = grid.longitude
    grid.taken(dim, np.arange(len(grid.variables[dim].values) // 2 or 1))


# --- Times -------------------------------------------------------------------------------------


def _kept_times(choose: Callable[[int, random.Random], Any]) -> Change:
    def change(grid: Grid, chance: random.Random) -> None:
        grid.taken(
            grid.variables[grid.time].dims[0],
            choose(len(grid.variables[grid.time].values), chance),
        )

    return change


def _without_one(count: int, chance: random.Random) -> Any:
    return np.delete(np.arange(count), count // 2 + chance.randrange(-2, 3))


def _twice(count: int, chance: random.Random) -> Any:
    at = chance.randrange(1, count - 1)
    return np.insert(np.arange(count), at, at)


def _twice_with_others(grid: Grid, chance: random.Random) -> None:
    axis = grid.variables[grid.time].dims[0]
    count = len(grid.variables[grid.time].values)
    at = chance.randrange(1, count - 1)
    grid.taken(axis, np.insert(np.arange(count), at, at))
    for name in grid.fields:
        one = grid.variables[name]
        if axis in one.dims:
            place = [slice(None)] * len(one.dims)
            place[one.dims.index(axis)] = at
            values = decoded(one)
            values[tuple(place)] *= 1.02
            _store(one, values)


def _moved_times(hours: float) -> Change:
    def change(grid: Grid, _chance: random.Random) -> None:
        one = grid.variables[grid.time]
        unit = str(one.attributes["units"]).split()[0]
        size = {"seconds": 3600.0, "minutes": 60.0, "hours": 1.0, "days": 1 / 24}[unit]
        one.values = (np.asarray(one.values, dtype=float) + hours * size).astype(one.values.dtype)

    return change


def _time_attribute(name: str, change_of: Callable[[str], str | None]) -> Change:
    def change(grid: Grid, _chance: random.Random) -> None:
        attributes = grid.variables[grid.time].attributes
        new = change_of(str(attributes.pop(name, "standard")))
        if new is not None:
            attributes[name] = new

    return change


def _days_for_hours(text: str) -> str:
    first, rest = text.split(" ", 1)
    return {"hours": "days", "seconds": "hours", "minutes": "days", "days": "hours"}[
        first
    ] + f" {rest}"


# --- Axes --------------------------------------------------------------------------------------


def _reversed_whole(grid: Grid, _chance: random.Random) -> None:
    dim = grid.latitude
    grid.taken(dim, np.arange(len(grid.variables[dim].values))[::-1])


def _reversed_labels(name: Callable[[Grid], str]) -> Change:
    """The coordinates turned, the fields not."""

    def change(grid: Grid, _chance: random.Random) -> None:
        one = grid.variables[name(grid)]
        one.values = one.values[::-1].copy()

    return change


def _moved(name: Callable[[Grid], str], by: float) -> Change:
    def change(grid: Grid, _chance: random.Random) -> None:
        one = grid.variables[name(grid)]
        one.values = (np.asarray(one.values, dtype=float) + by).astype(one.values.dtype)

    return change


def _turned_to_360(grid: Grid, _chance: random.Random) -> None:
    """0 to 360 in place of -180 to 180: columns in the new order."""
    one = grid.variables[grid.longitude]
    if one.values.min() >= 0:
        raise DoesNotApply
    new = np.asarray(one.values, dtype=float) % 360
    one.values = new.astype(one.values.dtype)
    grid.taken(grid.longitude, np.argsort(new))


def _transposed(grid: Grid, _chance: random.Random) -> None:
    """The dimensions in another order, the values with them."""
    for name in grid.fields:
        one = grid.variables[name]
        if len(one.dims) < 2:
            raise DoesNotApply
        one.dims = one.dims[::-1]
        one.values = np.transpose(one.values).copy()


def _names_exchanged(grid: Grid, _chance: random.Random) -> None:
    latitude, longitude = grid.latitude, grid.longitude
    a, b = grid.variables[latitude], grid.variables[longitude]
    a.values, b.values = b.values, a.values
    a.dims, b.dims = (latitude,), (longitude,)
    for one in grid.variables.values():
        if latitude in one.dims and longitude in one.dims:
            swap = {latitude: longitude, longitude: latitude}
            one.dims = tuple(swap.get(dim, dim) for dim in one.dims)


def _extra(size: int) -> Change:
    """A dimension more, behind the times."""

    def change(grid: Grid, _chance: random.Random) -> None:
        for name in grid.fields:
            one = grid.variables[name]
            if len(one.dims) < 2:
                raise DoesNotApply
            one.dims = (one.dims[0], "level", *one.dims[1:])
            with np.errstate(over="ignore"):  # fill values near the largest number
                layers = [one.values * (1 + at / 100) for at in range(size)]
            one.values = np.stack(layers, axis=1)

    return change


def _without_axis(grid: Grid, _chance: random.Random) -> None:
    del grid.variables[grid.latitude]


def _column_lost(grid: Grid, chance: random.Random) -> None:
    dim = grid.longitude
    count = len(grid.variables[dim].values)
    if count < 4:
        raise DoesNotApply
    grid.taken(dim, np.delete(np.arange(count), chance.randrange(1, count - 1)))


def _flat(change_of: Callable[[Any], Any]) -> Change:
    """MEIC's row of cells laid otherwise."""

    def change(grid: Grid, _chance: random.Random) -> None:
        for name in grid.fields:
            one = grid.variables[name]
            one.values = np.ascontiguousarray(change_of(flat_as_grid(one))).ravel()

    return change


def _format(form: str) -> Change:
    def change(grid: Grid, _chance: random.Random) -> None:
        if any(np.issubdtype(one.values.dtype, np.int64) for one in grid.variables.values()):
            raise DoesNotApply
        if grid.form == form:
            raise DoesNotApply
        grid.form = form

    return change


def _double(grid: Grid, _chance: random.Random) -> None:
    for name in grid.fields:
        one = grid.variables[name]
        if np.issubdtype(one.values.dtype, np.integer):
            raise DoesNotApply
        one.values = one.values.astype("f8")
        if "_FillValue" in one.attributes:
            one.attributes["_FillValue"] = np.float64(one.attributes["_FillValue"])


GRIDS: dict[str, Change] = {
    "a unit lost": _attribute("units", lambda _: None),
    "another unit named": _attribute("units", _other_unit),
    "an unknown unit": _attribute("units", lambda _: "furlong"),
    "packed values with another scale": _attribute("scale_factor", lambda value: 10 * value),
    "packed values without their offset": _attribute("add_offset", lambda _: None),
    "fill values as numbers": _fill_undeclared,
    "-9999 in a quarter of a field": _block(-9999.0),
    "NaN in a quarter of a field": _block(float("nan")),
    "zero in a quarter of a field": _block(0.0),
    "a cell NaN": _cell(lambda _: float("nan")),
    "a cell negative": _cell(lambda value: -abs(value)),
    "a cell times 1000": _cell(lambda value: 1000 * value),
    "a cell 1e30": _cell(lambda _: 1e30),
    "a field times 10": _times(10.0),
    "a field times 1000": _times(1000.0),
    "a field times 0.001": _times(0.001),
    "a field negative": _times(-1.0),
    "values as text": _as_text,
    "a variable renamed": _renamed,
    "two variables exchanged": _two_exchanged,
    "a time missing": _kept_times(_without_one),
    "half of the times": _kept_times(lambda count, _: np.arange(count // 2)),
    "every second time": _kept_times(lambda count, _: np.arange(0, count, 2)),
    "a time doubled": _kept_times(_twice),
    "a time doubled with other values": _twice_with_others,
    "times in reverse": _kept_times(lambda count, _: np.arange(count)[::-1]),
    "times of another zone (8 h)": _moved_times(8.0),
    "times of the next year": _moved_times(24 * 366.0),
    "another unit of time": _time_attribute("units", _days_for_hours),
    "a unit of time lost": _time_attribute("units", lambda _: None),
    "a calendar of 360 days": _time_attribute("calendar", lambda _: "360_day"),
    "a calendar without leap days": _time_attribute("calendar", lambda _: "noleap"),
    "latitudes and fields reversed": _reversed_whole,
    "latitudes reversed, fields not": _reversed_labels(lambda grid: grid.latitude),
    "longitudes reversed, fields not": _reversed_labels(lambda grid: grid.longitude),
    "longitudes less 360": _moved(lambda grid: grid.longitude, -360.0),
    "longitudes 0 to 360": _turned_to_360,
    "longitudes 15 degrees off": _moved(lambda grid: grid.longitude, 15.0),
    "latitudes 5 degrees off": _moved(lambda grid: grid.latitude, -5.0),
    "dimensions in another order": _transposed,
    "names of the axes exchanged": _names_exchanged,
    "a dimension of one more": _extra(1),
    "a dimension of two more": _extra(2),
    "an axis without its values": _without_axis,
    "a column lost": _column_lost,
    "half of the area": _other_area,
    "rows from the south": _flat(lambda cells: cells[::-1]),
    "columns from the east": _flat(lambda cells: cells[:, ::-1]),
    "cells by column": _flat(lambda cells: cells.T),
    "written as CDF-5": _format("NETCDF3_64BIT_DATA"),
    "written as NetCDF-3": _format("NETCDF3_CLASSIC"),
    "double precision": _double,
}
"""Kind to what it does to the file taken apart."""


def _zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.nc", content)
    return out.getvalue()


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a third cut off": lambda content: content[: 2 * len(content) // 3],
    "the last 40 bytes cut off": lambda content: content[:-40],
    "cut within the heading": lambda content: content[:100],
    "no bytes": lambda _: b"",
    "a web page": lambda _: b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "a gzip file": gzip.compress,
    "a ZIP archive": _zipped,
    "a pointer of Git LFS": lambda _: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
}
"""Kind to what it does to the file's bytes."""

"""A variable of an open file as a Field: its axes, times, releases and members made plain, its unit ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.sources.notes import note
from warehouse.sources.weather_decoding import times
from warehouse.sources.weather_decoding.axes import axis_of, refused
from warehouse.sources.weather_decoding.field import Array, Field, Moments
from warehouse.sources.weather_decoding.units import Conversion, conversion
from warehouse.sources.weather_decoding.variables import OUR_UNIT, POSSIBLE, Known

_MEMBERS = ("number", "member", "realization", "ensemble", "ens")
_LEADS = ("step", "forecast_period")
"""Hours since the start of a forecast: cfgrib's name, and the new store's beside forecast_reference_time."""
MOST_ZEROS = 0.01
"""Share of exact zeros that is not told: packed to 16 bits, a wind of either sign has one in some thousands."""
_PRELIMINARY = 5  # ERA5T's experiment version; 1 is ERA5
_DAILY = re.compile(r"daily[-_ ](mean|sum|max|min|mid)", re.IGNORECASE)
_CELL_METHOD = re.compile(r"\btime:\s*(mean|sum|max|min|mid)")
_EXTREMES = {"max": "maximum", "min": "minimum", "mid": "mid-range"}


def field_of(
    data: Any,
    name: str,
    known: Known,
    path: Path,
    box: tuple[float, float, float, float] | None = None,
) -> Field:
    """A known variable of an open file.

    data: an xarray.Dataset with undecoded times.  box: west, east, south, north of what is kept.  Notes a
    preliminary release.  Raises InputError for a missing axis, a grid that is not by longitude and latitude, a
    dimension too many, an unknown unit, a maximum or minimum instead of a mean, impossible values.
    """
    array = data[name]
    _demand_numbers(array, name, path)
    statistic = _statistic(data, array, name, path)
    units = str(array.attrs.get("units", "")).strip()
    convert = _conversion(units, name, known, path)
    latitude, longitude = (axis_of(array, axis, path) for axis in ("latitude", "longitude"))
    moments, base, time_dims, clock = _moments(data, array, path)
    array, preliminary = _one_release(data, array, time_dims)
    array = _without_others(array, {*time_dims, latitude.dim, longitude.dim}, name, path)
    north, south_to_north = latitude.kept(box[2:] if box else None)
    east, west_to_east = longitude.kept(box[:2] if box else None)
    values = _ordered(array, time_dims, latitude.dim, longitude.dim, south_to_north, west_to_east)
    _tell_zeros(values, known.quantity, name, path)
    values = _in_our_unit(values, convert)
    flat = moments.ravel()
    kept = _not_padding(values, is_forecast=len(time_dims) > 1)
    preliminary = np.broadcast_to(preliminary, moments.shape).ravel()[kept]
    if preliminary.any():
        note(f"{name}: {int(preliminary.sum()):,} of {kept.sum():,} times are ERA5T", path.name)
    _demand_possible(values, known.quantity, name, units, path)
    return Field(
        known=known,
        name=name,
        file=str(path),
        moments=flat[kept],
        base=base.ravel()[kept],
        is_preliminary=preliminary,
        latitude=north,
        longitude=east,
        values=values[kept],
        conversion=convert,
        units=units,
        clock=clock,
        statistic=statistic,
        period=_period(data, time_dims, kept, path),
    )


def _moments(data: Any, array: Any, path: Path) -> tuple[Moments, Moments, tuple[str, ...], str]:
    """Moments, starts of the forecasts, the dimensions of both in this order, the variables they are from."""
    timed = [
        str(name)
        for name in data.variables
        if " since " in str(data[name].attrs.get("units", "")).lower()
        or name in ("time", "date", *_LEADS)
    ]
    fits = [name for name in timed if set(data[name].dims) <= set(array.dims)]
    if "valid_time" in fits and (data["valid_time"].ndim or "time" not in array.dims):
        variable = data["valid_time"]
        moments = times.decoded(variable, path)
        dims = tuple(str(dim) for dim in variable.dims)
        clock = f"valid_time ({', '.join(dims)})" if len(dims) > 1 else "valid_time"
    elif "time" in fits or fits:
        name = "time" if "time" in fits else next(one for one in fits if one not in _LEADS)
        moments = times.decoded(data[name], path)
        dims, clock = tuple(str(dim) for dim in data[name].dims), name
        if (step := next((one for one in fits if one in _LEADS), "")) and step not in dims:
            lead = times.steps(data[step], path)
            moments = np.add.outer(moments, lead)
            dims += tuple(str(dim) for dim in data[step].dims)
            clock = f"{name} + {step}"
    else:
        raise refused(
            f"Variable {array.name} has no time.",
            path,
            array.name,
            f"dimensions {', '.join(map(str, array.dims))}",
            "valid_time or time",
            "Take the publisher's file unchanged; its times need the attribute units.",
        )
    base = (moments - np.timedelta64(1, "s")).astype("datetime64[D]").astype("datetime64[s]")
    for step in (one for one in _LEADS if one in dims):
        lead = times.steps(data[step], path)
        shape = [lead.size if dim == step else 1 for dim in dims]
        base = moments - lead.reshape(shape)
    return moments, base, dims, clock


def _one_release(data: Any, array: Any, time_dims: Sequence[str]) -> tuple[Any, NDArray[np.bool_]]:
    """The variable without the dimension expver, and at which times it is preliminary.

    Where both releases have a value the final one counts.
    """
    written = data["expver"] if "expver" in data.variables else None
    if "expver" in array.dims:
        versions = (
            [_version(one) for one in written.values]
            if written is not None
            else [1, _PRELIMINARY][: array.sizes["expver"]]
        )
        order = np.argsort(versions, kind="stable")
        merged, preliminary = array.isel(expver=int(order[0])), np.zeros((), dtype=bool)
        for place in order[1:]:
            other = array.isel(expver=int(place))
            taken = merged.isnull() & other.notnull()
            merged = merged.fillna(other)
            if versions[int(place)] == _PRELIMINARY:
                where = [dim for dim in taken.dims if dim not in time_dims]
                preliminary = preliminary | taken.any(where).transpose(*time_dims).values
        merged.attrs = array.attrs
        return merged, preliminary
    if written is None:
        return array, np.zeros((), dtype=bool)
    versions = np.vectorize(_version, otypes=[int])(np.asarray(written.values))
    if set(map(str, written.dims)) <= set(time_dims):
        shape = [written.sizes[dim] if dim in written.dims else 1 for dim in time_dims]
        return array, (versions == _PRELIMINARY).reshape(shape)
    return array, np.zeros((), dtype=bool)


def _version(written: object) -> int:
    text = written.decode() if isinstance(written, bytes) else str(written)
    return int(float(text)) if re.fullmatch(r"\s*\d+(\.0*)?\s*", text) else 0


def _without_others(array: Any, wanted: set[str], name: str, path: Path) -> Any:
    """The variable without dimensions of one (a member, a height); InputError for longer ones."""
    for dim in [str(one) for one in array.dims if one not in wanted]:
        size = array.sizes[dim]
        if size == 1:
            array = array.isel({dim: 0})
            continue
        is_member = dim in _MEMBERS
        raise refused(
            f"{name} is an ensemble of {size} members."
            if is_member
            else "A variable has a dimension more than time, latitude and longitude.",
            path,
            name,
            ", ".join(f"{one} ({array.sizes[one]})" for one in array.dims),
            "time, latitude, longitude",
            "Download the product type reanalysis, or keep one member."
            if is_member
            else f"Keep one value of {dim}: `ncks -d {dim},0 in.nc out.nc`.",
        )
    return array


def _ordered(
    array: Any,
    time_dims: tuple[str, ...],
    latitude: str,
    longitude: str,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> Array:
    """Values as (t, y, x), only the rows and columns asked for."""
    if latitude:
        array = array.isel({latitude: rows})
    if longitude:
        array = array.isel({longitude: columns})
    dims = [*time_dims, *(dim for dim in (latitude, longitude) if dim)]
    times_in_all = prod(array.sizes[dim] for dim in time_dims)
    return np.asarray(array.transpose(*dims).values).reshape(times_in_all, rows.size, columns.size)


def _in_our_unit(values: Array, convert: Conversion) -> Array:
    if not np.issubdtype(values.dtype, np.floating):
        values = values.astype(np.float64)
    return values if convert.is_none else values * convert.factor + convert.offset


def _not_padding(values: Array, *, is_forecast: bool) -> NDArray[np.bool_]:
    """Which times hold something: a table of starts by steps has empty cells, which are not times."""
    if not is_forecast:
        return np.ones(len(values), dtype=bool)
    return np.asarray(np.isfinite(values).any(axis=(1, 2)))


def _period(
    data: Any, time_dims: tuple[str, ...], kept: NDArray[np.bool_], path: Path
) -> NDArray[np.timedelta64] | None:
    """Lengths of the bounds of the times, where the file has them."""
    if len(time_dims) != 1 or time_dims[0] not in data.variables:
        return None
    time = data[time_dims[0]]
    name = str(time.attrs.get("bounds", ""))
    if name not in data.variables or data[name].shape != (time.size, 2):
        return None
    bounds = data[name].copy()
    bounds.attrs = {**time.attrs, **bounds.attrs}
    edges = times.decoded(bounds, path)
    lengths = edges[:, 1] - edges[:, 0]
    return np.asarray(lengths[kept]) if (lengths > np.timedelta64(0, "s")).all() else None


def _statistic(data: Any, array: Any, name: str, path: Path) -> str:
    """Mean or sum, where the file says what it made of the hours; empty otherwise."""
    said = _DAILY.search(path.name) or _DAILY.search(str(data.attrs.get("history", "")))
    method = _CELL_METHOD.search(str(array.attrs.get("cell_methods", "")).lower())
    step_type = str(array.attrs.get("GRIB_stepType", "")).lower()[:3]
    for found in (method[1] if method else "", said[1].lower() if said else "", step_type):
        if found[:3] in _EXTREMES:
            raise refused(
                f"{name} is a {_EXTREMES[found[:3]]}, not a mean.",
                path,
                name,
                said[0] if said else str(array.attrs.get("cell_methods") or step_type),
                "means, or values of the hours",
                "Download the daily mean, or the hours.",
            )
    return said[1].lower() if said else (method[1] if method else "")


def _conversion(units: str, name: str, known: Known, path: Path) -> Conversion:
    found = conversion(known.kind, units)
    if found is None:
        raise refused(
            f"The unit of {name} is not known.",
            path,
            name,
            units or "no unit",
            f"{OUR_UNIT[known.kind]}, or a unit that converts to it",
            "Write the unit the values are in into the variable's attribute `units`.",
        )
    return found


def _demand_numbers(array: Any, name: str, path: Path) -> None:
    if not np.issubdtype(array.dtype, np.number):
        raise refused(
            f"{name} does not hold numbers.",
            path,
            name,
            str(array.dtype),
            "numbers",
            "Take the publisher's file unchanged.",
        )


def _tell_zeros(values: Array, quantity: str, name: str, path: Path) -> None:
    """Note values of exactly zero: weather but rain has next to none, so they stand for something missing."""
    zeros = int((values == 0).sum())
    if quantity == "precipitation":
        if zeros == values.size:
            note(f"{name}: every value is zero; has it rained nowhere?", path.name)
    elif zeros > MOST_ZEROS * values.size:
        note(f"{name}: {zeros:,} of {values.size:,} values are exactly zero", path.name)


def _demand_possible(values: Array, quantity: str, name: str, units: str, path: Path) -> None:
    low, high = POSSIBLE[quantity]
    finite = values[
        ~np.isnan(values)
    ]  # an infinite one is a flag that its unit's factor carried away
    if finite.size and (finite.min() < low or finite.max() > high):
        count = int(((finite < low) | (finite > high)).sum())
        raise refused(
            f"{name} cannot be in {units}: values are impossible.",
            path,
            name,
            f"{count:,} of {finite.size:,} values beyond the bounds; {finite.min():g} to {finite.max():g}",
            f"{low:g} to {high:g} after conversion",
            "Correct the attribute units, or declare the missing value as _FillValue.",
        )

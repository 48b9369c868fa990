"""Monthly weather from NetCDF files of ERA5, MERRA-2 and GEOS-FP, as their publishers write them.

Known by the names of variables, not by the file's name. ERA5 monthly means (Climate Data Store): u10, v10,
t2m, d2m, blh, tp. MERRA-2 (tavgM_2d_slv_Nx, tavgM_2d_flx_Nx): U10M, V10M, T2M, QV2M, PS, PBLH, PRECTOTCORR.
GEOS-FP (tavg1_2d_slv_Nx, tavg1_2d_flx_Nx, or GEOS-Chem's A1 files): U10M, V10M, T2M, QV2M, PS, PBLH, PRECTOT.
Several files together fill the role; whole months of days or hours are averaged (docs/weather_files.md).

Longitude 0 to 360, descending latitude and known other units are converted; an unknown unit, a gap over
China or a month without data is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader
from warehouse.sources.notes import note
from warehouse.sources.weather_decoding import files, record
from warehouse.sources.weather_decoding.averages import Means, monthly, remark, years
from warehouse.sources.weather_decoding.field import Field
from warehouse.sources.weather_decoding.files import recognises
from warehouse.sources.weather_decoding.join import by_grid, joined
from warehouse.sources.weather_decoding.precipitation import as_rate
from warehouse.sources.weather_decoding.variables import ALL

NAME = "weather_netcdf"
MARGIN_DEGREES = 3.0
LARGEST_STEP = 1.6
"""Largest step of a grid over its smallest: half cells at the poles make 4/3, a point left out 2."""
WEST, EAST, SOUTH, NORTH = 69.8, 139.9, 14.8, 54.9
_BOX = (
    WEST - MARGIN_DEGREES,
    EAST + MARGIN_DEGREES,
    SOUTH - MARGIN_DEGREES,
    NORTH + MARGIN_DEGREES,
)
_WANTED = (
    "eastward_wind",
    "northward_wind",
    "air_temperature",
    "relative_humidity",
    "mixing_height",
    "precipitation",
)

PUBLICATION = Publication(
    producer="ECMWF (ERA5) or NASA GMAO (MERRA-2, GEOS-FP), as the files say",
    title="Monthly weather on a regular grid",
    citation=(
        "ERA5: Hersbach, H. et al. (2020), doi:10.1002/qj.3803; MERRA-2: Gelaro, R. et al. (2017), "
        "doi:10.1175/JCLI-D-16-0758.1; GEOS-FP: Lucchesi, R. (2018), GMAO Office Note 4"
    ),
    licence="ERA5: Copernicus licence; MERRA-2 and GEOS-FP: open (NASA)",
    terms_of_use="Cite the data set used.",
)

# Our judgement: a tenth and ten times of what falls over China, its seas and their margin, 2 to 3 mm a day.
_MEAN_RAIN_MM_DAY = (0.2, 30.0)
_HIGHEST_DEW_EXCESS_K = 2.0


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """The role's variables by month on the files' own grid, cut to China and a margin.

    Of several years the edition's is taken; another year, where it is the only one, is taken and noted.
    Raises InputError for a damaged file, a missing axis, an unknown unit, a value missing over China, a month that
    is not whole, several years without the edition's.
    """
    fields = _whole_fields(paths)
    taken = _year(fields, year)
    means = {quantity: monthly(field, taken) for quantity, field in fields.items()}
    remark(means)
    if "relative_humidity" not in means and "air_temperature" in means:
        humidity = _relative_humidity(means, fields)
        if humidity is not None:
            means["relative_humidity"] = humidity
    if "precipitation" in means:
        _demand_ordinary_rain(means["precipitation"], fields["precipitation"])
    return pl.concat([_table(name, means[name]) for name in _WANTED if name in means])


def conversions(paths: Sequence[Path]) -> tuple[str, ...]:
    """What ``read`` converts in these files, one line each: units, longitudes, the order of latitudes."""
    return (*record.units(paths, ALL), *record.axes(paths, ALL))


def _whole_fields(paths: Sequence[Path]) -> dict[str, Field]:
    """Fields by quantity, joined over the files, without gaps over China; precipitation as a rate."""
    found = files.fields(paths, ALL, _BOX)
    if not found:
        raise InputError(
            "No file holds a variable of the weather that we know.",
            file=", ".join(str(path) for path in paths) or None,
            found="none",
            expected=", ".join(ALL),
            remedy="Take the publisher's monthly files with wind, temperature and humidity.",
        )
    by_quantity: dict[str, list[Field]] = {}
    for field in found:
        by_quantity.setdefault(field.quantity, []).append(field)
    result = {}
    for quantity, fields in by_quantity.items():
        grids = by_grid(fields)
        if len(grids) > 1:
            one, other = grids[0][0], grids[1][0]
            raise InputError(
                f"Files give {quantity} on different grids.",
                file=f"{one.file}, {other.file}",
                column=one.name,
                found=f"{one.extent()}; {other.extent()}",
                expected="one grid",
                remedy="Keep the files of one grid, or merge the parts of one: `cdo mergegrid`.",
            )
        field = joined(fields)
        _demand_equal_steps(field)
        _demand_no_gaps(field)
        result[quantity] = as_rate(field) if quantity == "precipitation" else field
    return result


def _demand_equal_steps(field: Field) -> None:
    """Between the points of the grid is interpolated, so none may be left out."""
    for name, values in (("longitude", field.longitude), ("latitude", field.latitude)):
        steps = np.diff(values)
        if steps.size > 1 and steps.max() > LARGEST_STEP * steps.min():
            at = int(np.argmax(steps))
            raise InputError(
                f"The grid of {field.name} has a gap: a row or column of points is missing.",
                file=field.file,
                column=name,
                found=f"steps of {steps.min():g} to {steps.max():g} degrees, the largest after {values[at]:g}",
                expected=f"steps that differ by less than a factor of {LARGEST_STEP:g}",
                remedy="Download the whole area in one request, or merge its parts: `cdo mergegrid`.",
            )


def _demand_no_gaps(field: Field) -> None:
    gaps = int(np.isnan(field.values).sum())
    if gaps or field.values.size == 0:
        raise InputError(
            f"Variable {field.name} has gaps over China, or does not reach it.",
            file=field.file,
            column=field.name,
            found=f"{gaps} of {field.values.size} values missing"
            if gaps
            else "no point over China",
            expected="a value at every point",
            remedy="Download the months again, 66 to 143 E and 11 to 58 N at least; ERA5-Land lacks the sea.",
        )


def _year(fields: Mapping[str, Field], wanted: int) -> int:
    """The year that is taken: the edition's, or the only one that all variables have."""
    have = {quantity: years(field) for quantity, field in fields.items()}
    everything, shared = set().union(*have.values()), set.intersection(*have.values())
    if wanted in shared:
        others = sorted(everything - {wanted})
        # The hour that ends a year is stamped with the next one.
        if others and any(
            _times_of(field, year) > 1 for field in fields.values() for year in others
        ):
            note(
                f"the weather of {wanted} is read; that of {_listed(others)} is in the files and not used"
            )
        return wanted
    if len(everything) == 1:
        taken = everything.pop()
        note(f"the weather is of {taken}, not of the edition's year {wanted}")
        return taken
    raise InputError(
        f"The weather is of several years, and not of {wanted}.",
        file=", ".join(dict.fromkeys(field.file for field in fields.values())),
        column="time",
        found="; ".join(f"{name}: {_listed(sorted(of))}" for name, of in sorted(have.items())),
        expected=f"all variables of {wanted}, or of one other year",
        remedy="Keep the files of one year.",
    )


def _times_of(field: Field, year: int) -> int:
    return int((field.moments.astype("datetime64[Y]").astype(int) + 1970 == year).sum())


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _relative_humidity(means: Mapping[str, Means], fields: Mapping[str, Field]) -> Means | None:
    """From dew point, or from specific humidity and pressure; Magnus formula over water, %."""
    needed = ("dew_point",) if "dew_point" in means else ("humidity_ratio", "surface_pressure")
    if any(name not in means for name in needed):
        return None
    temperature = means["air_temperature"]
    for name in needed:
        if not fields[name].has_grid_of(fields["air_temperature"]) or not np.array_equal(
            means[name].starts, temperature.starts
        ):
            raise InputError(
                f"{fields[name].name} and {fields['air_temperature'].name} do not fit together.",
                file=f"{fields[name].file}, {fields['air_temperature'].file}",
                column=fields[name].name,
                found=f"{fields[name].extent()}, {means[name].starts.size} months",
                expected=f"{fields['air_temperature'].extent()}, {temperature.starts.size} months",
                remedy="Download both on one grid, for the same months.",
            )
    if "dew_point" in means:
        _demand_dew_below(means, fields)
        vapour = _vapour_pressure(means["dew_point"].values)
    else:
        ratio = means["humidity_ratio"].values
        vapour = ratio * means["surface_pressure"].values / (0.622 + 0.378 * ratio)
    percent = np.clip(100 * vapour / _vapour_pressure(temperature.values), 0, 100)
    return Means(temperature.starts, percent, temperature.latitude, temperature.longitude)


def _demand_dew_below(means: Mapping[str, Means], fields: Mapping[str, Field]) -> None:
    """Raise InputError where the dew point lies above the temperature: swapped, or in two units."""
    excess = means["dew_point"].values - means["air_temperature"].values
    if excess.size and float(excess.max()) > _HIGHEST_DEW_EXCESS_K:
        raise InputError(
            "The dew point is above the temperature.",
            file=fields["dew_point"].file,
            column=f"{fields['dew_point'].name}, {fields['air_temperature'].name}",
            found=f"by up to {float(excess.max()):.1f} K",
            expected="a dew point at or under the temperature",
            remedy="See whether the two are swapped, or in different units.",
        )


def _demand_ordinary_rain(rain: Means, field: Field) -> None:
    """Raise InputError where the year's rain is of no year: sums of months, or millimetres taken for metres."""
    mean = float(rain.values.mean()) if rain.values.size else 0.0
    low, high = _MEAN_RAIN_MM_DAY
    if mean > high or 0.0 < mean < low:
        raise InputError(
            "The mean rain over China and the year is of no year.",
            file=field.file,
            column=field.name,
            found=f"{mean:.3g} mm/day",
            expected=f"{low:g} to {high:g} mm/day",
            remedy="Correct the attribute units. Sums of months are to be divided by their days.",
        )


def _vapour_pressure(kelvin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Saturation pressure, Pa (WMO Guide to Instruments, annex 4.B)."""
    celsius = kelvin - 273.15
    return np.asarray(611.2 * np.exp(17.62 * celsius / (243.12 + celsius)))


def _table(variable: str, means: Means) -> pl.DataFrame:
    month, latitude, longitude = np.meshgrid(
        means.starts.astype(int) % 12 + 1, means.latitude, means.longitude, indexing="ij"
    )
    return pl.DataFrame(
        {
            "variable": [variable] * means.values.size,
            "month": month.ravel().astype(np.int64),
            "longitude": longitude.ravel(),
            "latitude": latitude.ravel(),
            "value": means.values.ravel().astype(np.float64),
        }
    )


READER = Reader(
    name=NAME,
    roles=("meteorology",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    conversions=conversions,
)

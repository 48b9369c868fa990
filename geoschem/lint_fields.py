"""What HEMCO would get wrong in one field of a NetCDF file: dimensions, packing, fills, units, values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geoschem.lint_finding import Finding
from geoschem.netcdf import FLUX_UNITS

DIMENSIONS = ("time", "lat", "lon")
LEVELS = ("lev", "height", "level")
"""Names of levels that HEMCO looks for."""
LARGEST_FLUX = 1e-5
"""kg/m2/s; ten times the strongest cell of sulfur dioxide in 0.1 degree inventories."""
SMALLEST_PEAK = 1e-18
"""kg/m2/s; a file whose peak is below holds no emission in these units."""
FILL_VALUES = (-9999.0, -999.0, 9.96921e36, 1e20, 1e15, 1e30, 1e36)
IMPOSSIBLE_FLUX = 1e-3
"""kg/m2/s; a fire of a day in one cell stays below, an amount of a month does not."""
SAME_FLUX_UNITS = ("kg/m2/s", "kgm-2s-1")
"""HEMCO strips blanks and takes both as its own unit (hco_unit_mod.F90)."""
UNITLESS = ("1", "unitless", "fraction", "factor", "scale", "count", "%", "percent", "hours")
"""Of scale factors: HEMCO converts none of them."""
LEAST_FACTOR = 1e-6  # a file called unitless whose largest value is below holds fluxes
OTHER_UNITS = (
    "mol/mol", "v/v", "v/v/s", "s-1", "s^-1", "m2/m2", "m2m-2", "kg/kg", "kgkg-1", "kg-soil/m3", "kg-h2o/m2",
    "mg/m3", "mg/m2/d", "k", "w/m2", "wm-2", "pptv", "ppt", "ppbv", "ppb", "ppmv", "ppm", "m/s", "ms-1", "m",
    "cm2cm-2", "dobsons", "dobsons/day", "du", "pa", "hpa", "kg/m3", "kgm-3", "kgm^-3",
)  # fmt: skip
"""Of fields that are not emissions, which HEMCO takes as they are (hco_unit_mod.F90)."""


@dataclass(frozen=True)
class Names:
    """The dimensions of a file. time: None where it has none."""

    time: str | None
    lat: str
    lon: str

    @property
    def of_field(self) -> tuple[str, ...]:
        """The dimensions of a field, in their order."""
        return tuple(name for name in (self.time, self.lat, self.lon) if name is not None)


def is_field(variable: Any, names: Names) -> bool:
    """Whether a variable has the dimensions of a field, with or without a level."""
    dims = variable.dimensions
    return dims == names.of_field or (
        len(dims) == len(names.of_field) + 1
        and dims[-3] in LEVELS
        and (*dims[:-3], *dims[-2:]) == names.of_field
    )


def field_findings(
    variable: Any, place: str, names: Names, *, is_mask: bool, is_ours: bool
) -> Iterator[Finding]:
    """All findings on one field. is_mask, is_ours: as of ``lint_file``."""
    is_flat = variable.dimensions == (names.lat, names.lon) and not is_ours  # of all times
    if variable.dimensions != names.of_field and (
        is_ours or not (is_flat or is_field(variable, names))
    ):
        yield Finding(
            "dimensions",
            place,
            f"({', '.join(variable.dimensions)})",
            "(time, lat, lon)",
            "Name and order the dimensions like this, without a level.",
        )
        return
    is_whole = np.issubdtype(variable.dtype, np.integer) and not is_ours
    if variable.dtype not in (np.float32, np.float64) and not is_whole:
        yield Finding(
            "type", place, str(variable.dtype), "float32", "Write the values as single precision."
        )
        return
    packed = [name for name in ("scale_factor", "add_offset") if name in variable.ncattrs()]
    values = np.asarray(variable[:])
    declared = _declared(variable)
    is_filled = np.isin(values, declared) if declared else np.zeros(values.shape, dtype=np.bool_)
    if packed:
        yield Finding(
            "packed",
            place,
            f"attributes {', '.join(packed)}" + (", and fill values" if is_filled.any() else ""),
            "values as they are",
            "Unpack the values (ncpdq -U): HEMCO unpacks fill values too, and takes them for emissions.",
            is_error=is_ours or bool(is_filled.any()),
        )
    yield from _fills(values, declared, place, is_kept=is_ours or bool(packed))
    if not is_ours:
        values = _as_hemco_reads(variable, values, is_filled)
    if not np.isfinite(values).all():
        return
    if is_mask:
        yield from _mask_values(variable, values, place, is_ours)
    elif is_ours or not (_is_scale_factor(variable, values) or _unit(variable) in OTHER_UNITS):
        yield from _flux_values(variable, values, place, is_ours)


def _is_scale_factor(variable: Any, values: Any) -> bool:
    """Whether a publisher's field is a factor: it says that it has no unit, and is not as small as a flux."""
    return _unit(variable) in UNITLESS and float(np.abs(values).max(initial=0)) >= LEAST_FACTOR


def _unit(variable: Any) -> str:
    """The unit as HEMCO compares it: without blanks, in lower case."""
    return "".join(str(getattr(variable, "units", "")).split()).lower()


def _declared(variable: Any) -> list[float]:
    """The fill values that a variable declares."""
    names = [name for name in ("_FillValue", "missing_value") if name in variable.ncattrs()]
    return sorted({float(one) for name in names for one in np.ravel(getattr(variable, name))})


def _as_hemco_reads(variable: Any, values: Any, is_filled: Any) -> Any:
    """The values unpacked, zero where a fill value that is declared stands."""
    factor = getattr(variable, "scale_factor", 1.0)
    unpacked = values * factor + getattr(variable, "add_offset", 0.0)
    return np.where(is_filled & np.isfinite(values), 0.0, unpacked)


def _fills(values: Any, declared: list[float], place: str, *, is_kept: bool) -> Iterator[Finding]:
    """is_kept: whether declared fill values are an error as well. HEMCO makes zeros of those that are declared."""
    bad = ~np.isfinite(values)
    if bad.any():
        yield Finding(
            "not-finite",
            place,
            f"{int(bad.sum()):,} of {values.size:,} cells are NaN or infinite",
            "zero where nothing is emitted",
            "Replace them by zero: HEMCO adds mass for them.",
        )
        return
    found: set[float] = set()
    for value in _within((*declared, *FILL_VALUES), values):
        count = int(np.isclose(values, value, rtol=1e-6, atol=0).sum())
        if value and count and not any(np.isclose(value, one, rtol=1e-6) for one in found):
            found.add(value)
            yield Finding(
                "fill-value",
                place,
                f"{count:,} cells of {value:g}",
                "zero where nothing is emitted",
                "Replace them by zero, and leave out _FillValue and missing_value.",
                is_error=is_kept or value not in declared,
            )
    if 0.0 in declared and is_kept:
        yield Finding(
            "fill-value",
            place,
            "zero is declared to be the fill value",
            "no fill value",
            "Leave out _FillValue and missing_value.",
        )


def _within(candidates: Sequence[float], values: Any) -> list[float]:
    """Candidates that some value may be close to: counting the others takes a pass over all values each."""
    if not values.size:
        return []
    low, high = float(values.min()), float(values.max())
    return [one for one in candidates if low - 1e-5 * abs(one) <= one <= high + 1e-5 * abs(one)]


def _flux_values(variable: Any, values: Any, place: str, is_ours: bool) -> Iterator[Finding]:
    units = str(getattr(variable, "units", "")).strip()
    if "".join(units.split()).lower() not in SAME_FLUX_UNITS:
        yield Finding(
            "units",
            place,
            units or "no units",
            FLUX_UNITS,
            "Convert the values and set the attribute: HEMCO takes other units as they are, up to"
            " twenty orders off.",
        )
    if values.min() < 0:
        yield Finding(
            "negative",
            place,
            f"{int((values < 0).sum()):,} cells, the lowest {values.min():g}",
            "zero or more",
            "Write base less export-related emissions, not the difference.",
        )
    peak = float(values.max())
    if peak > LARGEST_FLUX and not np.isclose(peak, FILL_VALUES, rtol=1e-6).any():
        yield Finding(
            "magnitude",
            place,
            f"largest value {peak:g}",
            f"below {LARGEST_FLUX:g} kg/m2/s",
            "These look like amounts per month, per cell or in molecules: convert to kg/m2/s.",
            is_error=is_ours or peak > IMPOSSIBLE_FLUX,
        )
    elif max(peak, -float(values.min())) < SMALLEST_PEAK:
        yield Finding(
            "empty",
            place,
            f"largest value {peak:g}",
            "an emission somewhere",
            "Leave the variable out if the source emits nothing.",
        )
    else:
        totals = values.reshape(len(values), -1).sum(axis=1)
        silent = [step + 1 for step, total in enumerate(totals) if total == 0]
        if silent and len(silent) < len(values) and (is_ours or len(values) == 12):
            yield Finding(
                "empty-month",
                place,
                f"nothing in time step {', '.join(map(str, silent))}",
                "an emission in every month",
                "Write the months that are missing.",
                is_error=is_ours,
            )


def _mask_values(variable: Any, values: Any, place: str, is_ours: bool) -> Iterator[Finding]:
    units = str(getattr(variable, "units", "")).strip()
    if units.lower() not in (UNITLESS if not is_ours else ("1", "unitless")):
        yield Finding(
            "mask-units", place, units or "no units", "1", "Set the attribute units to 1."
        )
    is_identifier = not is_ours and values.max() > 1 and (values == np.round(values)).all()
    if is_identifier:
        return  # a country mask: a number for each country
    if not np.isin(values, (0.0, 1.0)).all():
        yield Finding(
            "mask-values",
            place,
            f"{int((~np.isin(values, (0.0, 1.0))).sum()):,} cells other than 0 and 1",
            "0 or 1",
            "HEMCO takes less than one half as zero: write whole cells.",
            is_error=is_ours or bool(values.min() < 0 or values.max() > 1),
        )
    elif values.max() == 0:
        yield Finding(
            "mask-values", place, "zero everywhere", "ones inside China", "Write it again."
        )

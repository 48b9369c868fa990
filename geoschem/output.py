"""Reading what complete nested months left: aerosol near the ground, as components of PM2.5."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from compute.atmosphere.engine import TOTAL_COMPONENTS, Concentration
from compute.atmosphere.geoschem.species import (
    AEROSOL_SPECIES,
    COMPONENT_PARTS,
    DRY,
    Growth,
    components,
)
from compute.atmosphere.grid import nested_grid
from geoschem.segment import LOG, SegmentRecord
from warehouse.errors import InputError
from warehouse.netcdf_files import demand_whole

Array = NDArray[np.float64]
PREFIXES = ("SpeciesConcVV_", "SpeciesConc_")
MIXING_UNITS = ("mol mol-1 dry", "v/v dry", "mol/mol dry", "mol mol-1")
DENSITY_UNITS = ("kg m-3", "kg/m3")
LOWEST_SIGMA = 0.98  # the model's lowest layer is about 130 m thick: its middle lies at 0.9925
BUFFER_CELLS = 3
MONTH_NAMES = dict(enumerate(calendar.month_name))
_GROWTH = re.compile(r"^\s*([0-9.]+)\s+for\s+(SO4, NIT, and NH4|OCPI and SOA|SALA)", re.MULTILINE)


@dataclass(frozen=True)
class Month:
    """Components near the ground in one month, (ny, nx), ug/m3: dry, and with water at 35 % humidity."""

    scenario: str
    month: int
    dry: dict[str, Array]
    moist: dict[str, Array]


def read_month(record: SegmentRecord) -> Month:
    """Read a complete nested month.

    Raises InputError naming the file and variable that is missing, damaged, in other units or on another
    grid.
    """
    concentration, state = record.output_files()[:2]
    required = {
        part.species for parts in COMPONENT_PARTS.values() for part in parts if part.is_required
    }
    species: dict[str, Array] = {}
    with _opened(concentration) as data:
        for name in AEROSOL_SPECIES:
            variable = next((f"{one}{name}" for one in PREFIXES if f"{one}{name}" in data), None)
            if variable is None and name in required:
                raise InputError(
                    f"{record.key} left no concentration of {name}.",
                    file=concentration,
                    column=name,
                    found=", ".join(sorted(str(one) for one in data.data_vars)[:5]),
                    remedy="Make the run directory again with `tradeplume simulate` and run the month.",
                )
            if variable is not None:
                species[name] = _ground(data, variable, MIXING_UNITS, concentration)
    with _opened(state) as data:
        density = _ground(data, "Met_AIRDEN", DENSITY_UNITS, state)
    if not ((density > 0.3) & (density < 2.0)).all():
        raise InputError(
            "Density of dry air near the ground is out of bounds.",
            file=state,
            found=f"{density.min():.3g} to {density.max():.3g} kg/m3",
            expected="0.3 to 2 kg/m3",
            remedy="The weather of this run is not in the model's units: check METDIR.",
        )
    growth = read_growth(record.folder / LOG)
    return Month(
        record.code,
        record.start.month,
        components(species, density, DRY),
        components(species, density, growth),
    )


def read_growth(log: Path) -> Growth:
    """Growth with water at 35 % humidity, as the model logs it at start; 14.0.1's where it does not."""
    if not log.exists():
        return Growth()
    text = log.read_text(encoding="utf-8", errors="replace")
    found = {name: float(value) for value, name in _GROWTH.findall(text)}
    default = Growth()
    return Growth(
        found.get("SO4, NIT, and NH4", default.inorganic),
        found.get("OCPI and SOA", default.organic),
        found.get("SALA", default.sea_salt),
    )


def concentration(months: Sequence[Month], *, moist: bool = False) -> Concentration:
    """Months of one scenario as the engines' result: months are its seasons, of equal weight (the paper's mean).

    Raises ValueError for months of several scenarios, or none.
    """
    if len({month.scenario for month in months}) != 1:
        raise ValueError("months of exactly one scenario are needed")
    ordered = sorted(months, key=lambda month: month.month)
    values = np.array(
        [
            [(one.moist if moist else one.dry)[name].ravel() for one in ordered]
            for name in TOTAL_COMPONENTS
        ]
    )
    names = tuple(MONTH_NAMES[month.month] for month in ordered)
    return Concentration(TOTAL_COMPONENTS, names, np.ones(len(names)), values)


def inner_cells() -> NDArray[np.bool_]:
    """Cells of the nested grid within the buffer, (cells,): the outer three are imposed, not simulated."""
    rows, columns = nested_grid().shape
    inside = np.zeros((rows, columns), dtype=bool)
    inside[BUFFER_CELLS:-BUFFER_CELLS, BUFFER_CELLS:-BUFFER_CELLS] = True
    return inside.ravel()


def _opened(path: Path) -> Any:
    try:
        data = xr.open_dataset(demand_whole(path), engine="netcdf4", decode_timedelta=False)
        # Chunks: months of 47 levels are read level by level.
        return data.chunk({"lev": 1}) if "lev" in data.dims else data
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"Output that cannot be read: {str(error).splitlines()[0]}.",
            file=path,
            remedy="Remove it and run the same command again: the month is simulated once more.",
        ) from error


def _lowest(field: Any, name: str, path: Path) -> Any:
    """The field at its lowest level; one level alone must say that it is the lowest."""
    levels = np.atleast_1d(np.asarray(field["lev"], dtype=float)) if "lev" in field.coords else None
    if levels is None or levels.size == 0 or not np.isfinite(levels).all():
        raise InputError(
            "A field does not say of which level it is.",
            file=path,
            column=name,
            found=", ".join(map(str, field.dims)),
            expected="a coordinate lev",
            remedy="Write all levels, or keep the coordinate lev where one is taken out.",
        )
    is_sigma = levels.max() <= 1.5
    if "lev" in field.dims:
        return field.isel(lev=int(np.argmax(levels) if is_sigma else np.argmin(levels)))
    level = float(levels[0])
    if (is_sigma and level < LOWEST_SIGMA) or (not is_sigma and level != 1):
        raise InputError(
            "A field is of another level than the lowest.",
            file=path,
            column=name,
            found=f"lev = {level:g}",
            expected=f"above {LOWEST_SIGMA:g} (or level 1)",
            remedy="Write the lowest level (LEVELS 1 in HISTORY.rc).",
        )
    return field


def _ground(data: Any, name: str, units: Sequence[str], path: Path) -> Array:
    """The lowest level of a monthly mean, (ny, nx)."""
    if name not in data:
        raise InputError(
            "A field is missing.", file=path, column=name, remedy="Run the month again."
        )
    field = data[name]
    missing = [axis for axis in ("time", "lat", "lon") if axis not in field.dims]
    if missing:
        raise InputError(
            "A field lacks a dimension.",
            file=path,
            column=name,
            found=", ".join(map(str, field.dims)),
            expected="time, lev, lat, lon",
            remedy="Use output of GEOS-Chem 14 as it was written.",
        )
    given = str(field.attrs.get("units", ""))
    if given not in units:
        raise InputError(
            "A field is in other units.",
            file=path,
            column=name,
            found=given or "no units",
            expected=units[0],
            remedy="Use output of GEOS-Chem 14 as it was written.",
        )
    grid = nested_grid()
    axes = (np.asarray(data["lat"]), np.asarray(data["lon"]))
    for axis, wanted in zip(axes, (grid.latitude, grid.longitude), strict=True):
        if axis.shape != wanted.shape or not np.allclose(axis, wanted, atol=1e-3):
            raise InputError(
                "Output on another grid.",
                file=path,
                column=name,
                found=f"{axis.size} from {axis[0]:g} to {axis[-1]:g}",
                expected=f"{wanted.size} from {wanted[0]:g} to {wanted[-1]:g}",
                remedy="Read nested runs of the domain Asia, 0.25 x 0.3125 degrees.",
            )
    try:
        values = np.asarray(_lowest(field, name, path).mean("time"), dtype=np.float64)
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"A field cannot be read: {str(error).splitlines()[0]}.",
            file=path,
            column=name,
            remedy="Remove the file and run the same command again.",
        ) from error
    if not np.isfinite(values).all() or (values < 0).any():
        raise InputError(
            "A field has values that are not finite.",
            file=path,
            column=name,
            found=f"{int((~np.isfinite(values)).sum())} not finite, {int((values < 0).sum())} negative",
            remedy="The run has failed without stopping: look at its log, then run the month again.",
        )
    return values

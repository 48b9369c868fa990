"""Gridded emissions that exports drive, as other models and programs read them (`tradeplume export`)."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.engine import (
    EMISSION_GROUPS,
    POLLUTANTS,
    EngineError,
    Scenario,
    scenario_of,
)
from compute.atmosphere.geoschem.fluxes import month_mass_kg
from compute.atmosphere.geoschem.regrid import emission_grid
from compute.atmosphere.geoschem.species import SOURCES, variable_name
from compute.atmosphere.grid import Grid
from geoschem.emissions import (
    CLOSURE,
    Inventory,
    MassLost,
    check_against_marts,
    export_part,
    on_grid,
    read_inventory,
)
from geoschem.export_request import ExportRequest, Format
from geoschem.export_wrf import WRF_NAMES, namelist
from geoschem.group_fluxes import group_fluxes
from geoschem.netcdf import write_fluxes
from warehouse.database import connect
from warehouse.errors import EditionError, UserFacingError
from warehouse.locks import hold

if TYPE_CHECKING:
    from warehouse.edition import Edition
    from warehouse.home import Home

Array = NDArray[np.float64]
CSV_COLUMNS = ("longitude", "latitude", "pollutant", "emission_group", "emission_t")
_TENDENCY = "tendency_of_atmosphere_mass_content_of_"
_STANDARD_NAMES = {
    "NO": f"{_TENDENCY}nitrogen_monoxide_due_to_emission",
    "SO2": f"{_TENDENCY}sulfur_dioxide_due_to_emission",
    "CO": f"{_TENDENCY}carbon_monoxide_due_to_emission",
    "NH3": f"{_TENDENCY}ammonia_due_to_emission",
}


class ExportRefused(UserFacingError):
    """What cannot be written, and why."""

    exit_code = 2


@dataclass(frozen=True)
class Exported:
    """What was written. tonnes: of the year by pollutant, as in the marts (NOx as NO2, BC and OC as carbon)."""

    files: tuple[Path, ...]
    tonnes: Mapping[str, float]


def export_emissions(edition: Edition, home: Home, request: ExportRequest) -> Exported:
    """Write the emissions that a scenario leaves out, on a grid of longitudes and latitudes.

    Raises ExportRefused for a scenario that leaves nothing out, a folder in use or emissions below zero,
    EditionError where the edition cannot answer, MassLost where grid or marts have another mass.
    """
    folder, working = request.out, home.working_file(edition.label, edition.year)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportRefused(
            f"{folder} is not an empty folder.", remedy="Name a new folder with --out."
        )
    if not working.path.exists():
        raise ExportRefused(
            f"Edition {edition.label} {edition.year} has not been computed here.",
            remedy=f"`tradeplume run --edition {edition.name}` first.",
        )
    chosen, grid = _scenario(request.scenario), emission_grid(request.grid)
    with hold(working.lock, working.name), connect(working.path, read_only=True) as connection:
        inventory = read_inventory(connection, edition.label, edition.year)
        part = export_part(connection, inventory, chosen)
        check_against_marts(connection, chosen, inventory, part)
    if (part < 0).any():
        pollutant, group, province = (int(axis[0]) for axis in np.nonzero(part < 0))
        raise ExportRefused(
            f"Exports drive less than nothing: {part[pollutant, group, province]:,.1f} t of "
            f"{POLLUTANTS[pollutant]}, {EMISSION_GROUPS[group]}, {inventory.land.provinces[province]}. "
            "Falling inventories abroad make it so; no model takes emissions below zero.",
            remedy="Choose another scenario, or another year.",
        )
    cells = on_grid(inventory.gridding.place(part).tonnes, grid)
    tonnes = {name: float(part[row].sum()) for row, name in enumerate(POLLUTANTS)}
    for row, name in enumerate(POLLUTANTS):
        _demand_kept(float(cells[row].sum()), tonnes[name], f"{name} on grid {request.grid}")
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        if request.target is Format.csv:
            names: tuple[str, ...] = (_write_csv(draft / "emissions.csv", cells, grid),)
        else:
            title = f"emissions that scenario {chosen.code} leaves out ({chosen.removes})"
            names = _write_netcdf(draft, inventory, cells, grid, request.target, title)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Exported(tuple(folder / name for name in names), tonnes)


def _scenario(code: str) -> Scenario:
    try:
        scenario = scenario_of(code)
    except EngineError as error:
        raise EditionError(
            str(error), remedy="I_EX, I_EXEAST, I_EXDIR or I_EXREGION:USA."
        ) from error
    if scenario.removes == "nothing":
        raise ExportRefused(
            f"Scenario {code} leaves nothing out: there is no part of exports to write.",
            remedy="Choose I_EX. Whole inventories: `tradeplume simulate --until emissions`.",
        )
    return scenario


def _write_csv(path: Path, cells: Array, grid: Grid) -> str:
    """One row a cell, pollutant and group with an emission. cells: t, (pollutants, groups, ny, nx)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CSV_COLUMNS)
        for pollutant, group, row, column in zip(*np.nonzero(cells), strict=True):
            place = (float(grid.longitude[column]), float(grid.latitude[row]))
            amount = float(cells[pollutant, group, row, column])
            writer.writerow((*place, POLLUTANTS[pollutant], EMISSION_GROUPS[group], amount))
    return path.name


def _write_netcdf(
    folder: Path, inventory: Inventory, cells: Array, grid: Grid, target: Format, title: str
) -> tuple[str, ...]:
    """One file a pollutant with the months of each group of sources; for WRF-Chem with a namelist beside."""
    is_wrf = target is Format.wrf_chem
    area = grid.area_m2()
    written: dict[str, tuple[str, ...]] = {}
    files = []
    for source in SOURCES:
        tonnes = cells[POLLUTANTS.index(source.pollutant)]
        by_group = group_fluxes(source, tonnes, area, inventory.month_shares, inventory.year)
        if not by_group:
            continue
        for group, flux in by_group.items():
            wanted_kg = 1000 * source.kg_per_kg * tonnes[EMISSION_GROUPS.index(group)].sum()
            mass_kg = month_mass_kg(flux, area, inventory.year).sum()
            _demand_kept(mass_kg / 1000, wanted_kg / 1000, f"{source.name}, {group}, twelve months")
        name = WRF_NAMES[source.name] if is_wrf else source.name
        path = folder / (f"tradeplume_{name}_{inventory.year}.nc" if is_wrf else f"{name}.nc")
        fluxes = {
            group if is_wrf else variable_name(source, group): flux
            for group, flux in by_group.items()
        }
        standard = _STANDARD_NAMES.get(source.name)
        extra = {"cell_methods": "time: mean"} | ({"standard_name": standard} if standard else {})
        write_fluxes(
            path,
            grid.longitude,
            grid.latitude,
            inventory.year,
            fluxes,
            {
                "Conventions": "CF-1.8 COARDS",
                "title": f"{source.pollutant}: {title}",
                "institution": "tradeplume",
                "source": f"edition {inventory.edition}, {inventory.year}",
                "comment": _species_note(source.name),
            },
            variables=dict.fromkeys(fluxes, extra),
            repeats_last=is_wrf,
        )
        files.append(path.name)
        written[name] = tuple(by_group)
    if is_wrf:
        path = folder / "anthro_emis.inp"
        path.write_text(namelist(written, inventory.year), encoding="utf-8")
        files.append(path.name)
    return tuple(files)


def _species_note(name: str) -> str:
    notes = {
        "NO": "mass of NO; the warehouse counts NOx as NO2",
        "BC": "mass of carbon",
        "OC": "mass of carbon",
        "DST1": "primary PM2.5 other than BC and OC",
    }
    return notes.get(name, f"mass of {name}")


def _demand_kept(found_t: float, wanted_t: float, what: str) -> None:
    if abs(found_t - wanted_t) > CLOSURE * max(wanted_t, 1.0):
        raise MassLost(
            f"{what}: {found_t:,.3f} t would be written, the warehouse has {wanted_t:,.3f} t.",
            remedy="Emissions lie outside the grid: choose --grid nested.",
        )

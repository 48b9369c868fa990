"""Emissions of every scenario as HEMCO files, with a manifest of what must arrive in the model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.engine import (
    BASE,
    EMISSION_GROUPS,
    I_EXEAST,
    POLLUTANTS,
    EngineError,
    Regions,
    Scenario,
    scenario_of,
)
from compute.atmosphere.geoschem.fluxes import month_mass_kg
from compute.atmosphere.geoschem.masks import NESTED_DOMAIN, check_box, china_mask, mask_box
from compute.atmosphere.geoschem.regrid import boundary_grid, cell_area_m2, emission_grid, move_mass
from compute.atmosphere.geoschem.species import SOURCES, variable_name
from compute.atmosphere.grid import EARTH_RADIUS_M, Grid
from compute.atmosphere.gridding import Gridding
from geoschem.group_fluxes import group_fluxes
from geoschem.layout import Campaign, read_json, slug, write_json
from geoschem.netcdf import write_fluxes, write_mask
from steps.atmosphere_inputs import Land, read_gridding, read_land, read_regions
from warehouse.errors import EditionError, UserFacingError
from warehouse.tables import Tables

Array = NDArray[np.float64]
CLOSURE = 1e-9
WRITER = 1  # raised when files are written otherwise
MANIFEST = "manifest.json"
NESTED_MASK, BOUNDARY_MASK = "mask_nested.nc", "mask_boundary.nc"


class MassLost(UserFacingError):
    """Emissions that would be written are not those of the warehouse."""

    exit_code = 4


@dataclass(frozen=True)
class Inventory:
    """All emissions and gridding of an edition-year. base: t, (pollutants, groups, provinces)."""

    edition: str
    year: int
    land: Land
    gridding: Gridding
    base: Array
    month_shares: Mapping[str, Array]


@dataclass(frozen=True)
class Refused:
    """A scenario that the edition cannot answer, and why."""

    scenario: str
    reason: str
    remedy: str


def read_inventory(con: duckdb.DuckDBPyConnection, edition: str, year: int) -> Inventory:
    """Read what all scenarios share from a working file of a concentration edition.

    Raises EditionError when the tables of the atmosphere are not there.
    """
    needed = ("int_atmosphere__emission", "int_atmosphere__export_emission")
    there = {
        str(name)
        for (name,) in con.execute(
            "select table_name from information_schema.tables where table_schema = 'intermediate'"
        ).fetchall()
    }
    if not set(needed) <= there:
        raise EditionError(
            f"Edition {edition} has no emissions by source group.",
            remedy="Choose an edition with concentrations (open-2017, or your own one of "
            "`kind: concentration`), and compute it whole first: `tradeplume run --edition ...`.",
        )
    tables = Tables(con)
    land = read_land(tables, year)
    tonnes = _tonnes(
        con.execute(
            "select pollutant, emission_group, province, emission_t"
            " from intermediate.int_atmosphere__emission"
        ).fetchall(),
        land.provinces,
    )
    shares = {group: np.zeros(12) for group in EMISSION_GROUPS}
    for group, month, share in con.execute(
        "select emission_group, month, share from seeds.emission_month_share"
    ).fetchall():
        shares[group][month - 1] = share
    return Inventory(
        edition,
        year,
        land,
        read_gridding(tables, land, year),
        tonnes,
        {group: share / share.sum() for group, share in shares.items()},
    )


def export_part(con: duckdb.DuckDBPyConnection, inventory: Inventory, scenario: Scenario) -> Array:
    """What a scenario leaves out: t, (pollutants, groups, provinces).

    Raises EditionError naming what the edition lacks: its exporters, or the foreign region.
    """
    regions = read_regions(Tables(con))
    chains = con.execute(
        "select distinct producer_province, exporter_province, consumer_region"
        " from intermediate.int_atmosphere__export_emission order by all"
    ).fetchall()
    consumers = sorted({consumer for _, _, consumer in chains})
    if scenario.region in consumers and scenario.region not in regions.world.values():
        regions = replace(regions, world={code: code for code in consumers})
    left_out = [
        (producer, exporter, consumer)
        for producer, exporter, consumer in chains
        if scenario.leaves_out(producer, exporter, consumer, regions)
    ]
    if scenario.removes != "nothing" and not left_out:
        raise _lacking(scenario, inventory.edition, chains, regions)
    con.execute(
        "create or replace temp table left_out (producer_province varchar,"
        " exporter_province varchar, consumer_region varchar)"
    )
    if left_out:
        con.executemany("insert into left_out values (?, ?, ?)", left_out)
    return _tonnes(
        con.execute(
            "select pollutant, emission_group, producer_province, sum(emission_t)"
            " from intermediate.int_atmosphere__export_emission"
            " inner join left_out using (producer_province, exporter_province, consumer_region)"
            " group by all order by all"
        ).fetchall(),
        inventory.land.provinces,
    )


def _lacking(
    scenario: Scenario, edition: str, chains: Sequence[tuple[str, str, str]], regions: Regions
) -> EditionError:
    if scenario.region is not None:
        consumers = {chain[2] for chain in chains} - {regions.home}
        known = sorted({regions.world.get(code, code) for code in consumers})
        return EditionError(
            f"Scenario {scenario.code}: edition {edition} has no exports to {scenario.region!r}.",
            remedy=f"Ask for one of: {', '.join(known)}, or a consumer's code.",
        )
    exporters = sorted({chain[1] for chain in chains})
    coast = regions.coast() if scenario == I_EXEAST else frozenset()
    lacking = sorted(coast - set(exporters))
    detail = f" It lacks {', '.join(lacking)}." if lacking else ""
    return EditionError(
        f"Scenario {scenario.code} ({scenario.removes}) leaves nothing out: edition {edition} has"
        f" no such exporter.{detail}",
        remedy="Leave the scenario out, or add the exporters' provincial tables to the edition.",
    )


def write_scenarios(
    con: duckdb.DuckDBPyConnection,
    inventory: Inventory,
    codes: Sequence[str],
    campaign: Campaign,
    grid_name: str = "nested",
) -> tuple[list[str], list[Refused]]:
    """Write the files of every scenario that the edition can answer.

    Returns the codes written and those refused.  Raises MassLost when the warehouse's totals are not met.
    """
    grid = emission_grid(grid_name)
    _write_masks(inventory, campaign, grid)
    written, refused = [], []
    for code in codes:
        try:
            scenario = scenario_of(code)
            part = export_part(con, inventory, scenario)
        except (EngineError, EditionError) as error:
            remedy = error.remedy if isinstance(error, EditionError) else "Correct its name."
            text = error.message if isinstance(error, EditionError) else str(error)
            refused.append(Refused(code, text, remedy))
            continue
        check_against_marts(con, scenario, inventory, part)
        folder = campaign.emission_folder(code)
        inputs = _inputs(inventory, scenario, part, grid_name)
        if (read_json(folder / MANIFEST) or {}).get("inputs") != inputs:
            _write_one(inventory, scenario, part, grid, grid_name, folder, inputs)
        written.append(code)
    return written, refused


def _write_one(
    inventory: Inventory,
    scenario: Scenario,
    part: Array,
    grid: Grid,
    grid_name: str,
    folder: Path,
    inputs: str,
) -> None:
    (folder / MANIFEST).unlink(missing_ok=True)
    tonnes = inventory.base - part
    short = tonnes < 0
    if (tonnes < -CLOSURE * np.maximum(inventory.base, 1.0)).any():
        worst = float(tonnes.min())
        raise MassLost(
            f"Scenario {scenario.code} would leave out {-worst:,.3f} t more than is emitted.",
            remedy="The export-related emissions exceed the inventory: run the edition's checks.",
        )
    clipped_t = -float(tonnes[short].sum())
    cells = on_grid(inventory.gridding.place(np.maximum(tonnes, 0.0)).tonnes, grid)
    area = grid.area_m2()
    files: dict[str, Any] = {}
    for source in SOURCES:
        row = POLLUTANTS.index(source.pollutant)
        by_group = group_fluxes(source, cells[row], area, inventory.month_shares, inventory.year)
        fluxes = {variable_name(source, group): flux for group, flux in by_group.items()}
        masses = {
            name: month_mass_kg(flux, area, inventory.year).tolist()
            for name, flux in fluxes.items()
        }
        if not fluxes:
            continue
        path = folder / f"{source.name}.nc"
        write_fluxes(
            path,
            grid.longitude,
            grid.latitude,
            inventory.year,
            fluxes,
            {
                "title": f"{source.pollutant} of scenario {scenario.code}",
                "history": f"tradeplume, edition {inventory.edition}, {inventory.year}",
            },
        )
        files[path.name] = {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "kg_by_month": masses,
        }
    for stray in set(folder.glob("*.nc")) - {folder / name for name in files}:
        stray.unlink()
    write_json(
        folder / MANIFEST,
        {
            "scenario": scenario.code,
            "removes": scenario.removes,
            "edition": inventory.edition,
            "year": inventory.year,
            "grid": grid_name,
            "earth_radius_m": EARTH_RADIUS_M,
            "units": "kg/m2/s",
            "files": files,
            "warehouse_t": _by_pollutant(np.maximum(tonnes, 0.0)),
            "left_out_t": _by_pollutant(part),
            "clipped_t": clipped_t,
            "inputs": inputs,
        },
    )


def _inputs(inventory: Inventory, scenario: Scenario, part: Array, grid_name: str) -> str:
    """A checksum of all that a scenario's files are made from: the same need not be written again."""
    digest = hashlib.sha256(
        f"{WRITER} {inventory.edition} {inventory.year} {scenario} {grid_name}".encode()
    )
    for array in (inventory.base, part, *(inventory.month_shares[one] for one in EMISSION_GROUPS)):
        digest.update(np.ascontiguousarray(array).tobytes())
    gridding = inventory.gridding
    usual = [gridding.weights[group] for group in EMISSION_GROUPS]
    for weights in (*usual, *gridding.published.values()):
        for stored in (weights.data, weights.indices, weights.indptr):
            digest.update(np.ascontiguousarray(stored).tobytes())
    return digest.hexdigest()


def _write_masks(inventory: Inventory, campaign: Campaign, grid: Grid) -> None:
    """Masks on the two grids of the model, so that HEMCO has nothing to regrid."""
    nested = inventory.land.grid
    share = (inventory.land.area_km2.sum(axis=1) * 1e6).reshape(nested.shape)
    emission = on_grid(inventory.gridding.place(inventory.base).tonnes, grid).sum(axis=(0, 1))
    edges = (grid.longitude_edges, grid.latitude_edges)
    nested_edges = (nested.longitude_edges, nested.latitude_edges)
    for name, target, title in (
        (NESTED_MASK, nested_edges, "nested grid"),
        (BOUNDARY_MASK, boundary_grid(), "2 x 2.5 degrees"),
    ):
        china = move_mass(share, nested_edges, target) / cell_area_m2(*target)
        ours = move_mass(emission, edges, target)
        mask = china_mask(china, ours)
        box = mask_box(mask, *target)
        if name == NESTED_MASK:
            check_box(box, box)
        longitude, latitude = ((edge[1:] + edge[:-1]) / 2 for edge in target)
        write_mask(
            campaign.emissions / name, longitude, latitude, mask, f"where ours stands, {title}"
        )
        write_json(
            campaign.emissions / f"{Path(name).stem}.json",
            {"box": box.text(), "cells": int(mask.sum()), "domain": NESTED_DOMAIN.text()},
        )


def on_grid(tonnes: Array, grid: Grid) -> Array:
    """(pollutants, groups, nested cells) -> (pollutants, groups, ny, nx) of the grid."""
    nested = emission_grid("nested")
    fields = tonnes.reshape(*tonnes.shape[:2], *nested.shape)
    if grid.shape == nested.shape:
        return fields
    return move_mass(
        fields,
        (nested.longitude_edges, nested.latitude_edges),
        (grid.longitude_edges, grid.latitude_edges),
    )


def check_against_marts(
    con: duckdb.DuckDBPyConnection, scenario: Scenario, inventory: Inventory, part: Array
) -> None:
    """The whole inventory and, for I_EX, all exports, beside the marts that readers see."""
    pairs = {}
    if scenario.code == BASE.code:
        pairs = _by_pollutant(inventory.base)
        query = "select pollutant, sum(emission_t) from marts.fct_emission_inventory"
    elif scenario.removes == "exports":
        pairs = _by_pollutant(part)
        query = (
            "select pollutant, sum(emission_t) from marts.fct_export_emission"
            " where consumer_region not in (select code from marts.dim_region where kind = 'home')"
        )
    if not pairs:
        return
    theirs = dict(con.execute(f"{query} group by pollutant").fetchall())
    for pollutant, ours in pairs.items():
        if abs(ours - theirs.get(pollutant, 0.0)) > CLOSURE * max(ours, 1.0):
            raise MassLost(
                f"Scenario {scenario.code}, {pollutant}: {ours:,.1f} t here, "
                f"{theirs.get(pollutant, 0.0):,.1f} t in the marts.",
                remedy="Run the edition again: the working file is between two states.",
            )


def _by_pollutant(tonnes: Array) -> dict[str, float]:
    return {name: float(tonnes[row].sum()) for row, name in enumerate(POLLUTANTS)}


def _tonnes(rows: Sequence[tuple[Any, ...]], provinces: Sequence[str]) -> Array:
    result = np.zeros((len(POLLUTANTS), len(EMISSION_GROUPS), len(provinces)))
    for pollutant, group, province, tonnes in rows:
        place = (
            POLLUTANTS.index(pollutant),
            EMISSION_GROUPS.index(group),
            provinces.index(province),
        )
        result[place] += tonnes
    return result


def folder_names(codes: Sequence[str]) -> dict[str, str]:
    """Folder name to scenario code. Raises EditionError when two codes share a folder."""
    names = {slug(code): code for code in codes}
    if len(names) != len(set(codes)):
        raise EditionError(
            f"Two of the scenarios {', '.join(codes)} would share a folder.",
            remedy="Ask for them in two calls with different homes.",
        )
    return names

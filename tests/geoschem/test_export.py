"""`tradeplume export`: mass that closes, units and axes that other programs read, refusals that say why."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import netCDF4
import numpy as np
import pytest

from compute.atmosphere.geoschem.fluxes import month_seconds
from compute.atmosphere.geoschem.regrid import emission_grid
from compute.atmosphere.geoschem.species import NO_PER_NO2
from geoschem.export import ExportRefused, export_emissions
from geoschem.export_request import ExportRequest
from geoschem.linter import lint
from tests.geoschem.world import EDITION, YEAR
from warehouse.errors import EditionError
from warehouse.home import Home

EDITION_LIKE: Any = SimpleNamespace(name=EDITION, label=EDITION, year=YEAR, home_region="CHN")
# Foreign consumption alone: 2 provinces, each 15 + 15 + 5 + 5 thousand tonnes for the two consumers.
DRIVEN_T = 2 * 40e3


def request(folder: Path, target: str, **more: Any) -> ExportRequest:
    return ExportRequest.model_validate(
        {"target": target, "out": folder, "edition": EDITION, **more}
    )


def mass_kg(path: Path) -> float:
    """The mass of twelve months of all variables of a file."""
    area = emission_grid("nested").area_m2()
    with netCDF4.Dataset(path) as file:
        fluxes = [v for name, v in file.variables.items() if name not in ("time", "lat", "lon")]
        assert all(v.units == "kg/m2/s" and v.cell_methods == "time: mean" for v in fluxes)
        return sum(
            float((np.einsum("mij,ij->m", v[:12].astype(float), area) * month_seconds(YEAR)).sum())
            for v in fluxes
        )


def test_hemco_reads_the_files_and_the_mass_is_the_warehouses(world_home: Home) -> None:
    folder = world_home.root / "hemco"
    written = export_emissions(EDITION_LIKE, world_home, request(folder, "geos-chem"))
    assert written.tonnes["SO2"] == pytest.approx(DRIVEN_T)
    assert {path.name for path in written.files} == {
        "NO.nc", "SO2.nc", "CO.nc", "NH3.nc", "BC.nc", "OC.nc", "DST1.nc",
    }  # fmt: skip
    assert mass_kg(folder / "SO2.nc") == pytest.approx(1000 * DRIVEN_T, rel=1e-6)
    assert mass_kg(folder / "NO.nc") == pytest.approx(1000 * DRIVEN_T * NO_PER_NO2, rel=1e-6)
    assert [each for each in lint(folder).findings if each.is_error] == []
    with netCDF4.Dataset(folder / "SO2.nc") as file:
        assert file.Conventions == "CF-1.8 COARDS"
        assert file["SO2_industry"].standard_name.endswith("sulfur_dioxide_due_to_emission")
        assert file["SO2_industry"].shape[0] == 12


def test_wrf_chem_gets_a_file_a_species_and_the_namelist(world_home: Home) -> None:
    folder = world_home.root / "wrf"
    asked = request(folder, "wrf-chem", scenario="I_EXREGION:USA")
    written = export_emissions(EDITION_LIKE, world_home, asked)
    # Half of the exports go to the one consumer.
    assert mass_kg(folder / f"tradeplume_PM25_{YEAR}.nc") == pytest.approx(500 * DRIVEN_T, rel=1e-6)
    with netCDF4.Dataset(folder / f"tradeplume_CO_{YEAR}.nc") as file:
        assert set(file.variables) == {"time", "lat", "lon", "industry"}
        assert file["industry"].dimensions == ("time", "lat", "lon")
        assert (file["time"].size, float(file["time"][-1])) == (13, 365.0)
        assert np.array_equal(file["industry"][12], file["industry"][11])
    text = (folder / "anthro_emis.inp").read_text()
    assert "src_names = 'NO(30)', 'SO2(64)', 'CO(28)', 'NH3(17)', 'BC', 'OC', 'PM25'" in text
    assert "'CO->CO(industry)'" in text
    assert "'ECJ(a)->0.8*BC(industry)'" in text
    assert written.files[-1].name == "anthro_emis.inp"


def test_a_csv_has_a_row_a_cell_and_sums_to_the_warehouse(world_home: Home) -> None:
    folder = world_home.root / "cells"
    export_emissions(EDITION_LIKE, world_home, request(folder, "csv"))
    with (folder / "emissions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    so2 = [float(row["emission_t"]) for row in rows if row["pollutant"] == "SO2"]
    assert sum(so2) == pytest.approx(DRIVEN_T, rel=1e-9)
    assert {row["emission_group"] for row in rows} == {"industry"}


def test_what_cannot_be_written_is_refused_and_leaves_nothing(world_home: Home) -> None:
    folder = world_home.root / "out"
    for scenario, error, says in (
        ("Base", ExportRefused, "leaves nothing out"),
        ("I_NOTHING", EditionError, "I_NOTHING"),
        ("I_EXREGION:Atlantis", EditionError, "Atlantis"),
    ):
        with pytest.raises(error, match=says):
            export_emissions(EDITION_LIKE, world_home, request(folder, "csv", scenario=scenario))
    assert not folder.exists()
    (world_home.root / "taken").mkdir()
    (world_home.root / "taken" / "file").touch()
    with pytest.raises(ExportRefused, match="not an empty folder"):
        export_emissions(EDITION_LIKE, world_home, request(world_home.root / "taken", "csv"))
    nowhere = SimpleNamespace(name="nowhere", label="nowhere", year=YEAR)
    with pytest.raises(ExportRefused, match="has not been computed"):
        export_emissions(nowhere, world_home, request(folder, "csv"))

"""Our files in the real GEOS-Chem and HEMCO; skipped where the environment names none.

$GC_ROOT: source folder of GCClassic with build/bin/gcclassic (or $GC_EXECUTABLE).  $GC_HOME: a home folder
whose .geoschem/config is filled in (default: your own).  $HEMCO_STANDALONE: the program.
$TRADEPLUME_GC_EMISSIONS: emissions of a real campaign (its folder `emissions`); else those of a made-up China.

    GC_ROOT=... HEMCO_STANDALONE=... pytest -m geoschem
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from compute.atmosphere.geoschem.fluxes import month_seconds
from compute.atmosphere.geoschem.schedule import Plan, Segment, build_schedule
from geoschem.dryrun import dry_run
from geoschem.emissions import MANIFEST, read_inventory, write_scenarios
from geoschem.hemco_check import (
    MODEL_FACTORS,
    compare,
    demand_arrived,
    manifest_kg,
    run_standalone,
)
from geoschem.hemco_config import manifest_of
from geoschem.layout import Campaign, slug
from geoschem.lint_config import lint_config
from geoschem.model import Model, open_model
from geoschem.rundir import RunOptions, make_run_directory
from tests.geoschem.world import EDITION, YEAR
from warehouse.database import connect

pytestmark = [pytest.mark.geoschem, pytest.mark.heavy, pytest.mark.timeout(3600)]
TABLE_1 = ("Base", "I_EX", "I_EXEAST", "I_EXDIR", "I_EXREGION:USA")
JANUARY = build_schedule([slug(code) for code in TABLE_1], Plan(2017, (1,)))


def named(variable: str) -> Path:
    """A path from the environment, or a skip that says what is missing."""
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"${variable} does not point to a real model")
    return Path(value)


@pytest.fixture(scope="module")
def emitted(world_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Emissions of all runs of Table 1."""
    campaign = Campaign(tmp_path_factory.mktemp("real"))
    given = os.environ.get("TRADEPLUME_GC_EMISSIONS")
    if given:
        shutil.copytree(given, campaign.emissions)
        return campaign
    with connect(world_file, read_only=True) as con:
        inventory = read_inventory(con, EDITION, YEAR)
        _, refused = write_scenarios(con, inventory, TABLE_1, campaign)
    assert not refused
    return campaign


@pytest.fixture(scope="module")
def arrived(
    emitted: Campaign, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, np.ndarray]]:
    """Fluxes of January in HEMCO, by scenario."""
    program = named("HEMCO_STANDALONE")
    box = json.loads((emitted.emissions / "mask_nested.json").read_text())["box"]
    return {
        code: run_standalone(
            program,
            emitted.emission_folder(code),
            emitted.emissions / "mask_nested.nc",
            box,
            tmp_path_factory.mktemp(slug(code)),
        )
        for code in TABLE_1
    }


@pytest.mark.parametrize("code", TABLE_1)
def test_species_arrive_as_the_manifest_says(
    emitted: Campaign, arrived: dict[str, dict[str, np.ndarray]], code: str
) -> None:
    manifest = manifest_of(emitted.emission_folder(code))
    year = int(str(manifest["year"]))
    found = compare(arrived[code], manifest_kg(manifest, 1, MODEL_FACTORS), year, 1)
    assert len(found) == 11
    demand_arrived(found, code, 1e-5)


@pytest.mark.parametrize("code", TABLE_1[1:])
def test_zero_out_runs_differ_by_the_export_part(
    emitted: Campaign, arrived: dict[str, dict[str, np.ndarray]], code: str
) -> None:
    """In every species, and cell by cell what our files differ by."""
    base, scenario = (manifest_of(emitted.emission_folder(one)) for one in ("Base", code))
    year = int(str(base["year"]))
    seconds = month_seconds(year)[0]
    sent = manifest_kg(base, 1, MODEL_FACTORS)
    kept = manifest_kg(scenario, 1, MODEL_FACTORS)
    area = arrived["Base"]["AREA"]
    for species in sent:
        difference = arrived["Base"][species] - arrived[code][species]
        mass = float((difference * area).sum()) * seconds
        assert mass == pytest.approx(sent[species] - kept[species], rel=1e-5), species
    files = [emitted.emission_folder(one) / "SO2.nc" for one in ("Base", code)]
    fields = []
    for path in files:
        with netCDF4.Dataset(path) as file:
            names = [name for name in file.variables if name.startswith("SO2_")]
            fields.append(sum(np.asarray(file[name][0], dtype=np.float64) for name in names))
    difference = arrived["Base"]["SO2"] - arrived[code]["SO2"]
    assert np.allclose(difference, fields[0] - fields[1], atol=1e-6 * fields[0].max(), rtol=0)


def test_ours_overlays_the_default_inside_china_only(
    emitted: Campaign, arrived: dict[str, dict[str, np.ndarray]], tmp_path: Path
) -> None:
    """A made-up default of 1e-12 kg/m2/s everywhere: ours inside the mask, the default outside."""
    program = named("HEMCO_STANDALONE")
    default = tmp_path / "run" / "default.nc"
    default.parent.mkdir()
    level = 1e-12
    _write_default(default, level)
    mask = emitted.emissions / "mask_nested.nc"
    box = json.loads((emitted.emissions / "mask_nested.json").read_text())["box"]
    lines = ["0 DEFAULT_SO2 ./default.nc SO2 2007/1-12/1/0 C xy kg/m2/s SO2 - 1 5"]
    found = run_standalone(
        program, emitted.emission_folder("Base"), mask, box, tmp_path / "run", default_lines=lines
    )
    with netCDF4.Dataset(mask) as file:
        inside = np.asarray(file["MASK"][0]) > 0
    area = found["AREA"]
    outside_kg = (found["SO2"] * area)[~inside].sum()
    assert outside_kg == pytest.approx(level * area[~inside].sum(), rel=1e-5)
    inside_kg = (found["SO2"] * area)[inside].sum()
    assert inside_kg == pytest.approx((arrived["Base"]["SO2"] * area).sum(), rel=1e-5)
    # The box of the model's own mask of China would delete the default everywhere.
    wrong = run_standalone(
        program,
        emitted.emission_folder("Base"),
        mask,
        "70/10/150/60",
        tmp_path / "run",
        default_lines=lines,
    )
    assert (wrong["SO2"] * area)[~inside].sum() == pytest.approx(0, abs=1e-6 * outside_kg)


def _write_default(path: Path, level: float) -> None:
    from compute.atmosphere.grid import nested_grid
    from geoschem.netcdf import write_fluxes

    grid = nested_grid()
    field = np.full((12, *grid.shape), level)
    write_fluxes(path, grid.longitude, grid.latitude, 2007, {"SO2": field}, {"title": "made up"})


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The real installation, with run directories by its own createRunDir.sh."""
    root = named("GC_ROOT")
    executable = os.environ.get("GC_EXECUTABLE")
    environment = {**os.environ, "HOME": os.environ.get("GC_HOME", os.environ.get("HOME", "/"))}
    return open_model(
        root,
        tmp_path_factory.mktemp("templates"),
        executable=Path(executable) if executable else None,
        environment=environment,
    )


@pytest.mark.parametrize("segment", JANUARY, ids=lambda segment: segment.key)
def test_the_dry_run_accepts_every_run_directory(
    emitted: Campaign, model: Model, segment: Segment
) -> None:
    code = {slug(one): one for one in TABLE_1}[segment.scenario]
    options = RunOptions(named("GC_ROOT") / "no-input-data")
    folder = make_run_directory(segment, code, emitted, model, options)
    assert not [finding for finding in lint_config(folder / "HEMCO_Config.rc") if finding.is_error]
    found = dry_run(folder)
    assert found.version == model.version
    assert found.ours_missing == ()
    assert all("Tradeplume" not in path for path in found.missing)
    # What is to come is what earlier segments leave: a restart file, and boundary files day by day.
    days = segment.days + 1 if segment.kind == "nested" else 0
    boundary = [path for path in found.to_come if "BoundaryConditions" in path]
    assert len(boundary) == days


def test_the_manifest_lists_what_lies_there(emitted: Campaign) -> None:
    for code in TABLE_1:
        folder = emitted.emission_folder(code)
        manifest = json.loads((folder / MANIFEST).read_text())
        assert {path.name for path in folder.glob("*.nc")} == set(manifest["files"])

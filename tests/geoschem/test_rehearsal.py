"""A whole campaign without the model: a fake program stands in (tests/geoschem/fake_gcclassic.py)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import polars as pl
import pytest

from compute.atmosphere.geoschem.schedule import Plan, build_schedule
from geoschem.dryrun import DryRunRefused
from geoschem.layout import Campaign, read_json, write_json
from geoschem.request import Phase, SimulateRequest
from geoschem.results import load_results, read_campaign, results_folder
from geoschem.runner import CampaignFailed
from geoschem.simulate import ScenariosRefused, simulate
from steps.atmosphere_inputs import read_land
from tests.geoschem.conftest import EDITION_LIKE
from tests.geoschem.world import EDITION, YEAR
from warehouse.errors import EditionError, HomeLocked, HomeUnusable, InputError
from warehouse.home import Home
from warehouse.locks import hold
from warehouse.tables import Tables

pytestmark = pytest.mark.slow


def campaign_in(home: Home) -> Campaign:
    return Campaign(home.root / "simulations" / f"{EDITION}-{YEAR}" / "geoschem-2017")


def test_from_emissions_to_the_tables_of_the_marts(complete_home: Home) -> None:
    said = (complete_home.root / "said.txt").read_text().splitlines()
    assert said[-1].startswith("read Base, I_EX:")
    campaign = campaign_in(complete_home)
    wanted = campaign.downloads.read_text().splitlines()
    assert wanted == ["HEMCO/CEDS/SO2_2017.nc"]
    assert any("estimate: writes up to" in line for line in said)

    # What is export-related comes back as emitted: the fake is linear, so that can be known.
    cells = pl.read_parquet(campaign.results / "pm25_cell.parquet")
    sulfate = {
        code: cells.filter((pl.col("scenario") == code) & (pl.col("component") == "sulfate"))
        for code in ("Base", "I_EX")
    }
    both = sulfate["Base"].join(sulfate["I_EX"], on=["longitude", "latitude"])
    share = 1 - both["pm25_ug_m3_right"].sum() / both["pm25_ug_m3"].sum()
    manifests = [
        read_json(campaign.emissions / code / "manifest.json") for code in ("Base", "I_EX")
    ]
    january = [
        sum(months[0] for months in one["files"]["SO2.nc"]["kg_by_month"].values())
        for one in manifests
    ]
    assert share == pytest.approx(1 - january[1] / january[0], rel=0.03)
    assert set(cells["engine"]) == {"geoschem"}

    folder = results_folder(campaign.root.parent)
    with duckdb.connect(str(complete_home.working_file(EDITION, YEAR).path)) as con:
        for _ in range(2):  # loading again replaces what was there
            rows, notes = load_results(Tables(con), {}, folder)
            assert (rows > 1000, notes) == (True, [])
        engines = con.execute(
            "select engine, count(*) from computed.simulated_pm25_province group by all order by all"
        ).fetchall()
        # 2 scenarios, year and January, 2 provinces and CHN, 2 weightings, 8 components
        assert engines == [("geoschem", 2 * 2 * 3 * 2 * 8)]
        # As the marts want them: fct_provenance leaves no cell empty.
        columns = [
            name for name, *_ in con.execute("describe computed.simulation_provenance").fetchall()
        ]
        empty = " + ".join(f"count(*) filter ({name} is null)" for name in columns)
        assert con.execute(f"select {empty} from computed.simulation_provenance").fetchall() == [
            (0,)
        ]
        provenance = con.execute(
            "select reader, original_sha256 from computed.simulation_provenance where role = 'simulation'"
        ).fetchall()
    assert [reader for reader, _ in provenance] == ["geoschem 14.0.1"] * 2
    assert len({digest for _, digest in provenance}) == 2


def test_nothing_is_run_twice_though_the_home_has_moved(
    complete_home: Home, asked: SimulateRequest
) -> None:
    runs = campaign_in(complete_home).runs
    before = {path: path.stat().st_mtime_ns for path in runs.rglob("done.json")}
    assert len(before) == 2 * 5
    said: list[str] = []
    simulate(EDITION_LIKE, complete_home, asked, said.append)
    assert {path: path.stat().st_mtime_ns for path in runs.rglob("done.json")} == before
    assert any("0 made now" in line for line in said)


def test_a_crash_is_told_and_costs_no_other_scenario(
    complete_home: Home, asked: SimulateRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = campaign_in(complete_home).runs
    last = "nested/20170101-20170201/done.json"
    for done in [*(runs / "Base").rglob("done.json"), runs / "I_EX" / last]:
        done.unlink()
    monkeypatch.setenv("FAKE_GCCLASSIC", "Base/boundary/20161201:crash")
    with pytest.raises(CampaignFailed) as failure:
        simulate(EDITION_LIKE, complete_home, asked, lambda _: None)
    text = str(failure.value)
    assert "Base/boundary/20161201-20161227 stopped with code 139 at 2016-12-06 00:00" in text
    assert "GEOS-Chem ERROR: Negative concentration of O3 in box 12 7 1" in text
    assert "1 segments failed, 4 wait" in text
    assert not list((runs / "Base").rglob("done.json"))
    assert (runs / "I_EX" / last).exists()
    assert len(list((runs / "I_EX").rglob("done.json"))) == 5
    kept = {path: path.stat().st_mtime_ns for path in runs.rglob("done.json")}

    # The same command goes on from the month that crashed.
    monkeypatch.delenv("FAKE_GCCLASSIC")
    ended = simulate(EDITION_LIKE, complete_home, asked, lambda _: None)
    assert ended.reading is not None
    now = {path: path.stat().st_mtime_ns for path in runs.rglob("done.json")}
    assert {path: now[path] for path in kept} == kept
    assert len(now) == 10


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("silent", "stopped with code 0"),
        ("truncated", "GEOSChem.SpeciesConc.20170101_0000z.nc4 is not whole"),
    ],
)
def test_a_run_that_leaves_too_little_is_no_success(
    complete_home: Home,
    asked: SimulateRequest,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    says: str,
) -> None:
    (campaign_in(complete_home).runs / "I_EX/nested/20170101-20170201/done.json").unlink()
    monkeypatch.setenv("FAKE_GCCLASSIC", f"I_EX/nested/20170101:{what}")
    with pytest.raises(CampaignFailed, match=says):
        simulate(EDITION_LIKE, complete_home, asked.but(scenarios=("I_EX",)), lambda _: None)
    assert not list((campaign_in(complete_home).runs / "I_EX/nested").glob("20170101*/done.json"))


@pytest.mark.parametrize(
    ("what", "says"),
    [("nan", "values that are not finite"), ("units", "other units")],
)
def test_output_that_is_wrong_inside_is_not_read(
    complete_home: Home,
    asked: SimulateRequest,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    says: str,
) -> None:
    monkeypatch.setenv("FAKE_GCCLASSIC", f"Base/nested/20170101:{what}")
    (campaign_in(complete_home).runs / "Base/nested/20170101-20170201/done.json").unlink()
    with pytest.raises(InputError, match=says):
        simulate(EDITION_LIKE, complete_home, asked.but(scenarios=("Base",)), lambda _: None)


def test_a_lost_boundary_file_makes_its_month_run_again(
    complete_home: Home, asked: SimulateRequest
) -> None:
    one = asked.but(scenarios=("Base",))
    runs = campaign_in(complete_home).runs / "Base"
    lost = runs / "boundary/BoundaryConditions/GEOSChem.BoundaryConditions.20170113_0000z.nc4"
    lost.unlink()
    (runs / "nested/20170101-20170201/done.json").unlink()
    said: list[str] = []
    simulate(EDITION_LIKE, complete_home, one, said.append)
    assert lost.exists()
    complete = [line for line in said if line.endswith(": complete")]
    assert complete == [
        "Base/boundary/20170101-20170202: complete",
        "Base/nested/20170101-20170201: complete",
    ]


def test_output_lost_later_is_simulated_again(complete_home: Home, asked: SimulateRequest) -> None:
    one = asked.but(scenarios=("Base",))
    folder = campaign_in(complete_home).runs / "Base/nested/20170101-20170201/OutputDir"
    output = folder / "GEOSChem.SpeciesConc.20170101_0000z.nc4"
    output.write_bytes(output.read_bytes()[:1000])
    said: list[str] = []
    simulate(EDITION_LIKE, complete_home, one, said.append)
    assert [line for line in said if line.endswith(": complete")] == [
        "Base/nested/20170101-20170201: complete"
    ]


def test_a_scenario_the_edition_lacks_stops_no_other(
    complete_home: Home, asked: SimulateRequest
) -> None:
    two = asked.but(scenarios=("Base", "I_EXREGION:Atlantis"))
    with pytest.raises(ScenariosRefused) as refusal:
        simulate(EDITION_LIKE, complete_home, two, lambda _: None)
    assert "no exports to 'Atlantis'" in str(refusal.value)
    assert "USA, Western Europe" in str(refusal.value)
    assert read_json(campaign_in(complete_home).results / "results.json")["scenarios"] == ["Base"]


def test_a_disk_too_small_is_said_before_anything_runs(
    complete_home: Home, asked: SimulateRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = asked.but(scenarios=("Base",), ignore_disk=False)
    runs = campaign_in(complete_home).runs / "Base"
    for done in runs.rglob("done.json"):
        done.unlink()
    monkeypatch.setattr("geoschem.runner.shutil.disk_usage", lambda _: SimpleNamespace(free=1e9))
    with pytest.raises(HomeUnusable, match="1 GB are free"):
        simulate(EDITION_LIKE, complete_home, one, lambda _: None)
    assert not list(runs.rglob("done.json"))


def test_other_emissions_make_run_directories_again(
    complete_home: Home, asked: SimulateRequest
) -> None:
    """With the same emissions none is made again: test_nothing_is_run_twice_though_the_home_has_moved."""
    one = asked.but(scenarios=("Base",), until=Phase.rundirs)
    said: list[str] = []
    with duckdb.connect(str(complete_home.working_file(EDITION, YEAR).path)) as con:
        for table in ("intermediate.int_atmosphere__emission", "marts.fct_emission_inventory"):
            con.execute(f"update {table} set emission_t = 2 * emission_t where pollutant = 'BC'")
    simulate(EDITION_LIKE, complete_home, one, said.append)
    made = [line for line in said if "made now" in line]
    assert ["5 made now" in line for line in made] == [True]


def test_results_of_other_emissions_stay_out_of_the_marts(complete_home: Home) -> None:
    folder = results_folder(campaign_in(complete_home).root.parent)
    with duckdb.connect(str(complete_home.working_file(EDITION, YEAR).path)) as con:
        con.execute("update intermediate.int_atmosphere__emission set emission_t = 2 * emission_t")
        rows, notes = load_results(Tables(con), {}, folder)
        left = con.execute("select count(*) from computed.simulated_pm25_province").fetchall()
    assert rows == 0
    assert "left out" in notes[0]
    assert left == [(0,)]


def test_stations_are_compared_all_and_dense(
    complete_home: Home, asked: SimulateRequest, tmp_path: Path
) -> None:
    rng = np.random.default_rng(5)
    stations = tmp_path / "stations.csv"
    rows = [
        f"{rng.uniform(80, 130):.3f},{rng.uniform(20, 50):.3f},1,{rng.uniform(20, 90):.1f}"
        for _ in range(40)
    ]
    stations.write_text("\n".join(["longitude,latitude,month,pm25_ug_m3", *rows]) + "\n")
    one = asked.but(scenarios=("Base",), stations=stations)
    simulate(EDITION_LIKE, complete_home, one, lambda _: None)
    frame = pl.read_parquet(campaign_in(complete_home).results / "simulation_evaluation.parquet")
    # No cell of the made-up China has 500 residents per km2: dense places are none.
    assert set(frame["observation"]) == {"place"}
    assert set(frame["season"]) == {"year", "January"}
    assert frame["places"].to_list() == [40, 40]


def test_missing_months_leave_a_scenario_out_and_are_named(complete_home: Home) -> None:
    campaign = campaign_in(complete_home)
    plan = Plan(2017, (1,), 1, 5)
    with duckdb.connect(str(complete_home.working_file(EDITION, YEAR).path)) as con:
        land = read_land(Tables(con), YEAR)
    (campaign.runs / "I_EX/nested/20170101-20170201/done.json").unlink()
    segments = build_schedule(("Base", "I_EX"), plan)
    codes = {"Base": "Base", "I_EX": "I_EX"}
    reading = read_campaign(segments, codes, campaign, land, "CHN")
    assert (reading.scenarios, reading.incomplete) == (("Base",), {"I_EX": (1,)})
    (campaign.runs / "Base/nested/20170101-20170201/done.json").unlink()
    with pytest.raises(InputError, match="Base is not complete"):
        read_campaign(segments, codes, campaign, land, "CHN")


def test_two_simulated_years_with_results_are_refused(complete_home: Home) -> None:
    simulations = campaign_in(complete_home).root.parent
    shutil.copytree(simulations / "geoschem-2017/results", simulations / "geoschem-2018/results")
    with pytest.raises(InputError, match="2 simulated years"):
        results_folder(simulations)


def test_a_program_of_another_version_is_refused(
    complete_home: Home, asked: SimulateRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GCCLASSIC_VERSION", "14.4.0")
    (campaign_in(complete_home).runs / "Base/nested/20170101-20170201/done.json").unlink()
    with pytest.raises(DryRunRefused, match=r"is of GEOS-Chem 14.0.1, the program is 14.4.0"):
        simulate(EDITION_LIKE, complete_home, asked.but(scenarios=("Base",)), lambda _: None)


def test_an_error_of_the_dry_run_stops_before_anything_runs(
    complete_home: Home, asked: SimulateRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GCCLASSIC_DRYRUN", "error")
    done = campaign_in(complete_home).runs / "Base/nested/20170101-20170201/done.json"
    done.unlink()
    with pytest.raises(DryRunRefused, match="Error parsing geoschem_config"):
        simulate(EDITION_LIKE, complete_home, asked.but(scenarios=("Base",)), lambda _: None)
    assert not done.exists()


def test_jobs_of_a_cluster_that_still_run_are_left_alone(
    complete_home: Home, asked: SimulateRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = campaign_in(complete_home)
    write_json(campaign.root / "jobs.json", {"nested/20161227-20170101": "7", "another": "8"})
    done = campaign.runs / "Base/nested/20170101-20170201/done.json"
    done.unlink()
    squeue = tmp_path / "squeue"
    squeue.write_text("#!/bin/sh\necho 8\n")
    squeue.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    said: list[str] = []
    assert simulate(EDITION_LIKE, complete_home, asked, said.append).jobs == 1
    assert said[0] == "1 jobs are still in the queue: 8"
    assert not done.exists()


def test_one_process_simulates_at_a_time(complete_home: Home, asked: SimulateRequest) -> None:
    purpose = "The simulation of made-up in the weather of 2017 is in use by process"
    with (
        hold(campaign_in(complete_home).lock, "test"),
        pytest.raises(HomeLocked, match=purpose),
    ):
        simulate(EDITION_LIKE, complete_home, asked, lambda _: None)
    working = complete_home.working_file(EDITION, YEAR)
    with hold(working.lock, "test"), pytest.raises(HomeLocked, match="made-up-2007 is in use"):
        simulate(EDITION_LIKE, complete_home, asked, lambda _: None)


@pytest.mark.parametrize("lacks", ["gc_root", "data_root"])
def test_a_model_that_is_not_named_is_asked_for_before_anything_is_written(
    world_home: Home, asked: SimulateRequest, lacks: str
) -> None:
    given = asked.but(**{lacks: None})
    option = f"--{lacks.replace('_', '-')}"
    with pytest.raises(EditionError, match=rf"Give {option} \([^)]*\), for a deployment"):
        simulate(EDITION_LIKE, world_home, given, lambda _: None)
    assert not campaign_in(world_home).root.exists()

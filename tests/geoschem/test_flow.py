"""The Prefect flow does what the command does; the fake program (fake_gcclassic.py) stands in for the model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cli.main import main
from geoschem.request import SimulateRequest
from geoschem.simulate import Simulated
from tests.geoschem.test_rehearsal import campaign_in
from tests.geoschem.world import EDITION, write_edition
from warehouse.home import Home

pytestmark = pytest.mark.heavy
START_SECONDS = 300


@pytest.fixture(scope="module")
def flow() -> Iterator[Callable[..., Any]]:
    """The flow, with Prefect's own test server on loopback."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=START_SECONDS):
        from service.scheduled_simulation import simulate as flow

        yield flow


def parameters(home: Home, installation: Path) -> dict[str, Any]:
    """As a deployment has them: JSON."""
    request = {
        "edition": EDITION,
        "scenarios": ["Base", "I_EX"],
        "sim_year": 2017,
        "months": [1],
        "spinup_months": 1,
        "spinup_days": 5,
        "gc_root": str(installation),
        "data_root": str(installation / "ExtData"),
        "boundary_rundir": str(installation / "rundirs" / "boundary"),
        "nested_rundir": str(installation / "rundirs" / "nested"),
        "ignore_disk": True,
    }
    return {"request": request, "home": str(home.root)}


def command(home: Home, installation: Path) -> list[str]:
    """The same on the command line."""
    given = parameters(home, installation)["request"]
    return [
        "simulate",
        *("--edition", EDITION, "--scenario", "Base,I_EX", "--sim-year", "2017", "--month", "1"),
        *("--spinup-months", "1", "--spinup-days", "5", "--ignore-disk"),
        *("--gc-root", given["gc_root"], "--data-root", given["data_root"]),
        *("--boundary-rundir", given["boundary_rundir"]),
        *("--nested-rundir", given["nested_rundir"], "--home", str(home.root)),
    ]


def finished(home: Home) -> dict[Path, int]:
    runs = campaign_in(home).runs
    return {path.relative_to(runs): path.stat().st_mtime_ns for path in runs.rglob("done.json")}


def results(home: Home) -> tuple[dict[str, pl.DataFrame], Any]:
    folder = campaign_in(home).results
    frames = {path.name: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    return frames, json.loads((folder / "results.json").read_text())


def test_a_crash_fails_the_flow_which_then_goes_on_to_what_the_command_makes(
    flow: Callable[..., Any],
    world_home: Home,
    installation: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    write_edition(world_home)
    beside = Home(tmp_path / "beside")
    shutil.copytree(world_home.root, beside.root)

    monkeypatch.setenv("FAKE_GCCLASSIC", "Base/boundary/20161201:crash")
    state = flow(**parameters(world_home, installation), return_state=True)
    assert state.is_failed()
    assert "Base/boundary/20161201-20161227 stopped with code 139" in state.message
    assert "GEOS-Chem ERROR: Negative concentration of O3 in box 12 7 1" in state.message
    assert "Mend the cause and run the same command again" in state.message
    assert not any("retry_condition_fn" in line for line in caplog.messages)
    kept = finished(world_home)
    assert len(kept) == 5
    assert {path.parts[0] for path in kept} == {"I_EX"}

    monkeypatch.delenv("FAKE_GCCLASSIC")
    caplog.clear()
    state = flow(**parameters(world_home, installation), return_state=True)
    assert state.is_completed(), state.message
    done = state.result()
    assert isinstance(done, Simulated)
    assert done.reading is not None
    assert done.reading.scenarios == ("Base", "I_EX")
    now = finished(world_home)
    assert len(now) == 10
    assert {path: now[path] for path in kept} == kept
    logged = caplog.messages

    main_ends_well(command(beside, installation))
    printed = capsys.readouterr().out.splitlines()
    ours, theirs = results(world_home), results(beside)
    assert list(ours[0]) == list(theirs[0])
    for name, frame in theirs[0].items():
        assert_frame_equal(ours[0][name], frame)
    assert ours[1] == theirs[1]

    # Phase by phase, the log says what the command prints.
    for part in (
        "emissions of Base, I_EX:",
        "linted 16 files: no error",
        "run directories of GEOS-Chem 14.0.1: 10,",
        "estimate: writes up to",
        "dry run of Base/nested/20170101-20170201: accepted, 1 input files missing",
        "Base/nested/20170101-20170201: complete",
        "read Base, I_EX:",
        f"`tradeplume run --edition {EDITION}` puts the results into the marts.",
    ):
        assert any(part in line for line in printed), part
        assert any(part in line for line in logged), part


def test_a_flow_without_a_model_says_what_to_give(
    flow: Callable[..., Any], world_home: Home, installation: Path
) -> None:
    write_edition(world_home)
    given = parameters(world_home, installation)
    given["request"]["gc_root"] = None
    state = flow(**given, return_state=True)
    assert state.is_failed()
    assert "The model is not named." in state.message
    assert "Give --gc-root (source folder of GCClassic), for a deployment" in state.message
    assert "schedules.yml" in state.message
    assert not campaign_in(world_home).emissions.exists()


def test_what_may_pass_by_itself_is_tried_again(
    flow: Callable[..., Any],
    world_home: Home,
    installation: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from service import scheduled_simulation

    tries: list[str] = []

    def unlucky(
        edition: Any, _home: Home, _request: SimulateRequest, _report: Any, **_: Any
    ) -> Simulated:
        tries.append(edition.name)
        if len(tries) < 3:
            raise OSError("the network is away")
        return Simulated(campaign_in(world_home))

    write_edition(world_home)
    at_once = scheduled_simulation.make_campaign.with_options(retry_delay_seconds=0)
    monkeypatch.setattr(scheduled_simulation, "make_campaign", at_once)
    monkeypatch.setattr(scheduled_simulation, "run_simulation", unlucky)
    state = flow(**parameters(world_home, installation), return_state=True)
    assert state.is_completed(), state.message
    assert tries == [EDITION] * 3


def main_ends_well(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0

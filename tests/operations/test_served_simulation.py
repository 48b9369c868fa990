"""`tradeplume serve` and its deployment simulate, with the fake program of tests/geoschem as the model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from homes import make_home
from serving import PATIENCE_SECONDS, environment, listening, tradeplume, wait_for
from serving import served as serving

from service.access import read_access
from service.served import Served, served
from tests.geoschem.world import (
    EDITION,
    YEAR,
    write_edition,
    write_installation,
    write_working_file,
)
from warehouse.home import Home

pytestmark = pytest.mark.slow

DEPLOYMENTS = ["air-quality", "compute", "refresh", "simulate", "watch-landing"]


@pytest.mark.heavy
@pytest.mark.timeout(2 * PATIENCE_SECONDS)
def test_simulate_is_served_and_runs_the_model(tmp_path: Path) -> None:
    home, log = make_home(tmp_path / "home"), tmp_path / "serve.log"
    write_working_file(home.working_file(EDITION, YEAR).path)
    write_edition(home)
    installation = tmp_path / "GCClassic"
    write_installation(installation)
    with serving(home, log) as server:
        wait_for(lambda: sorted(each.name for each in deployed(home)) == DEPLOYMENTS, "them", log)
        assert listening(server) == {"127.0.0.1"}
        (simulation,) = [each for each in deployed(home) if each.name == "simulate"]
        assert simulation.next_start == "by an event or by hand"

        # By itself it cannot know where the model is: it says what to give.
        start(home)
        wait_for(lambda: last_state(home) == "Failed", "the refusal", log)
        shown = tradeplume(home, "status")
        assert "simulate: EditionError: The model is not named." in shown
        assert "What to do: Give --gc-root (source folder of GCClassic) and --data-root" in shown

        start(
            home,
            edition=EDITION,
            scenarios=["Base"],
            months=[1],
            sim_year=2017,
            spinup_months=1,
            spinup_days=5,
            gc_root=str(installation),
            data_root=str(installation / "ExtData"),
            boundary_rundir=str(installation / "rundirs" / "boundary"),
            nested_rundir=str(installation / "rundirs" / "nested"),
            launcher="local",
            ignore_disk=True,
        )
        wait_for(lambda: last_state(home) == "Completed", "the simulation", log)
        (line,) = [line for line in tradeplume(home, "status").splitlines() if " simulate " in line]
        assert "Completed" in line
    campaign = home.root / "simulations" / f"{EDITION}-{YEAR}" / "geoschem-2017"
    assert len(list((campaign / "runs").rglob("done.json"))) == 5
    record = json.loads((campaign / "results" / "results.json").read_text())
    assert (record["scenarios"], record["months"]) == (["Base"], [1])


def deployed(home: Home) -> list[Served]:
    """What the home's server says; nothing while it starts."""
    access = read_access(home, {})
    if access is None:
        return []
    try:
        return served(access)
    except OSError:
        return []


def last_state(home: Home) -> str:
    """How the last run of simulate stands."""
    return {each.name: each.last_state for each in deployed(home)}.get("simulate", "")


def start(home: Home, **request: Any) -> None:
    """As docs/operations.md says."""
    access = read_access(home, {})
    assert access is not None
    command = [sys.executable, "-m", "prefect", "deployment", "run", "tradeplume-simulate/simulate"]
    parameters = ["--params", json.dumps({"request": request})] if request else []
    done = subprocess.run(
        [*command, *parameters],
        env={
            **environment(home),
            "PREFECT_API_URL": access.api,
            "PREFECT_API_AUTH_STRING": access.key,
            "DO_NOT_TRACK": "1",
        },
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

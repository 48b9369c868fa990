"""Where work is done: what a command was asked goes before the environment, and is not left in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from flows.fan_out import RunnerUnusable
from flows.intervals import RUNNER_VARIABLE, runner_of
from flows.places import DASK_VARIABLE, place_runner, places_given
from flows.run import context_of
from steps.draw_settings import Settings
from warehouse.edition import load_edition
from warehouse.home import Home

SCHEDULER = "tcp://127.0.0.1:8786"


def test_what_was_asked_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(RUNNER_VARIABLE, raising=False)
    monkeypatch.delenv(DASK_VARIABLE, raising=False)
    assert place_runner() == "processes"
    monkeypatch.setenv(DASK_VARIABLE, SCHEDULER)
    assert place_runner() == f"dask:{SCHEDULER}"
    monkeypatch.setenv(RUNNER_VARIABLE, "slurm:3")
    assert place_runner() == runner_of(Settings()) == "slurm:3"
    assert place_runner("here") == runner_of(Settings(), "here") == "here"


def test_the_context_hands_it_to_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUNNER_VARIABLE, "slurm:3")
    edition, home = load_edition("air-open", tmp_path), Home(tmp_path)
    spread, _ = places_given(context_of(edition, home, runner="processes:2"))
    assert (spread.keywords["runner"].kind, spread.keywords["runner"].workers) == ("processes", 2)
    spread, _ = places_given(context_of(edition, home))
    assert spread.keywords["runner"].kind == "slurm"
    with pytest.raises(RunnerUnusable, match="no runner 'somewhere'"):
        context_of(edition, home, runner="somewhere")


@pytest.mark.parametrize("command", ["air", "uncertainty"])
def test_a_runner_that_is_none_is_said_before_work_begins(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(RUNNER_VARIABLE, raising=False)
    result = CliRunner().invoke(app, [command, "--on", "somewhere", "--home", str(tmp_path)])
    assert result.exit_code != 0
    assert RUNNER_VARIABLE not in os.environ
    assert not (tmp_path / "work").exists()

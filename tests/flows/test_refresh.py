"""The Prefect flow makes the same steps as the command line; its ephemeral server takes a minute."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from flows.requests import RunRequest
from warehouse.arrivals import look, making_lock, outcome_of
from warehouse.edition import load_edition
from warehouse.errors import GateFailed, HomeUnusable
from warehouse.home import locate
from warehouse.locks import is_held

REPOSITORY = Path(__file__).resolve().parents[2]

FLOW = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import flows.run
from small import small_steps
flows.run.all_steps = small_steps
from service.refresh import refresh
from flows.requests import RunRequest
home = Path(sys.argv[1])
print("made:", refresh(RunRequest(), home))
print("made again:", refresh(RunRequest(), home))
"""


@pytest.mark.heavy
def test_the_flow_makes_the_steps_and_then_none(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "150",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    script = FLOW.format(tests=str(Path(__file__).parent))
    command = [sys.executable, "-c", script, str(tmp_path / "home")]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr
    assert "made: ['load', 'marts', 'gate-marts', 'publish', 'parquet', 'atlas']" in done.stdout
    assert "made again: []" in done.stdout
    assert (tmp_path / "home" / "published" / "tradeplume.duckdb").exists()
    assert '"state": "made"' in (tmp_path / "home" / "watch" / "made-open-2017.json").read_text()


@pytest.mark.parametrize(
    ("error", "state", "may_pass"),
    [
        (None, "made", False),
        (GateFailed("A gate."), "failed", False),
        (HomeUnusable("Full."), "failed", True),
        (RuntimeError("Prefect's server is gone."), "failed", True),
        (KeyboardInterrupt(), None, False),
    ],
)
def test_a_run_that_ends_says_how_and_one_that_is_killed_says_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException | None,
    state: str | None,
    may_pass: bool,
) -> None:
    from service import refresh as module

    def make(*_: object, **__: object) -> list[str]:
        if error is not None:
            raise error
        return ["load"]

    monkeypatch.setattr(module, "_make", make)
    home = locate(tmp_path)
    with pytest.raises(type(error)) if error else nullcontext():
        assert module.refresh.fn(RunRequest(), tmp_path) == ["load"]
    outcome = outcome_of(home, "open-2017")
    if state is None:
        assert outcome is None
        return
    assert outcome is not None
    assert (outcome.state, outcome.may_pass) == (state, may_pass)
    assert outcome.signature == look(load_edition("open-2017", tmp_path), home).signature
    assert not is_held(making_lock(home, "open-2017"))


def test_the_command_line_does_not_import_prefect() -> None:
    modules = "cli.main, cli.status, flows.run, flows.steps, service.watch"
    code = f"import {modules}, sys; sys.exit('prefect' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=REPOSITORY)

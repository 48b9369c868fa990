"""The Prefect flow makes the same steps as the command line; its ephemeral server takes a minute."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

FLOW = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import flows.run
from small import small_steps
flows.run.all_steps = small_steps
from flows.refresh import refresh
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


def test_the_command_line_does_not_import_prefect() -> None:
    for module in ("cli.main", "cli.status", "flows.run", "flows.steps"):
        code = f"import {module}, sys; sys.exit('prefect' in sys.modules)"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=REPOSITORY)

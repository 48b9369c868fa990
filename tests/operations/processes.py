"""The command line with small steps (tests/flows/small.py) in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = REPOSITORY / "tests" / "flows" / "small.py"


def start(
    home: Path, *arguments: str, stdin: int = subprocess.DEVNULL, **environment: str
) -> subprocess.Popen[str]:
    """A command with the small steps; its own process group, so that a kill reaches all of it."""
    return subprocess.Popen(
        [sys.executable, str(SMALL), *arguments],
        env={
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "TRADEPLUME_HOME": str(home),
            **environment,
        },
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str], expect: int = 0) -> str:
    """Its output and errors; it must end with the expected code."""
    output, errors = process.communicate(timeout=180)
    if process.returncode != expect:
        raise AssertionError(f"ended with {process.returncode}: {output}{errors}")
    return output + errors

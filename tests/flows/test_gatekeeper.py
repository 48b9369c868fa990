"""Gates in a process of their own say what they say here, and leave no process behind."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from flows.gatekeeper import gatekeeper, run_here
from warehouse.database import connect, ensure_schemas
from warehouse.errors import HomeLocked

pytestmark = pytest.mark.slow


@pytest.fixture
def working(tmp_path: Path) -> Path:
    """A working file with nothing read: a gate on it fails with many words."""
    path = tmp_path / "mine-2012.duckdb"
    with connect(path) as con:
        ensure_schemas(con)
        con.execute(
            "create table raw.provenance"
            " (role varchar, loaded_rows bigint, licence varchar, vintage_year bigint,"
            " is_bundled boolean)"
        )
    return path


def test_answers_and_errors_are_those_of_this_process(working: Path) -> None:
    with gatekeeper() as gates:
        assert gates("raw", working) == run_here("raw", working)
        holder = subprocess.Popen(
            [
                *(sys.executable, "-c"),
                "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('in', flush=True);"
                " time.sleep(60)",
                str(working),
            ],
            stdout=subprocess.PIPE,
        )
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"in\n"
            with pytest.raises(HomeLocked) as refused:
                gates("raw", working)
        finally:
            holder.kill()
            holder.wait()
        assert refused.value.remedy
        (process,) = multiprocessing.active_children()
        process.kill()
        process.join()
        assert gates("raw", working) == run_here("raw", working), "this process takes its place"
    assert multiprocessing.active_children() == []


def test_a_killed_run_leaves_no_process(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "import os, signal\n"
        "from multiprocessing import active_children\n"
        "from flows.gatekeeper import gatekeeper\n"
        "if __name__ == '__main__':\n"
        "    with gatekeeper():\n"
        "        print(active_children()[0].pid, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    process = int(done.stdout)
    for _ in range(600):
        if not psutil.pid_exists(process) or psutil.Process(process).status() == "zombie":
            break
        time.sleep(0.1)
    else:
        pytest.fail(f"process {process} lives on")

"""Folders for a while: those of killed processes are cleared by the next, those of living ones are not."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

from warehouse.scratch import left_scratch, scratch

KILLED = """
import os, signal, sys
from pathlib import Path
from warehouse.scratch import scratch
with scratch(sys.argv[2], Path(sys.argv[1])) as folder:
    (folder / "draws.npy").write_bytes(b"x" * 1000)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(place: Path, purpose: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(place), purpose], check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_folder_is_the_owners_alone_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch("draws", tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert left_scratch(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_by_the_next_of_its_kind(tmp_path: Path) -> None:
    killed(tmp_path, "draws")
    killed(tmp_path, "pack")
    assert len(left_scratch(tmp_path)) == 2
    with scratch("draws", tmp_path) as first, scratch("draws", tmp_path) as second:
        assert first.exists()  # this process lives
        assert second.exists()
        assert len(left_scratch(tmp_path)) == 1
    (left,) = tmp_path.iterdir()
    assert "-pack-" in left.name


def test_nothing_else_is_taken_for_such_a_folder(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "data").write_text("mine")
    killed(tmp_path, "draws")
    (left,) = left_scratch(tmp_path)
    # A link by that name is not followed, nor is a name without a process a folder of ours.
    link = left.with_name(left.name + "x")
    left.rename(tmp_path / "elsewhere")
    link.symlink_to(victim)
    (tmp_path / ".tradeplume-draws-mine").mkdir()
    with scratch("draws", tmp_path):
        pass
    assert (victim / "data").read_text() == "mine"
    assert (tmp_path / ".tradeplume-draws-mine").exists()
    assert link.readlink() == victim

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.errors import HomeLocked, HomeUnusable
from warehouse.home import locate, prepare
from warehouse.locks import hold, holder_of, is_held


def test_home_is_the_option_then_the_variable_then_var(tmp_path: Path) -> None:
    variable = {"TRADEPLUME_HOME": str(tmp_path / "b")}
    assert locate(tmp_path / "a", variable).root == tmp_path / "a"
    assert locate(None, variable).root == tmp_path / "b"
    assert locate(None, {}).root == Path.cwd() / "var"


def test_working_files_are_found_by_name_and_sorted(tmp_path: Path) -> None:
    home = locate(tmp_path)
    prepare(home, needed_bytes=0)
    for name in ("paper-2017-2017", "open-2007-2007", "open-2007-2006", "no-year", "x-12345"):
        (home.work / f"{name}.duckdb").touch()
    found = [(file.edition, file.year) for file in home.working_files()]
    assert found == [("open-2007", 2006), ("open-2007", 2007), ("paper-2017", 2017)]
    assert home.working_files()[1] == home.working_file("open-2007", 2007)


def test_prepare_makes_the_folders_and_leaves_nothing_else(tmp_path: Path) -> None:
    home = locate(tmp_path / "new" / "home")
    prepare(home, needed_bytes=0)
    assert sorted(path.name for path in home.root.rglob("*")) == [
        "dbt",
        "landing",
        "published",
        "work",
    ]


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(HomeUnusable, match=r"Cannot write to .*home"):
        prepare(locate(tmp_path / "home"))


def test_a_full_disk_is_seen_before_work_begins(tmp_path: Path) -> None:
    with pytest.raises(HomeUnusable, match="nearly full"):
        prepare(locate(tmp_path), needed_bytes=10**18)


def test_a_folder_that_takes_no_bytes_is_refused(tmp_path: Path) -> None:
    script = (
        "import pathlib, resource, sys\n"
        "from warehouse.home import locate, prepare\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "prepare(locate(pathlib.Path(sys.argv[1])), needed_bytes=0)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "HomeUnusable: Cannot write to" in done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0


def test_a_second_process_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    script = (
        "import pathlib, sys\n"
        "from warehouse.locks import hold\n"
        "with hold(pathlib.Path(sys.argv[1]), 'x'):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(lock)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert is_held(lock)
        message = rf"x is in use by process {other.pid} \(-c"
        with pytest.raises(HomeLocked, match=message) as raised, hold(lock, "x"):
            pytest.fail("two processes hold one lock")
        assert f"kill {other.pid}" in raised.value.remedy
        other.kill()
    # The signature of the dead process is still there; the lock is not.
    assert holder_of(lock) is not None
    assert not is_held(lock)
    with hold(lock, "x"):
        holder = holder_of(lock)
        assert holder is not None
        assert holder.pid == os.getpid()
    assert holder_of(lock, patience_seconds=0) is None

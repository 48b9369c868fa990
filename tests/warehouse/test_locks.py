"""Locks that are asked about without being taken, signed by other hosts, and on storage without flock."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from warehouse import locks
from warehouse.errors import HomeLocked
from warehouse.locks import has_flock, hold, holder_of, is_held


def signature(lock: Path) -> Path:
    return lock.with_name(lock.name + ".holder")


def sign_as(lock: Path, **changes: object) -> None:
    with hold(lock, "x"):
        signed = json.loads(signature(lock).read_text())
    signature(lock).write_text(json.dumps({**signed, **changes}))


def test_who_asks_never_stands_in_the_way_of_who_locks(tmp_path: Path) -> None:
    lock, done = tmp_path / "x.lock", threading.Event()

    def ask() -> None:
        while not done.is_set():
            is_held(lock)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for each in asking:
        each.start()
    try:
        # The probe that took the lock it asked about made 332 of 1,443 such acquisitions fail.
        refused = 0
        for _ in range(300):
            try:
                with FileLock(lock).acquire(timeout=0):
                    pass
            except Timeout:
                refused += 1
    finally:
        done.set()
        for each in asking:
            each.join()
    assert refused == 0


def test_a_process_that_has_the_number_of_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    sign_as(lock)
    assert is_held(lock)  # as if this process held it
    sign_as(lock, started=1.0)
    assert not is_held(lock)


def test_a_holder_of_another_host_is_named_with_it_and_not_ended_here(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    script = (
        "import pathlib, socket, sys\n"
        "socket.gethostname = lambda: 'node17'\n"
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
        with pytest.raises(HomeLocked, match=rf"process {other.pid} on node17 \(") as raised:
            hold(lock, "x").__enter__()
        assert f"end it on node17 with `kill {other.pid}`" in raised.value.remedy
        other.kill()
    # What it left is stale, and flock knows it.
    holder = holder_of(lock)
    assert holder is not None
    assert holder.is_alive is None
    assert not is_held(lock)
    with hold(lock, "x"):
        pass


@pytest.fixture(params=[errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def no_flock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def missing(_descriptor: int, _operation: int) -> None:
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(fcntl, "flock", missing)


@pytest.mark.usefixtures("no_flock")
def test_without_flock_a_file_is_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    assert not has_flock(tmp_path)
    with hold(lock, "x"), pytest.raises(HomeLocked) as raised:
        hold(lock, "x").__enter__()
    marker = locks._marker(lock)
    assert "no file locks (flock)" in raised.value.remedy
    assert f"remove {marker}" in raised.value.remedy
    assert not marker.exists()
    with hold(lock, "x"):
        pass


@pytest.mark.usefixtures("no_flock")
@pytest.mark.parametrize("host", ["", "node17"])
def test_without_flock_the_file_of_a_dead_process_is_taken_over_on_its_own_host_alone(
    tmp_path: Path, host: str
) -> None:
    lock = tmp_path / "x.lock"
    script = (
        "import fcntl, os, pathlib, signal, socket, sys\n"
        "from filelock import _identity, _soft\n"
        "host = sys.argv[2]\n"
        "if host:\n"
        "    socket.gethostname = lambda: host\n"
        "    _soft.host_name = _identity.host_name = lambda: host\n"
        "def missing(descriptor, operation):\n"
        "    raise OSError(38, 'Function not implemented')\n"
        "fcntl.flock = missing\n"
        "from warehouse.locks import hold\n"
        "with hold(pathlib.Path(sys.argv[1]), 'x'):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(lock), host], capture_output=True, text=True, check=False
    )
    assert done.returncode == -9, done.stderr
    assert locks._marker(lock).exists()
    if not host:
        with hold(lock, "x"):
            pass
        return
    with pytest.raises(HomeLocked, match="on node17") as raised:
        hold(lock, "x").__enter__()
    assert f"remove {locks._marker(lock)}" in raised.value.remedy


def test_this_storage_has_flock(tmp_path: Path) -> None:
    assert has_flock(tmp_path)
    assert list(tmp_path.iterdir()) == []

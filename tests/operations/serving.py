"""`tradeplume serve` and the other commands as processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from processes import REPOSITORY

from warehouse.home import Home

PATIENCE_SECONDS = 3000
COMMAND = [sys.executable, "-c", "from cli.main import main; main()"]


def environment(home: Home) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "TRADEPLUME_HOME": str(home.root)}


def tradeplume(home: Home, *arguments: str) -> str:
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment(home), capture_output=True, text=True, check=False,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def served(home: Home, log: Path, **more: str) -> Iterator[psutil.Process]:
    """more: variables of its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("a") as stream:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)],
            env={**environment(home), **more},
            stdout=stream, stderr=stream, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(timeout=120)


def wait_for(
    condition: Callable[[], bool], what: str, log: Path, every_seconds: float = 1.0
) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come: {log.read_text()[-3000:]}"
        time.sleep(every_seconds)


def listening(server: psutil.Process) -> set[str]:
    """Addresses on which the served home's processes listen."""
    return {
        connection.laddr.ip
        for process in (server, *server.children(recursive=True))
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }

"""A Dask cluster of separate processes on loopback, for as long as a test needs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
START_SECONDS = 120


@dataclass(frozen=True)
class Cluster:
    """address: of its scheduler.  workers: the processes, to be killed by who likes."""

    address: str
    workers: tuple[subprocess.Popen[str], ...]


@contextmanager
def cluster(folder: Path, *, workers: int = 2, preload: str = "") -> Iterator[Cluster]:
    """A scheduler and its workers. preload: a module that every worker imports first."""
    with ExitStack() as stack:
        log = folder / "scheduler.log"
        loopback = ("--host", "127.0.0.1")
        stack.enter_context(
            _process(
                log, "distributed.cli.dask_scheduler", *loopback, "--port", "0", "--no-dashboard"
            )
        )
        address = _wait_for(log, r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")
        more = ("--preload", preload) if preload else ()
        started = []
        for number in range(workers):
            scratch = folder / f"worker-{number}"
            scratch.mkdir()
            options = ("--nthreads", "1", "--nworkers", "1", "--no-dashboard", "--no-nanny", *more)
            started.append(
                stack.enter_context(
                    _process(
                        folder / f"worker-{number}.log",
                        "distributed.cli.dask_worker",
                        address,
                        *loopback,
                        *options,
                        "--local-directory",
                        str(scratch),
                    )
                )
            )
        for number in range(workers):
            _wait_for(folder / f"worker-{number}.log", r"Registered to:\s+(tcp://\S+)")
        yield Cluster(address, tuple(started))


@contextmanager
def _process(log: Path, module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{HERE}"}
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=environment, stdout=stream, stderr=stream, text=True, cwd=log.parent,
        )  # fmt: skip
        try:
            yield process
        finally:
            _end([process])


def _end(processes: Sequence[subprocess.Popen[str]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=20)


def _wait_for(log: Path, pattern: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if found := re.search(pattern, log.read_text()):
            return found[1]
        time.sleep(0.1)
    raise TimeoutError(f"{pattern!r} did not come: {log.read_text()}")

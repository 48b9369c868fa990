"""The quality gates in a process that loads Great Expectations while this one reads the dbt project.

Both take seconds and one core each: a first run does them side by side.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

PATIENCE_SECONDS = 60.0  # its libraries release semaphores; a killed process leaves them behind


class Gates(Protocol):
    """Runs a gate."""

    def __call__(self, gate: str, working: Path, to_follow: Collection[str] = ()) -> list[Any]:
        """Gate (`raw`, `marts` or `air`) and working file to what was found; raises what the gate raises.

        to_follow: marts of the edition that are made later, and need not be there.
        """


def run_here(gate: str, working: Path, to_follow: Collection[str] = ()) -> list[Any]:
    """Run a gate in this process."""
    if gate == "air":
        from expectations.air_gate import run_air_gate

        return list(run_air_gate(working))
    from expectations.gates import run_marts_gate, run_raw_gate

    return list(
        run_raw_gate(working) if gate == "raw" else run_marts_gate(working, to_follow=to_follow)
    )


@contextmanager
def gatekeeper() -> Iterator[Gates]:
    """Gates that run in a process which is already getting ready; it ends with the block, or with this process.

    A worker of Dask may have no process of its own: there they run here.
    """
    if multiprocessing.current_process().daemon:
        yield run_here
        return
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()

    def ask(gate: str, working: Path, to_follow: Collection[str] = ()) -> list[Any]:
        try:
            ours.send((gate, working, to_follow))
            found = ours.recv()
            if gate != "raw" and not to_follow:
                ours.close()  # the last gate of a run: it ends while the marts are published
        except (EOFError, OSError):  # the process is gone: out of memory, say
            return run_here(gate, working, to_follow)
        if isinstance(found, Exception):
            raise found
        return list(found)

    try:
        yield ask
    finally:
        ours.close()  # it sees that, releases what its libraries hold, and ends
        process.join(PATIENCE_SECONDS)
        process.terminate()
        process.join()


def _serve(asked: Connection) -> None:
    """Answer until nobody can ask any more: a killed run leaves no process behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which ends this process
    logging.getLogger("great_expectations").propagate = False
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import expectations.runner  # noqa: F401  # this is what takes long

    while True:
        try:
            gate, working, to_follow = asked.recv()
        except EOFError:
            return
        try:
            asked.send(run_here(gate, working, to_follow))
        except Exception as error:
            asked.send(error)

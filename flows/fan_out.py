"""Many independent pieces of work, here or on other processors: one function, items, a runner.

Runners, as text, so that a command line and a schedule can name them:

    here              one after the other in this process (the default)
    processes         a process for each processor of this machine; processes:4 takes four
    dask:ADDRESS      the workers of a running Dask cluster, e.g. dask:tcp://127.0.0.1:8786
    slurm             jobs that dask-jobqueue starts on SLURM, as its own configuration says;
                      slurm:4 asks for four

Scheduling, restarts of lost workers and transport are the engines' own. Functions and items travel to
other processes: a function stands at the top of a module, and workers have the same version of tradeplume.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from warehouse.errors import UserFacingError

Item = TypeVar("Item")
Result = TypeVar("Result")
Told = Callable[[int, int], None]
"""(finished, all): called in the calling process whenever one more item is done."""
Kept = Callable[[Any], None]
"""Is given each result in the calling process as soon as it is there, so that a run that dies loses none."""

KINDS = ("here", "processes", "dask", "slurm")
# A process that is killed (memory, a node that goes down) is replaced this often before giving up.
LOST_WORKERS_ALLOWED = 3
CONNECT_SECONDS = 30


class RunnerUnusable(UserFacingError):
    """A runner that cannot be understood or reached, or whose workers keep dying."""

    exit_code = 9


@dataclass(frozen=True)
class Runner:
    """Where work is done. address: of a Dask scheduler.  workers: None leaves it to the engine."""

    kind: Literal["here", "processes", "dask", "slurm"]
    address: str = ""
    workers: int | None = None


def parse_runner(text: str) -> Runner:
    """A runner from its text. Raises RunnerUnusable."""
    kind, _, rest = text.strip().partition(":")
    if kind == "here" and not rest:
        return Runner("here")
    if kind == "dask" and rest:
        return Runner("dask", address=rest)
    if kind in ("processes", "slurm") and (not rest or (rest.isdecimal() and int(rest) > 0)):
        return Runner(
            "processes" if kind == "processes" else "slurm", workers=int(rest) if rest else None
        )
    raise RunnerUnusable(
        f"There is no runner {text!r}.",
        remedy="Runners are: here, processes[:N], dask:ADDRESS, slurm[:N].",
    )


def fan_out(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    runner: str | Runner = "here",
    *,
    told: Told | None = None,
    kept: Kept | None = None,
) -> list[Result]:
    """The function's result for every item, in the order of the items, whatever finished first.

    The first error of an item ends the work and is raised as it is; what has not begun is not begun.
    An item whose worker died is given to another one.  Raises RunnerUnusable.
    """
    chosen = parse_runner(runner) if isinstance(runner, str) else runner
    results: dict[int, Result] = {}

    def done(number: int, result: Result) -> None:
        results[number] = result
        if kept is not None:
            kept(result)
        if told is not None:
            told(len(results), len(items))

    if chosen.kind == "here":
        for number, item in enumerate(items):
            done(number, function(item))
    elif chosen.kind == "processes":
        _processes(function, items, chosen.workers, done, results)
    elif items:
        with _client(chosen) as client:
            _dask(client, function, items, done)
    return [results[number] for number in range(len(items))]


def _processes(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int | None,
    done: Callable[[int, Result], None],
    found: Mapping[int, Result],
) -> None:
    """By a pool of new processes; a pool that lost a process is made again for what is left."""
    for _ in range(LOST_WORKERS_ALLOWED + 1):
        left = [number for number in range(len(items)) if number not in found]
        if not left:
            break
        # Spawned, not forked: DuckDB, Polars and BLAS keep threads that a fork would break.
        pool = ProcessPoolExecutor(
            min(workers or os.cpu_count() or 1, len(left)),
            mp_context=multiprocessing.get_context("spawn"),
        )
        try:
            futures = {pool.submit(function, items[number]): number for number in left}
            for future in as_completed(futures):
                done(futures[future], future.result())
        except BrokenProcessPool:
            continue
        finally:
            pool.shutdown(cancel_futures=True)
    if len(found) < len(items):
        raise _lost(f"{len(items) - len(found)} of {len(items)} items")


def _dask(
    client: Any,
    function: Callable[[Item], Result],
    items: Sequence[Item],
    done: Callable[[int, Result], None],
) -> None:
    """By Dask; its scheduler gives the items of a lost worker to another."""
    from distributed import KilledWorker
    from distributed import as_completed as completed

    futures = [client.submit(function, item, pure=False) for item in items]
    number_of = {future.key: number for number, future in enumerate(futures)}
    try:
        for future in completed(futures):
            done(number_of[future.key], future.result())
            # The cluster may forget what is here.
            future.release()
    except KilledWorker as error:
        raise _lost(str(error)) from error
    finally:
        client.cancel(futures)


@contextmanager
def _client(runner: Runner) -> Iterator[Any]:
    """A connection to a Dask scheduler: a running one, or one that starts SLURM jobs."""
    import dask
    from distributed import Client

    # How often an item may lose its worker is decided by the scheduler that is started here.
    with dask.config.set({"distributed.scheduler.allowed-failures": LOST_WORKERS_ALLOWED}):
        if runner.kind == "slurm":
            with _slurm_cluster(runner.workers or 1) as cluster, Client(cluster) as client:
                yield client
            return
        if not runner.address.startswith("tls://"):
            print(open_to_others(runner.address), file=sys.stderr)
        try:
            client = Client(runner.address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError, TimeoutError) as error:
            raise RunnerUnusable(
                f"No Dask scheduler answers at {runner.address} ({error}).",
                remedy="Start one (`dask scheduler --host 127.0.0.1`) and workers, or correct it.",
            ) from error
        with client:
            yield client


def open_to_others(address: str) -> str:
    """What it means that a scheduler asks nobody who he is."""
    return (
        f"Note: {address} is not encrypted and asks nobody for a certificate: whoever reaches it, on this machine"
        " every user, can run commands as you. Use tls:// where others work (docs/security.md)."
    )


@contextmanager
def _slurm_cluster(jobs: int) -> Iterator[Any]:
    """Dask workers as SLURM jobs; queue, memory and cores are in dask's configuration (jobqueue.slurm)."""
    import dask
    from dask_jobqueue import SLURMCluster

    # dask-jobqueue has no default for these two.
    stated = {
        name: dask.config.get(f"jobqueue.slurm.{name}", None) or default
        for name, default in (("cores", 1), ("memory", "4GB"))
    }
    # Nodes must reach the scheduler, so where it listens is theirs to say; its pages stay here.
    options = {"dashboard_address": "127.0.0.1:0"}
    options |= dask.config.get("jobqueue.slurm.scheduler-options", None) or {}
    try:
        cluster = SLURMCluster(scheduler_options=options, **stated, **_certificates())
    except (OSError, ValueError, RuntimeError) as error:
        raise RunnerUnusable(
            f"Dask cannot start workers on SLURM: {error}",
            remedy="See docs/operations.md, Several machines, for its configuration.",
        ) from error
    with cluster:
        cluster.scale(jobs=jobs)
        yield cluster


def _certificates() -> dict[str, Any]:
    """Encrypted connections, with certificates that are made for this cluster and end with it.

    Workers read theirs from files of mode 0600 in a folder that all nodes see: the configured
    `shared-temp-directory`, otherwise the user's home.  Who has certificates of his own in Dask's configuration
    (distributed.comm.tls) keeps them.
    """
    import dask
    from distributed.security import Security

    own = Security()
    if own.require_encryption or own.tls_ca_file:
        return {"security": own, "protocol": "tls://"}
    shared = dask.config.get("jobqueue.slurm.shared-temp-directory", None) or str(Path.home())
    return {
        "security": Security.temporary(),
        "protocol": "tls://",
        "shared_temp_directory": shared,
    }


def _lost(what: str) -> RunnerUnusable:
    return RunnerUnusable(
        f"Workers died again and again on {what}.",
        remedy="Look at their logs and memory; fewer workers leave more memory to each.",
    )

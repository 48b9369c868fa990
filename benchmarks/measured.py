"""Clocks, peak memory and the machine's own limits, measured in the run that cites them."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray
from threadpoolctl import threadpool_info

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Clock:
    """Wall and CPU seconds of a step, known when the step is over; its floor, if it names one.

    floor_s: the least CPU seconds the step could take, at the machine's own rate of what bounds it.
    CPU and not wall, so that other work on the machine does not count.
    """

    wall_s: float = float("nan")
    cpu_s: float = float("nan")
    floor_s: float | None = None


@contextmanager
def clocked(name: str = "") -> Iterator[Clock]:
    """Measure a block; print it with the peak memory so far, and how near its floor it came."""
    clock = Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    yield clock
    clock.wall_s, clock.cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    if not name:
        return
    floor = clock.floor_s
    near = "" if floor is None else f"   floor {floor:6.2f} CPU-s, {clock.cpu_s / floor:4.1f} x"
    times = f"{clock.wall_s:8.2f} s{clock.cpu_s:8.2f} CPU-s{peak_gib():6.2f} GiB"
    print(f"  {name:<46}{times}{near}", flush=True)


def compare(what: str, theirs_s: float, ours_s: float) -> None:
    """Print both sides and the ratio."""
    print(f"  {what}: {theirs_s:.3f} against {ours_s:.5f} CPU-s: {theirs_s / ours_s:,.1f} x")


def tree_cpu_s() -> float:
    """CPU seconds of this process and of all that it has started, ended or not (the gates run in one)."""
    own, ended = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own + ended.ru_utime + ended.ru_stime
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            total += times.user + times.system
    return total


def peak_gib() -> float:
    """The most memory this process has held so far, or since `forget_peak` where Linux counts it."""
    if _STATUS.exists():
        (line,) = (line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20


def forget_peak() -> None:
    """Count the peak of memory from now on (Linux; elsewhere it stays that of the process)."""
    if _STATUS.exists():
        _FORGET.write_text("5")


def flops_per_cpu_s(n: int = 3000) -> float:
    """Floating-point operations of a matrix product a CPU second, best of three."""
    a = np.random.default_rng(0).random((n, n))
    best = min(_seconds(lambda: a @ a) for _ in range(3))
    return 2 * n**3 / best


def bytes_per_cpu_s(array: NDArray[np.float64]) -> float:
    """Bytes all cores together read from memory a CPU second, best of three long passes."""
    parts = np.array_split(array.reshape(-1), 8 * CORES)

    def read() -> None:
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(np.max, parts))

    return array.nbytes / min(_seconds(read) for _ in range(3))


def machine() -> str:
    """The libraries and threads that did the work, in one line."""
    blas = [info for info in threadpool_info() if info["user_api"] == "blas"]
    threads = {info["num_threads"] for info in blas}
    return f"numpy {np.__version__}, {blas[0]['internal_api']} on {max(threads)} threads"


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start

"""Cost of the weather adjustment against places and workers.

    python -m benchmarks.weather_places FOLDER PLACES [WORKERS ...]

SYNTHETIC cities of six years, default settings. For each number of workers (0: in this process), by a Dask cluster
of so many processes on this machine: processor seconds of every worker, and the largest share of one worker, which
bounds the time on a machine with as many free cores. The results must be the same. FOLDER/places.csv has the
seconds after each place.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from compute.weather import Settings
from compute.weather_places import Adjusted, Place, Task, adjust_task
from flows.fan_out import fan_out
from tests.compute.weather_samples import COMPARISON, city


@dataclass(frozen=True)
class Timed:
    """The result of a place, the process that made it, and the processor seconds that it took."""

    result: Adjusted
    process: int
    cpu_s: float


def timed(task: Task) -> Timed:
    """Adjust a place and count."""
    began = time.process_time()
    result = adjust_task(task)
    return Timed(result, os.getpid(), time.process_time() - began)


def main(folder: Path, count: int, workers: list[int]) -> None:
    """Measure each number of workers."""
    rows: list[tuple[int, int, str, float]] = []
    places = [Place("city", f"c{seed}", city(seed, years=6).series) for seed in range(count)]
    tasks = [Task(place, COMPARISON, Settings()) for place in places]
    first: list[Timed] = []
    for number in workers:
        found = _by(number, tasks)
        first = first or found
        same = all(_is_same(one, other) for one, other in zip(first, found, strict=True))
        (_, whole), (_, longest) = _cost(found)
        print(
            f"{count} places, {number} workers: {whole:.1f} CPU-s, {whole / count:.2f} a place;"
            f" the longest worker {longest:.1f}, whole over longest {whole / longest:.2f}",
            flush=True,
        )
        rows += [
            (done, number, *each) for done in range(1, count + 1) for each in _cost(found[:done])
        ]
        if not same:
            raise SystemExit("the results differ")
    columns = ["places", "workers", "measure", "cpu_s"]
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=columns, orient="row").write_csv(folder / "places.csv")


def _cost(found: Sequence[Timed]) -> list[tuple[str, float]]:
    """Processor seconds of some places: of all workers, and of the one with most."""
    seconds: dict[int, float] = {}
    for each in found:
        seconds[each.process] = seconds.get(each.process, 0.0) + each.cpu_s
    return [("all", sum(seconds.values())), ("longest", max(seconds.values()))]


def _by(workers: int, tasks: list[Task]) -> list[Timed]:
    if not workers:
        return fan_out(timed, tasks, "here")
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:
        return fan_out(timed, tasks, f"dask:{cluster.scheduler_address}")


def _is_same(one: Timed, other: Timed) -> bool:
    return one.result.changes == other.result.changes and np.array_equal(
        one.result.normalised_ug_m3, other.result.normalised_ug_m3, equal_nan=True
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [int(text) for text in sys.argv[3:]] or [0, 1, 2])

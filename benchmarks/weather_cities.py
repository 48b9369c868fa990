"""Many cities adjusted on Dask, in a run that may be killed and goes on: the step's own way of keeping places.

    python -m benchmarks.weather_cities FOLDER CITIES WORKERS

SYNTHETIC cities of six years, default settings, by a Dask cluster of so many processes on this machine. Each city
is kept in FOLDER/places as soon as it is done; the same command begins with those that are missing.
FOLDER/cities.csv has a line a city: which session and worker did it, and its processor seconds. Prints for each
session the processor seconds, and those of all workers against those of the worker with most.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.weather_places import Timed, timed
from compute.weather import Settings
from compute.weather_places import Adjusted, Place, Task
from flows.fan_out import fan_out
from steps.weather import adjusted
from tests.compute.weather_samples import COMPARISON, city
from warehouse.kept_pieces import PieceStore

COLUMNS = ("session", "worker", "city", "cpu_s", "seconds_since_start")


def main(folder: Path, count: int, workers: int) -> None:
    """Adjust what is missing, and print what all sessions took."""
    from distributed import LocalCluster

    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "cities.csv"
    if not record.exists():
        record.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    session, began = f"{datetime.now():%Y-%m-%dT%H:%M:%S}", time.monotonic()
    places = [Place("city", f"c{seed:03}", city(seed, years=6).series) for seed in range(count)]
    tasks = [Task(place, COMPARISON, Settings()) for place in places]
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
        ) as cluster,
        record.open("a", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file)

        def spread(_: Any, items: Sequence[Task], *, kept: Any) -> list[Adjusted]:
            def done(one: Timed) -> None:
                kept(one.result)
                since = time.monotonic() - began
                row = (session, one.process, one.result.code, f"{one.cpu_s:.3f}", f"{since:.1f}")
                writer.writerow(row)
                file.flush()
                os.fsync(file.fileno())

            address = f"dask:{cluster.scheduler_address}"
            return [each.result for each in fan_out(timed, items, address, kept=done)]

        results = adjusted(tasks, spread, PieceStore(folder / "places"))
    print(f"{len(results)} cities, {sum(not result.problem for result in results)} adjusted")
    tell(record)


def tell(record: Path) -> None:
    """Print what the sessions took."""
    table = pl.read_csv(record)
    by_worker = table.group_by("session", "worker").agg(pl.col("cpu_s").sum(), pl.len())
    for (session,), part in by_worker.sort("session").group_by("session", maintain_order=True):
        whole, longest = float(part["cpu_s"].sum()), float(str(part["cpu_s"].max()))
        count = int(part["len"].sum())
        print(
            f"session {session}: {count} cities, {part.height} workers, {whole:.1f} CPU-s,"
            f" {whole / count:.2f} a city; the longest worker {longest:.1f},"
            f" whole over longest {whole / longest:.2f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))

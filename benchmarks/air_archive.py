"""A station archive from files to published marts.

    python -m benchmarks.air_archive FILE STATIONS FOLDER [days ...]

FILE: a day as the archive ships it (china_sites_YYYYMMDD.csv).  STATIONS: a list of stations with their cities.
FOLDER: an empty folder, where homes are made.  For each number of days, in a home of its own: what `tradeplume run
--edition air-open` does the first time, and again when one more day has come.  Prints the processor seconds of
every step, those of other processes included, and the largest memory; `steps.csv` in FOLDER has them as a table.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.archive_files import LAST, write_archive
from benchmarks.measured import forget_peak, peak_gib
from flows.engine import Plan, Step, StepReport
from flows.run import context_of, run
from warehouse.edition import load_edition
from warehouse.home import Home

EDITION = "air-open"
FIRST, NEW_DAY = "first run", "a new day"


@dataclass
class Measured:
    """Processor seconds, peak memory and rows of each step of a run."""

    steps: list[tuple[str, float, float, int]] = field(default_factory=list)
    began: float = 0.0

    def planned(self, plans: Sequence[Plan]) -> None:
        """Nothing to say yet."""

    def started(self, step: Step, reason: str) -> None:  # noqa: ARG002
        """Start the clock of a step."""
        forget_peak()
        self.began = _cpu_s()

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:  # noqa: ARG002
        """Note the step and print its line."""
        self.steps.append((step.name, _cpu_s() - self.began, peak_gib(), report.rows))
        print("  {:<12}{:8.2f} CPU-s{:7.2f} GiB{:13,} rows".format(*self.steps[-1]), flush=True)

    def skipped(self, step: Step) -> None:
        """A step that need not run costs nothing."""


def _cpu_s() -> float:
    """Processor seconds of this process and of those that it has started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main(day_file: Path, stations: Path, folder: Path, sizes: Sequence[int]) -> None:
    """Measure each size and write the table."""
    rows: list[tuple[int, str, str, float, float, int]] = []
    for days in sizes:
        home = Home(folder / f"home-{days}")
        shutil.rmtree(home.root, ignore_errors=True)
        landed = home.landing / EDITION
        (landed / "station").mkdir(parents=True)
        shutil.copy(stations, landed / "station")
        archive = landed / "observation" / "archive"
        write_archive(day_file, days, archive, LAST)
        newest = archive / f"china_sites_{LAST:%Y%m%d}.csv"
        aside = newest.rename(folder / newest.name)
        for name in (FIRST, NEW_DAY):
            if name == NEW_DAY:
                aside.rename(newest)
            print(f"{days} days, {name}", flush=True)
            watcher = Measured()
            began = _cpu_s()
            run(context_of(load_edition(EDITION, home.root), home), watcher)
            rows += [(days, name, *step) for step in watcher.steps]
            rows.append((days, name, "in all", _cpu_s() - began, 0.0, 0))
            print(f"  {'in all':<12}{rows[-1][3]:8.2f} CPU-s", flush=True)
        with (folder / "steps.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("days", "run", "step", "cpu_s", "peak_gib", "rows"))
            writer.writerows((*row[:3], f"{row[3]:.2f}", f"{row[4]:.2f}", row[5]) for row in rows)


if __name__ == "__main__":
    given, *counts = [Path(text) for text in sys.argv[1:4]], *sys.argv[4:]
    main(*given, [int(text) for text in counts] or [30, 120])

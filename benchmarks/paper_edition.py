"""The licensed edition at full size from synthetic files to the published file, step by step.

    python -m benchmarks.paper_edition HOME [small|full]

HOME: an empty folder, or one where an earlier run of this benchmark left its files.  What `tradeplume run
--edition paper-2017` does, in one process: wall and CPU seconds and the largest memory of every step; then the
questions of docs/queries.md on the published file.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measured import Clock, clocked, forget_peak, peak_gib
from flows.engine import Plan, Step, StepReport
from flows.run import PUBLISH_STEP, context_of, run
from synth.files import write_files
from tests.queries import questions
from warehouse.database import connect
from warehouse.edition import load_edition
from warehouse.home import Home

EDITION = "paper-2017"


class Table:
    """Prints a line for every step, and the time from the files to the published file."""

    def __init__(self) -> None:
        """Start the clock of the whole run."""
        self.began = Clock(time.perf_counter(), time.process_time())
        self.step = self.began

    def planned(self, plans: Sequence[Plan]) -> None:
        """Nothing to say yet."""

    def started(self, step: Step, reason: str) -> None:  # noqa: ARG002
        """Start the clock of a step."""
        forget_peak()
        self.step = Clock(time.perf_counter(), time.process_time())

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:  # noqa: ARG002
        """Print the step's line."""
        self._line(step.name, self.step, f"{peak_gib():6.2f} GiB{report.rows:13,} rows")
        if step.name == PUBLISH_STEP:
            self._line("from files to published marts", self.began, "")

    def skipped(self, step: Step) -> None:
        """Say that nothing was measured."""
        print(f"  {step.name:<46} as it was", flush=True)

    def _line(self, name: str, since: Clock, rest: str) -> None:
        wall, cpu = time.perf_counter() - since.wall_s, time.process_time() - since.cpu_s
        print(f"  {name:<46}{wall:8.2f} s{cpu:8.2f} CPU-s{rest}", flush=True)


def main(folder: Path, size: str = "full") -> None:
    """Make the files where there are none, run the edition anew, and ask."""
    home = Home(folder)
    if not (folder / "landing").exists():
        with clocked("synthetic files"):
            write_files(folder, size=size, seed=1, noise=1.0, with_truth=False)
    shutil.rmtree(home.published, ignore_errors=True)
    context = context_of(load_edition(EDITION, folder), home)
    run(context, Table(), force=True)
    with connect(home.published_file, read_only=True, repeatable=False) as con:
        con.execute("set schema = 'marts'")
        for question in questions("open-2007"):
            if question.page == "queries.md":
                sql = question.sql.replace("open-2007", context.edition.label)
                with clocked(" ".join(sql.split())[:44]):
                    con.execute(sql).fetchall()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), *sys.argv[2:])

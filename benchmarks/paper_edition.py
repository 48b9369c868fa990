"""The licensed edition at full size from synthetic files to the published file, step by step.

    python -m benchmarks.paper_edition HOME [small|quarter|half|full]

HOME: an empty folder, or one where an earlier run of this benchmark left its files.  What `tradeplume run
--edition paper-2017` does: wall and CPU seconds (of all its processes) and the largest memory (of the process
that computes) of every step, also as HOME/steps.csv; then the questions of docs/queries.md on the published file.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measured import Clock, clocked, forget_peak, peak_gib, tree_cpu_s
from flows.engine import Plan, Step, StepReport
from flows.first_answer import PUBLISH_STEP
from flows.run import context_of, run
from synth.files import write_files
from tests.queries import questions
from warehouse.database import connect
from warehouse.edition import load_edition
from warehouse.home import Home

EDITION = "paper-2017"
WHOLE = "from files to published marts"


class Table:
    """Prints a line for every step, and the time from the files to the published file; both as CSV, too."""

    def __init__(self, record: Path) -> None:
        """Start the clock of the whole run."""
        self.record = record
        record.write_text("step,wall_s,cpu_s,peak_gib,rows\n")
        self.largest_gib = 0.0
        self.began = Clock(time.perf_counter(), tree_cpu_s())
        self.step = self.began

    def planned(self, plans: Sequence[Plan]) -> None:
        """Nothing to say yet."""

    def started(self, step: Step, reason: str) -> None:  # noqa: ARG002
        """Start the clock of a step."""
        forget_peak()
        self.step = Clock(time.perf_counter(), tree_cpu_s())

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:  # noqa: ARG002
        """Print the step's line."""
        self.largest_gib = max(self.largest_gib, peak_gib())
        self._line(step.name, self.step, peak_gib(), report.rows)
        if step.name == PUBLISH_STEP:
            self._line(WHOLE, self.began, self.largest_gib, report.rows)

    def skipped(self, step: Step) -> None:
        """Say that nothing was measured."""
        print(f"  {step.name:<46} as it was", flush=True)

    def _line(self, name: str, since: Clock, peak: float, rows: int) -> None:
        wall, cpu = time.perf_counter() - since.wall_s, tree_cpu_s() - since.cpu_s
        times = f"{wall:8.2f} s{cpu:8.2f} CPU-s{peak:6.2f} GiB"
        print(f"  {name:<46}{times}{rows:13,} rows", flush=True)
        with self.record.open("a") as file:
            file.write(f"{name},{wall:.4g},{cpu:.4g},{peak:.3g},{rows}\n")


def main(folder: Path, size: str = "full") -> None:
    """Make the files where there are none, run the edition anew, and ask."""
    home = Home(folder)
    if not (folder / "landing").exists():
        with clocked("synthetic files"):
            write_files(folder, size=size, seed=1, noise=1.0, with_truth=False)
    shutil.rmtree(home.published, ignore_errors=True)
    context = context_of(load_edition(EDITION, folder), home)
    run(context, Table(folder / "steps.csv"), force=True)
    with connect(home.published_file, read_only=True, repeatable=False) as con:
        con.execute("set schema = 'marts'")
        for question in questions("open-2007"):
            if question.page == "queries.md":
                sql = question.sql.replace("open-2007", context.edition.label)
                with clocked(" ".join(sql.split())[:44]):
                    con.execute(sql).fetchall()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), *sys.argv[2:])

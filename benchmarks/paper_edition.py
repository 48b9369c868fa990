"""The licensed edition at full size from synthetic files to the published file, step by step.

    python -m benchmarks.paper_edition HOME [small|full]

HOME: an empty folder, or one where an earlier run of this benchmark left its files.  Wall and CPU seconds and
the largest memory of every step, which runs as a process of its own; then QUERIES on the published file.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

from benchmarks.measured import clocked
from flows.engine import Plan, Step, StepReport
from flows.run import context_of, run, steps_of
from synth.files import write_files
from warehouse.database import connect
from warehouse.edition import load_edition
from warehouse.home import Home

EDITION = "paper-2017"
QUERIES = {
    "whose consumption drives Hebei's SO2": """
        select consumer_region, sum(emission_t) from fct_export_emission
        where producer_province = 'CN-HE' and pollutant = 'SO2' group by all order by 2 desc limit 5
    """,
    "through whose exports": """
        select exporter_province, sum(emission_t) from fct_export_emission
        where producer_province = 'CN-HE' and pollutant = 'SO2' group by all order by 2 desc limit 5
    """,
    "what part of emissions do exports drive": """
        select inventory.pollutant, driven.emission_t / sum(inventory.emission_t)
        from fct_emission_inventory as inventory
        inner join (
            select pollutant, sum(emission_t) as emission_t from fct_export_emission group by all
        ) as driven using (pollutant)
        group by inventory.pollutant, driven.emission_t
    """,
    "the largest flows from Guangdong abroad": """
        select to_region, to_sector, sum(value_musd) from fct_mrio_flow
        where from_region = 'CN-GD' and to_region not like 'CN-%' group by all order by 3 desc limit 5
    """,
    "what the USA finally consume": """
        select consumed_sector, sum(emission_t) from fct_consumed_product_emission
        where consumer_region = 'USA' and pollutant = 'SO2' group by all order by 2 desc limit 5
    """,
}


class Quiet:
    """Prints every step's rows and seconds."""

    def planned(self, plans: Sequence[Plan]) -> None:
        pass

    def started(self, step: Step, reason: str) -> None:
        pass

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        print(f"    {step.name}: {report.rows:,} rows in {seconds:.1f} s", flush=True)

    def skipped(self, step: Step) -> None:
        pass


def run_until(home: Path, count: int) -> None:
    """Run the first `count` steps; those of earlier processes are as they were."""
    context = context_of(load_edition(EDITION, home), Home(home))
    steps: Sequence[Step] = steps_of(context.edition.kind)
    with clocked(steps[count - 1].name):
        run(context, Quiet(), steps=steps[:count])


def main(home: Path, size: str = "full") -> None:
    if not (home / "landing").exists():
        with clocked("synthetic files"):
            write_files(home, size=size, seed=1, noise=1.0, with_truth=False)
    spawn = get_context("spawn")
    began = time.perf_counter()
    for count in range(1, len(steps_of("paper")) + 1):
        process = spawn.Process(target=run_until, args=(home, count))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(f"step {count} failed")
    print(f"  all steps: {time.perf_counter() - began:.0f} s, start of Python in each included")
    with connect(Home(home).published_file, read_only=True, repeatable=False) as con:
        con.execute("set schema = 'marts'")
        for name, query in QUERIES.items():
            with clocked(name):
                con.execute(query).fetchall()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), *sys.argv[2:])

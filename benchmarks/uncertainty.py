"""What intervals cost, and how good first order is: `python -m benchmarks.uncertainty HOME [table draws]`.

HOME: a home in which open-2007 has been run; nothing is written there. Each line is a process of its own;
CPU seconds are of it and its workers, memory is the peak of the largest process.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from compute.uncertainty.sampling import Plan, TableDraws
from flows.fan_out import fan_out
from steps.uncertainty import run_blocks
from steps.uncertainty_inputs import Inputs, read_inputs, read_table
from warehouse.database import connect

HOME_REGION = "CHN"
COMPARED = 8


def main() -> None:
    """Inventory draws, four times as many, table draws by two processes, and the comparison."""
    working = Path(sys.argv[1]) / "work" / "open-2007-2007.duckdb"
    tables = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    print("what                                     wall s   CPU s   peak GiB")
    for draws in (1000, 4000):
        _measured(f"{draws:,} draws of the inventory", draw, working, Plan(draws))
    for runner in ("here", "processes:2"):
        plan = Plan(max(1000, tables), table_draws=tables)
        _measured(f"{tables} table draws, {runner}", draw, working, plan, runner)
    _measured(f"{COMPARED} tables, first order and anew", compare, working)


def _measured(name: str, function: Callable[..., None], *arguments: object) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=_told, args=(name, function, arguments)
    )
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def _told(name: str, function: Callable[..., None], arguments: tuple[object, ...]) -> None:
    began = time.perf_counter()
    function(*arguments)
    wall = time.perf_counter() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in used)
    memory = max(each.ru_maxrss for each in used) / 2**20
    print(f"{name:<40} {wall:6.1f}  {cpu:6.1f}  {memory:6.2f}", flush=True)


def draw(working: Path, plan: Plan, runner: str = "here") -> None:
    """All draws of a plan, reading included."""
    with connect(working, read_only=True) as connection:
        inputs = read_inputs(connection, HOME_REGION)
        tables = read_table(connection, HOME_REGION) if plan.table_draws else None
    with tempfile.TemporaryDirectory() as folder:
        run_blocks(plan, inputs, tables, Path(folder), partial(fan_out, runner=runner))


def compare(working: Path) -> None:
    """First order against solving anew, with the same draws: national and provincial headlines."""
    with connect(working, read_only=True) as connection:
        inputs = read_inputs(connection, HOME_REGION)
        drawn = TableDraws(*read_table(connection, HOME_REGION))
    point = _values(inputs, inputs.drive)
    quick, anew = (
        np.array(
            [
                _values(
                    inputs,
                    drawn.drawn(Plan(COMPARED, table_draws=COMPARED, full=full), number)["both"],
                )
                for number in range(COMPARED)
            ]
        )
        for full in (False, True)
    )
    for name, chosen in (
        ("national", [label[1] == "CHN" for label in inputs.headlines.labels]),
        ("provincial", [label[1] != "CHN" for label in inputs.headlines.labels]),
    ):
        kept = np.array(chosen) & (point > 0) & (anew.std(axis=0) > 1e-9 * point)
        gap = np.abs(quick - anew)[:, kept] / point[kept]
        spread = (quick.std(axis=0) / np.maximum(anew.std(axis=0), 1e-300))[kept]
        print(
            f"  {name}: {kept.sum()} headlines, first order differs by {np.median(gap):.2%} (median), "
            f"{np.quantile(gap, 0.95):.2%} (95 of 100); its standard deviation is "
            f"{np.median(spread):.2f} of the other (median; {np.quantile(spread, 0.05):.2f} to "
            f"{np.quantile(spread, 0.95):.2f})"
        )


def _values(inputs: Inputs, drive: object) -> np.ndarray:
    return inputs.headlines.values(inputs.emissions.tonnes, drive)[0]  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

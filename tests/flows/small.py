"""The command line with three quick steps instead of the real ones, run as a process of its own.

SMALL_WAIT: a file; the first step lasts as long as it exists.  SMALL_CHECK: what the gate measures
(at most 1 passes).  SMALL_DIE: the second step kills the process.  SMALL_ROWS: rows of the mart.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Collection
from pathlib import Path

import flows.run
from cli.main import main
from flows.engine import Context, Step, StepReport
from flows.steps import all_steps, stop_at_failures
from warehouse import meta
from warehouse.database import connect


def load(context: Context, _: Collection[str] | None = None) -> StepReport:
    waits_for = Path(os.environ.get("SMALL_WAIT", "/nowhere"))
    while waits_for.exists():
        time.sleep(0.02)
    rows = int(os.environ.get("SMALL_ROWS", "3"))
    with connect(context.working.path) as connection:
        connection.execute(f"create or replace table computed.one as from range({rows}) as r(i)")
    return StepReport(rows, ("computed.one",))


def marts(context: Context, _: Collection[str] | None = None) -> StepReport:
    edition = context.edition
    with connect(context.working.path) as connection:
        connection.execute("begin transaction")
        connection.execute(f"""
            create or replace table marts.fct_output as
            select '{edition.name}' as edition, {edition.year} as year, i as sector,
                   i * 1.5 as output_musd from computed.one
        """)
        if "SMALL_DIE" in os.environ:
            os.kill(os.getpid(), signal.SIGKILL)
        connection.execute("comment on table marts.fct_output is 'Gross output.'")
        connection.execute(
            "create or replace view marts.fct_double as select sector, 2 * output_musd as double_musd"
            " from marts.fct_output"
        )
        connection.execute("commit")
    return StepReport(3)


def gate(context: Context, _: Collection[str] | None = None) -> StepReport:
    found = float(os.environ.get("SMALL_CHECK", "0"))
    checks = [
        meta.Check(
            "marts", "sums", "adds_up", "fct_output", found, 1.0, found <= 1, "error", "why"
        ),
        meta.Check("marts", "sums", "looks_odd", "fct_output", 5.0, 1.0, False, "warn", ""),
    ]
    with connect(context.working.path) as connection:
        meta.replace_checks(connection, "marts", checks)
    stop_at_failures("marts", checks)
    return StepReport(len(checks))


def small_steps(_kind: str = "footprint", _choices: object = None) -> tuple[Step, ...]:
    return (
        Step(
            "load",
            "read",
            load,
            writes=("computed.one",),
            parts=lambda _: {"rows": os.environ.get("SMALL_ROWS", "3")},
        ),
        Step(
            "marts",
            "tables for readers",
            marts,
            reads=("computed.one",),
            writes=("marts.fct_double", "marts.fct_output"),
        ),
        Step(
            "gate-marts",
            "gate",
            gate,
            reads=("marts.*",),
            writes=("meta.check_result",),
            parts=lambda _: {"check": os.environ.get("SMALL_CHECK", "0")},
        ),
        next(step for step in all_steps() if step.name == "publish"),
    )


if __name__ == "__main__":
    flows.run.all_steps = small_steps  # type: ignore[attr-defined]
    main(sys.argv[1:])

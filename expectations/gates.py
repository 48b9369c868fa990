"""The gates of a run: each opens the working file read-only and returns what it found."""

from __future__ import annotations

import os
from pathlib import Path

from expectations.bounds import EditionBounds, bounds_of
from expectations.identities import run_identities
from expectations.promise import CONCENTRATION_FOLDER, MARTS_FOLDER, read_marts
from expectations.results import CheckResult
from warehouse.database import connect, count_rows, tables_of


def run_raw_gate(working: Path, bounds: EditionBounds | None = None) -> list[CheckResult]:
    """Gate 1 on the raw roles of a working file (`<edition>-<year>.duckdb`).

    bounds: those of the edition unless given.  Raises HomeLocked when another run holds the file.
    """
    _keep_quiet()
    from expectations.raw_gate import raw_suites
    from expectations.runner import run_suites

    applied = bounds or bounds_of(working)
    with connect(working, read_only=True, repeatable=False) as connection:
        suites = raw_suites(tables_of(connection, "raw"), applied)
        return _unbounded(applied, "raw", working) + run_suites(connection, "raw", suites)


def run_marts_gate(
    working: Path, bounds: EditionBounds | None = None, described: Path = MARTS_FOLDER
) -> list[CheckResult]:
    """The named identities (gate `identity`) and gate 2 on the marts (gate `marts`).

    working: the working file.  bounds: those of the edition unless given.  described: the folder
    of the yml files that describe the marts.  Raises HomeLocked when another run holds the file.
    """
    _keep_quiet()
    from expectations.concentration_gate import concentration_suites
    from expectations.marts_gate import described_suites, mart_suites
    from expectations.runner import run_suites

    applied = bounds or bounds_of(working)
    with connect(working, read_only=True, repeatable=False) as connection:
        suites = mart_suites(read_marts(described), applied)
        if "fct_pm25_province" in tables_of(connection, "marts"):
            evaluated = bool(
                connection.execute("select 1 from marts.fct_model_evaluation limit 1").fetchall()
            )
            # Without the years' observations, or without runs of GEOS-Chem, these are empty.
            empty = set() if evaluated else {"fct_model_evaluation", "fct_model_evaluation_place"}
            if not count_rows(connection, "marts", "fct_simulation_evaluation"):
                empty.add("fct_simulation_evaluation")
            described_marts = [
                mart for mart in read_marts(CONCENTRATION_FOLDER) if mart.name not in empty
            ]
            suites += described_suites(described_marts) + concentration_suites(evaluated=evaluated)
        return [
            *run_identities(connection),
            *_unbounded(applied, "marts", working),
            *run_suites(connection, "marts", suites),
        ]


def _keep_quiet() -> None:
    """Great Expectations reads its telemetry switch when it is imported."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"


def _unbounded(bounds: EditionBounds | None, gate: str, working: Path) -> list[CheckResult]:
    """A warning that an edition without bounds was checked by the general rules alone."""
    if bounds is not None:
        return []
    return [
        CheckResult(
            gate=gate,
            suite=f"{gate}__all__bounds",
            check_name="edition_has_bounds",
            scope=working.stem,
            measured=None,
            tolerance=None,
            passed=False,
            severity="warn",
            detail="No row counts and totals are known for this edition; expectations/bounds.py"
            " is the place for them.",
        )
    ]

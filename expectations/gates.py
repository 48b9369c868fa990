"""The gates of a run: each opens the working file read-only and returns what it found."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from expectations.bounds import EditionBounds, bounds_of
from expectations.identities import run_identities
from expectations.promise import MARTS_FOLDER
from expectations.results import CheckResult
from warehouse.database import connect, tables_of


def run_raw_gate(working: Path, bounds: EditionBounds | None = None) -> list[CheckResult]:
    """Gate 1 on the raw roles of a working file (`<edition>-<year>.duckdb`).

    bounds: those of the edition unless given.  Raises HomeLocked when another run holds the file.
    """
    _keep_quiet()
    from expectations.peers import run_peers
    from expectations.raw_gate import landed_roles, raw_suites
    from expectations.runner import run_suites

    applied = bounds or bounds_of(working)
    with connect(working, read_only=True, repeatable=False) as connection:
        landed = landed_roles(connection)
        suites = raw_suites(tables_of(connection, "raw"), applied, landed)
        return [
            *_unbounded(applied, "raw", working),
            *run_suites(connection, "raw", suites),
            *run_peers(connection, _year_of(working)),
        ]


def run_marts_gate(
    working: Path,
    bounds: EditionBounds | None = None,
    described: Path = MARTS_FOLDER,
    to_follow: Collection[str] = (),
) -> list[CheckResult]:
    """The named identities (gate `identity`) and gate 2 on the marts (gate `marts`).

    working: the working file.  bounds: those of the edition unless given.  described: the folder
    of the yml files that describe the marts.  to_follow: marts that are made later.
    Raises HomeLocked when another run holds the file.
    """
    _keep_quiet()
    from expectations.marts_gate import judge_marts
    from expectations.marts_own import own_judgements

    applied = bounds or bounds_of(working)
    own = own_judgements(working.parent.parent)
    with connect(working, read_only=True, repeatable=False) as connection:
        return [
            *run_identities(connection),
            *_unbounded(applied, "marts", working),
            *judge_marts(connection, applied, described, own, to_follow),
        ]


def _year_of(working: Path) -> int:
    """The year in a working file's name, `<edition>-<year>`. Raises ValueError for another name."""
    return int(working.stem.rpartition("-")[2])


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

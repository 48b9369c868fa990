"""What gate 1 would say of a table that is tried in a role, without a run.

A run holds a landed table against the edition's other roles: its units against its peers, and its codes and
years against those that the edition needs. Here the same comparisons are made twice, with what fills
the role now and with the new table. What fails with the new one alone is the new one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import polars as pl

from expectations.bounds import CodeSet, EditionBounds, YearSet, bounds_of
from expectations.peers import run_peers
from expectations.results import CheckResult
from warehouse.database import fetch, qualified, quote, write_table
from warehouse.edition import Edition
from warehouse.errors import InputError
from warehouse.landing import resolve_role
from warehouse.provenance import ProvenanceRecord
from warehouse.role_reading import read_role
from warehouse.sources.notes import collected

_BESIDE = (
    *("provincial_table", "provincial_mrio", "sector_emission", "subsector_emission"),
    *("emission_proxy", "export_total", "trade", "sector_output"),
)
"""Roles that others are held against, or that are held against one of them (expectations/peers.py)."""
JUDGED = frozenset(
    {
        *_BESIDE,
        *("ammonia", "global_table", "gtap_flow", "population", "population_total", "grid_cell"),
    }
)
"""Roles that the comparisons judge; world tables, residents and grids need no other one."""


def judge_tried(
    edition: Edition, role: str, frame: pl.DataFrame, vintage_year: int, home: Path
) -> list[CheckResult]:
    """The checks of gate 1 that fail with the table in its role, and not with what fills the role now.

    frame: the role's table as a run would load it.  vintage_year: the year that it describes.
    home: its landing folder fills the other roles as in a run.
    """
    bounds = bounds_of(home / f"{edition.name}-{edition.year}.duckdb")
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        before = _peers_now(connection, edition, role, home)
        filled(connection, role, frame, vintage_year)
        return failures(connection, role, edition.year, bounds, before or ())


def failures(
    connection: duckdb.DuckDBPyConnection,
    role: str,
    year: int,
    bounds: EditionBounds | None,
    before: Iterable[CheckResult],
) -> list[CheckResult]:
    """The checks on a role's table in schema raw that fail now and did not before.

    year, bounds: of the edition.  before: the comparisons with what filled the role.
    """
    found = run_peers(connection, year) if role in JUDGED else []
    known = {(check.suite, check.check_name) for check in before if not check.passed}
    mine = [each for each in found if (each.suite, each.check_name) not in known]
    codes = [] if bounds is None else list(_missing(connection, role, bounds))
    return [check for check in (*codes, *mine) if not check.passed]


def _peers_now(
    connection: duckdb.DuckDBPyConnection, edition: Edition, role: str, home: Path
) -> list[CheckResult] | None:
    """The comparisons of the edition as it is; None where the role is in none of them."""
    connection.execute("create table raw.provenance (role varchar, vintage_year bigint)")
    if role not in JUDGED:
        return None
    beside = _BESIDE if role in _BESIDE else ()
    for other in (*(each for each in beside if each != role), role):
        if other in edition.roles and (used := _used(edition, other, home)) is not None:
            filled(connection, other, used[0], max(each.vintage_year for each in used[1]))
    return run_peers(connection, edition.year)


def _used(
    edition: Edition, role: str, home: Path
) -> tuple[pl.DataFrame, list[ProvenanceRecord]] | None:
    """What fills a role; None where nothing does, or what does is at fault: a run names that on its own."""
    try:
        found = resolve_role(edition, role, home)
        with collected():
            return None if found is None else read_role(found)
    except InputError:
        return None


def filled(
    connection: duckdb.DuckDBPyConnection, role: str, frame: pl.DataFrame, vintage_year: int
) -> None:
    """Put a table into its role in schema raw, with the year that it describes in raw.provenance."""
    write_table(connection, "raw", role, frame)
    connection.execute("delete from raw.provenance where role = ?", [role])
    connection.execute("insert into raw.provenance values (?, ?)", [role, vintage_year])


def _missing(
    connection: duckdb.DuckDBPyConnection, role: str, bounds: EditionBounds
) -> Iterator[CheckResult]:
    """Codes and years that the edition needs of the role and the table lacks: of a landed one it may have more."""
    codes = [expected for expected in bounds.codes if not expected.of_bundled]
    needed: list[CodeSet | YearSet] = [*codes, *bounds.years]
    for expected in needed:
        if expected.table == role:
            yield _coverage(connection, expected)


def _coverage(connection: duckdb.DuckDBPyConnection, expected: CodeSet | YearSet) -> CheckResult:
    is_code = isinstance(expected, CodeSet)
    wanted = expected.codes if isinstance(expected, CodeSet) else expected.years
    where = expected.where if isinstance(expected, CodeSet) else "true"
    query = (
        f"select distinct {quote(expected.column)} from {qualified('raw', expected.table)}"
        f" where {where}"
    )
    there = {row[0] for row in fetch(connection, query)}
    lacking = sorted(str(each) for each in wanted if each not in there)
    return CheckResult(
        gate="raw",
        suite=f"raw__{expected.table}__{f'{expected.column}_codes' if is_code else 'years'}",
        check_name=f"has_every({expected.column})",
        scope=f"raw.{expected.table}",
        measured=float(len(lacking)),
        tolerance=0.0,
        passed=not lacking,
        severity="error",
        detail=f"missing {', '.join(lacking)}; {expected.note}" if lacking else expected.note,
    )

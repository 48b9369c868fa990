"""What a working file knows about itself: finished steps and check results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Protocol

import duckdb

from warehouse.database import fetch, quote, transaction

TABLES = {
    "step": """
        step varchar primary key, fingerprint varchar not null, finished_at timestamp not null,
        seconds double not null, rows bigint not null
    """,
    "step_part": """
        step varchar not null, part varchar not null, checksum varchar not null,
        primary key (step, part)
    """,
    "setting": """
        step varchar not null, name varchar not null, value varchar not null,
        primary key (step, name)
    """,
    "check_result": """
        gate varchar not null, suite varchar not null, check_name varchar not null,
        scope varchar not null, measured double, tolerance double, passed boolean not null,
        severity varchar not null, detail varchar not null
    """,
}

CHECK_COLUMNS = (
    "gate",
    "suite",
    "check_name",
    "scope",
    "measured",
    "tolerance",
    "passed",
    "severity",
    "detail",
)


class CheckRow(Protocol):
    """One check: what it measured against what was allowed."""

    @property
    def gate(self) -> str:
        """`raw`, `dbt`, `identity` or `marts`."""

    @property
    def suite(self) -> str:
        """The group of checks that ran together."""

    @property
    def check_name(self) -> str:
        """The rule."""

    @property
    def scope(self) -> str:
        """The table, column or place it looked at."""

    @property
    def measured(self) -> float | None:
        """What was found."""

    @property
    def tolerance(self) -> float | None:
        """What was allowed."""

    @property
    def passed(self) -> bool:
        """Whether the rule holds."""

    @property
    def severity(self) -> str:
        """`error` stops the run, `warn` does not."""

    @property
    def detail(self) -> str:
        """What it means, or the first offending rows."""


@dataclass(frozen=True)
class Check:
    """A check result as stored; satisfies CheckRow."""

    gate: str
    suite: str
    check_name: str
    scope: str
    measured: float | None
    tolerance: float | None
    passed: bool
    severity: str
    detail: str


@dataclass(frozen=True)
class FinishedStep:
    """The last success of a step."""

    step: str
    fingerprint: str
    finished_at: datetime
    seconds: float
    rows: int


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the meta tables that are not there yet."""
    connection.execute("create schema if not exists meta")
    for name, columns in TABLES.items():
        connection.execute(f"create table if not exists meta.{quote(name)} ({columns})")


def finished_steps(connection: duckdb.DuckDBPyConnection) -> dict[str, FinishedStep]:
    """The recorded successes by step; empty for a file without meta tables."""
    if not _has(connection, "step"):
        return {}
    rows = fetch(connection, "select step, fingerprint, finished_at, seconds, rows from meta.step")
    return {str(row[0]): FinishedStep(*row) for row in rows}  # type: ignore[arg-type]


def step_parts(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The checksums of what each step was made from, by step and part."""
    parts: dict[str, dict[str, str]] = {}
    if _has(connection, "step_part"):
        query = "select step, part, checksum from meta.step_part order by step, part"
        for step, part, checksum in fetch(connection, query):
            parts.setdefault(str(step), {})[str(part)] = str(checksum)
    return parts


def settings(connection: duckdb.DuckDBPyConnection, step: str) -> dict[str, str]:
    """How a step was last asked for, by name; empty when it never was."""
    if not _has(connection, "setting"):
        return {}
    rows = fetch(connection, "select name, value from meta.setting where step = ?", [step])
    return {str(name): str(value) for name, value in rows}


def replace_settings(
    connection: duckdb.DuckDBPyConnection, step: str, values: Mapping[str, str]
) -> None:
    """Keep how a step is asked for: later runs make it so again."""
    with transaction(connection):
        connection.execute("delete from meta.setting where step = ?", [step])
        for name, value in values.items():
            connection.execute("insert into meta.setting values (?, ?, ?)", [step, name, value])


def forget_steps(connection: duckdb.DuckDBPyConnection, steps: Iterable[str]) -> None:
    """Remove the records of steps that are about to be made again.

    The parts stay: they explain why the step was stale, also after a failed attempt.
    """
    for step in steps:
        connection.execute("delete from meta.step where step = ?", [step])


def record_step(
    connection: duckdb.DuckDBPyConnection, finished: FinishedStep, parts: Mapping[str, str]
) -> None:
    """Record a success, in one transaction."""
    with transaction(connection):
        connection.execute(
            "insert or replace into meta.step values (?, ?, ?, ?, ?)", list(astuple(finished))
        )
        connection.execute("delete from meta.step_part where step = ?", [finished.step])
        for part, checksum in sorted(parts.items()):
            connection.execute(
                "insert into meta.step_part values (?, ?, ?)", [finished.step, part, checksum]
            )


def replace_checks(
    connection: duckdb.DuckDBPyConnection,
    gate: str,
    rows: Sequence[CheckRow],
    *,
    suite: str | None = None,
) -> None:
    """Replace the results of a gate (or of one suite of it) by those of this run."""
    strangers = {row.gate for row in rows} - {gate}
    if strangers:
        raise ValueError(f"results of gate {gate} carry the gates {sorted(strangers)}")
    with transaction(connection):
        if suite is None:
            connection.execute("delete from meta.check_result where gate = ?", [gate])
        else:
            connection.execute(
                "delete from meta.check_result where gate = ? and suite = ?", [gate, suite]
            )
        values = [[getattr(row, column) for column in CHECK_COLUMNS] for row in rows]
        if values:
            marks = ", ".join("?" for _ in CHECK_COLUMNS)
            connection.executemany(f"insert into meta.check_result values ({marks})", values)


def read_checks(connection: duckdb.DuckDBPyConnection) -> list[Check]:
    """All check results of the file: failed ones first, errors before warnings."""
    if not _has(connection, "check_result"):
        return []
    query = f"""
        select {", ".join(CHECK_COLUMNS)} from meta.check_result
        order by passed, severity, gate, suite, check_name, scope
    """
    return [Check(*row) for row in fetch(connection, query)]  # type: ignore[arg-type]


def failed_errors(checks: Iterable[CheckRow]) -> list[CheckRow]:
    """The checks that forbid publishing."""
    return [check for check in checks if not check.passed and check.severity == "error"]


def _has(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    query = """
        select 1 from duckdb_tables()
        where database_name = current_database() and schema_name = 'meta' and table_name = ?
    """
    return bool(fetch(connection, query, [table]))


def describe(check: CheckRow) -> str:
    """A check in one line: its name and place, what was found, what was allowed, and why."""
    found = "nothing measured" if check.measured is None else f"found {check.measured:g}"
    allowed = "" if check.tolerance is None else f", allowed {check.tolerance:g}"
    detail = f" - {check.detail.splitlines()[0]}" if check.detail.strip() else ""
    return f"[{check.gate}] {check.check_name} on {check.scope}: {found}{allowed}{detail}"

"""What a working file knows about itself: finished steps and check results."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Protocol

import duckdb

from warehouse.database import fetch, qualified, quote, transaction

TABLES = {
    "step": """
        step varchar primary key, fingerprint varchar not null, finished_at timestamp not null,
        seconds double not null, rows bigint not null
    """,
    "item": """
        step varchar not null, item varchar not null, fingerprint varchar not null,
        tables varchar[] not null, parts map(varchar, varchar) not null, made boolean not null
    """,
    "touched": """
        step varchar primary key, tables varchar[] not null
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


@dataclass(frozen=True)
class RecordedItem:
    """What an item of a step was last made from.

    tables: what it makes, names with schema.  parts: checksums by name.  made: whether it still stands: an item
    that is about to be made again does not, nor one whose making failed.
    """

    fingerprint: str
    tables: tuple[str, ...]
    parts: Mapping[str, str]
    made: bool = True


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


def items(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], RecordedItem]:
    """What every item of every step was last made from, by step and item."""
    if not _has(connection, "item"):
        return {}
    query = "select step, item, fingerprint, tables, map_entries(parts), made from meta.item"
    return {
        (str(row[0]), str(row[1])): RecordedItem(
            fingerprint=str(row[2]),
            tables=tuple(row[3]),  # type: ignore[arg-type]
            parts={entry["key"]: entry["value"] for entry in row[4]},  # type: ignore[attr-defined]
            made=bool(row[5]),
        )
        for row in fetch(connection, query)
    }


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


def forget_items(connection: duckdb.DuckDBPyConnection, stale: Iterable[tuple[str, str]]) -> None:
    """Mark items that are about to be made again, by step and item, and forget that their steps finished.

    What they were made from stays: it explains why they were stale, also after a failed attempt.
    """
    pairs = sorted(stale)
    if not pairs:
        return
    steps = sorted({step for step, _ in pairs})
    names = [list(column) for column in zip(*pairs, strict=True)]
    with transaction(connection):
        connection.execute("delete from meta.step where list_contains(?, step)", [steps])
        connection.execute(
            "update meta.item set made = false"
            " where (step, item) in (select unnest(?::varchar[]), unnest(?::varchar[]))",
            names,
        )


def record_step(
    connection: duckdb.DuckDBPyConnection,
    finished: FinishedStep,
    made: Mapping[str, RecordedItem],
) -> None:
    """Record a success and what each of the step's items was made from, in one transaction."""
    columns: list[list[object]] = [
        [finished.step] * len(made),
        list(made),
        [item.fingerprint for item in made.values()],
        [list(item.tables) for item in made.values()],
        [list(item.parts) for item in made.values()],
        [list(item.parts.values()) for item in made.values()],
    ]
    with transaction(connection):
        connection.execute(
            "insert or replace into meta.step values (?, ?, ?, ?, ?)", list(astuple(finished))
        )
        connection.execute("delete from meta.item where step = ?", [finished.step])
        connection.execute(
            "insert into meta.item select step, item, fingerprint, tables, map(names, sums), true from ("
            " select unnest(?::varchar[]) as step, unnest(?::varchar[]) as item,"
            " unnest(?::varchar[]) as fingerprint, unnest(?::varchar[][]) as tables,"
            " unnest(?::varchar[][]) as names, unnest(?::varchar[][]) as sums)",
            columns,
        )


def forget_tables(connection: duckdb.DuckDBPyConnection, kept: Collection[str]) -> list[str]:
    """Drop what earlier runs left that none of ``kept`` (names with schema) is; returns what was dropped.

    The tables themselves are asked for: a run that failed has forgotten its items and kept their tables.
    Items and checks of what is gone are forgotten, so that a later run makes them again.
    """
    found = fetch(
        connection,
        "select schema_name || '.' || table_name, 'table' from duckdb_tables()"
        " where database_name = current_database() and schema_name <> 'meta' and not internal"
        " union all select schema_name || '.' || view_name, 'view' from duckdb_views()"
        " where database_name = current_database() and schema_name <> 'meta' and not internal",
    )
    gone = sorted((str(name), str(kind)) for name, kind in found if name not in kept)
    if not gone:
        return []
    with transaction(connection):
        # Views first: they read tables.
        for name, kind in sorted(gone, key=lambda each: each[1], reverse=True):
            connection.execute(f"drop {kind} if exists {qualified(*name.split('.'))}")
        names = [name for name, _ in gone]
        steps = fetch(
            connection,
            "delete from meta.item where list_has_any(tables, ?) returning step",
            [names],
        )
        connection.execute(
            "delete from meta.step where list_contains(?, step)", [[str(step) for (step,) in steps]]
        )
        models = [name.split(".")[1] for name in names]
        connection.execute(
            "delete from meta.check_result where gate = 'dbt'"
            " and list_contains(?, split_part(scope, '.', 1))",
            [models],
        )
    return names


def record_touched(
    connection: duckdb.DuckDBPyConnection, step: str, tables: Collection[str]
) -> None:
    """Keep which tables a step has read: tests hold that against what it declares."""
    connection.execute("insert or replace into meta.touched values (?, ?)", [step, sorted(tables)])


def touched(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The tables that each computation has read when it last ran."""
    if not _has(connection, "touched"):
        return {}
    rows = fetch(connection, "select step, tables from meta.touched")
    return {str(step): set(tables) for step, tables in rows}  # type: ignore[call-overload]


def replace_checks(
    connection: duckdb.DuckDBPyConnection,
    gate: str,
    rows: Sequence[CheckRow],
    *,
    suite: str | None = None,
    only: Collection[str] | None = None,
) -> None:
    """Replace the results of a gate (or of one suite of it) by those of this run.

    only: names of the checks that were made again; the others of the suite stay (None: all were).
    """
    strangers = {row.gate for row in rows} - {gate}
    if strangers:
        raise ValueError(f"results of gate {gate} carry the gates {sorted(strangers)}")
    with transaction(connection):
        connection.execute(
            "delete from meta.check_result where gate = $gate and ($suite is null or suite = $suite)"
            " and ($only is null or list_contains($only, check_name))",
            {"gate": gate, "suite": suite, "only": None if only is None else sorted(only)},
        )
        values = [[getattr(row, column) for column in CHECK_COLUMNS] for row in rows]
        if values:
            marks = ", ".join("?" for _ in CHECK_COLUMNS)
            connection.executemany(f"insert into meta.check_result values ({marks})", values)


def keep_checks(
    connection: duckdb.DuckDBPyConnection, gate: str, suite: str, names: Collection[str]
) -> None:
    """Remove the results of checks of a suite that are no longer among its checks."""
    connection.execute(
        "delete from meta.check_result where gate = ? and suite = ? and not list_contains(?, check_name)",
        [gate, suite, sorted(names)],
    )


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

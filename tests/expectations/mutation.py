"""Damage to one column of one mart at a time, and whether gate 2 names it.

    python -m tests.expectations.mutation WORKING_FILE

prints a row a mutation and how many were found. Only a copy of a working file is written to.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from expectations.judgement import Bound, by_mart, read_places
from expectations.marts_gate import judgements, suite_of
from expectations.runner import Suite, run_suites
from warehouse.database import quote, tables_of, views_of

NUMBERS = ("DOUBLE", "INTEGER", "BIGINT", "HUGEINT")
# One per cent breaks a sum; a bound is left by what no unit slip would give back.
BROKEN_SUM, BEYOND = 1.01, 1e9
_SUMS = ("gap", "parts_gap", "run_gap", "nation_gap", "mirror_gap", "inventory_gap", "gap_t")
# A column that is wrong throughout keeps its own sums: half of the rows are changed.
_HALF = "hash(held) % 2 = 0"


@dataclass(frozen=True)
class Mutation:
    """One column times a factor, where `where` holds (SQL over the mart); null stays null.

    A zero that is to leave a bound becomes the factor itself.
    """

    mart: str
    column: str
    factor: float
    where: str = "true"

    @property
    def name(self) -> str:
        """As a test shows it."""
        return f"{self.mart}.{self.column} x {self.factor:g}"


def mutations(connection: duckdb.DuckDBPyConnection) -> tuple[Mutation, ...]:
    """A broken sum for every column that a sum is held against, a broken bound for every other.

    Columns without a value anywhere have nothing to damage.
    """
    found = []
    marts = [*tables_of(connection, "marts"), *views_of(connection, "marts")]
    for judgement in by_mart(judgements(), marts):
        kinds = _kinds(connection, judgement.mart)
        if not connection.sql(f"select 1 from marts.{judgement.mart} limit 1").fetchall():
            continue
        columns: dict[str, Mutation] = {}
        for bound in judgement.bounds:
            column, _, what = bound.measure.partition("__")
            if kinds.get(column) not in NUMBERS or not _has_values(
                connection, judgement.mart, column
            ):
                continue
            if what in _SUMS:
                half = _half(connection, judgement.mart, column, kinds[column])
                columns[column] = Mutation(judgement.mart, column, BROKEN_SUM, half)
            elif column not in columns:
                factor = BEYOND if bound.maximum is not None else -BEYOND
                columns[column] = Mutation(judgement.mart, column, factor)
        found += columns.values()
    return tuple(found)


def _has_values(connection: duckdb.DuckDBPyConnection, mart: str, column: str) -> bool:
    query = f"select 1 from marts.{mart} where {quote(column)} is not null limit 1"
    return bool(connection.execute(query).fetchall())


def _half(connection: duckdb.DuckDBPyConnection, mart: str, column: str, kind: str) -> str:
    """Which rows are changed: one half, or the other where the first has none that the factor moves.

    A mart of few rows may have one row in a half, of zero or of a count that one per cent does not change.
    """
    changed = f"cast({quote(column)} * {BROKEN_SUM} as {_whole_or_not(kind)})"
    query = (
        f"select 1 from marts.{mart} as held where {_HALF} and {changed} <> {quote(column)} limit 1"
    )
    return _HALF if connection.execute(query).fetchall() else f"not ({_HALF})"


def _whole_or_not(kind: str) -> str:
    return "double" if kind == "DOUBLE" else "hugeint"


def _kinds(connection: duckdb.DuckDBPyConnection, mart: str) -> dict[str, str]:
    rows = connection.sql(f"describe marts.{mart}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


@contextmanager
def damaged(connection: duckdb.DuckDBPyConnection, mutation: Mutation) -> Iterator[None]:
    """The mart with the damage, as a view of what it was; as before afterwards.

    A working file keeps its views by text, so that a renamed mart leaves them whole.
    """
    column = quote(mutation.column)
    zero = 0 if mutation.factor == BROKEN_SUM else mutation.factor
    kind = _kinds(connection, mutation.mart)[mutation.column]
    is_view = mutation.mart in views_of(connection, "marts")
    what = "view" if is_view else "table"
    connection.execute("begin")
    try:
        connection.execute(f"alter {what} marts.{mutation.mart} rename to held")
        connection.execute(
            f"create view marts.{mutation.mart} as select * replace ("
            f"cast(case when not ({mutation.where}) then {column} when {column} = 0 then {zero}"
            f" else {column} * {mutation.factor} end as {_whole_or_not(kind)})"
            f" as {column}) from marts.held"
        )
        yield
    finally:
        connection.execute("rollback")


def damaged_suites(
    connection: duckdb.DuckDBPyConnection, marts: Collection[str]
) -> Iterator[tuple[Mutation, Suite]]:
    """Each mutation, done as long as it is looked at, with the expectations on its column."""
    mine = {judgement.mart: judgement for judgement in judgements()}
    places = read_places(connection)
    for mutation in mutations(connection):
        if marts and mutation.mart not in marts:
            continue
        with damaged(connection, mutation):
            judgement = mine[mutation.mart]
            own = [bound for bound in judgement.bounds if _is_about(bound, mutation.column)]
            suite = suite_of(replace(judgement, bounds=tuple(own)), places)
            yield mutation, replace(suite, name=mutation.name)


def _is_about(bound: Bound, column: str) -> bool:
    return bound.measure.partition("__")[0] == column


def tried(working: Path, marts: Collection[str] = ()) -> dict[Mutation, list[str]]:
    """What gate 2 says of every mutation, of a copy of a working file; of some marts where named.

    The failed checks on the damaged column: `name: detail`.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(working, folder))
        with duckdb.connect(str(copy)) as connection:
            seen: list[Mutation] = []

            def suites() -> Iterator[Suite]:
                for mutation, suite in damaged_suites(connection, marts):
                    seen.append(mutation)
                    yield suite

            checks = run_suites(connection, "marts", suites())
    return {
        mutation: [
            f"{check.check_name}: {check.detail}"
            for check in checks
            if not check.passed
            and check.suite == mutation.name
            and f"({mutation.column}" in check.check_name
        ]
        for mutation in seen
    }


def main(working: Path) -> None:
    """Mutate a copy of a working file and print what the gate found."""
    results = tried(working)
    for mutation, named in results.items():
        print(f"{mutation.name:70} {named[0][:90] if named else 'NOT FOUND'}")
    found = sum(bool(named) for named in results.values())
    marts = {mutation.mart for mutation in results}
    print(f"{found} of {len(results)} mutations found, in {len(marts)} marts")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What gate 2 says of one mart: a query that measures it by place, and bounds on what it measures.

dbt has tested keys, gaps, codes and columns when it built the mart (the yml beside its SQL). A
judgement asks what dbt does not: whether amounts can be so, and whether sums agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from expectations.results import Severity
from expectations.summed import by_consumer
from warehouse.database import literal

EXACT = 1e-9
"""2026-11-21: two ways through double precision to the same sum; a lost row is far above."""


@dataclass(frozen=True)
class Bound:
    """At least and at most, on one column of a judgement's query.

    measure: the column of the query, `<column of the mart>` or `<column of the mart>__<what>`, so that
    a failure names the mart's column.  reason: dated, why the bounds have their values.
    """

    measure: str
    reason: str
    minimum: float | None = None
    maximum: float | None = None
    severity: Severity = "error"


@dataclass(frozen=True)
class Judgement:
    """Bounds on one mart, all on one query, which the gate runs once.

    mart: its name in schema marts.  sql: one row a place, with a column `place` and the measures;
    $home and $consumer stand for codes (see Places).
    may_be_empty: SQL that gives one row `true` where the mart rightly has no rows.
    """

    mart: str
    sql: str
    bounds: tuple[Bound, ...]
    may_be_empty: str = ""


@dataclass(frozen=True)
class Places:
    """Codes that queries ask for, as constants: only those are pushed down into views.

    home: the home region as a consumer.  consumer: the foreign region whose demand calls for most.
    """

    home: str
    consumer: str

    def fill(self, sql: str) -> str:
        """The query with the codes in place of $home and $consumer."""
        return sql.replace("$home", literal(self.home)).replace("$consumer", literal(self.consumer))


def read_places(connection: duckdb.DuckDBPyConnection) -> Places:
    """The places of a working file; empty where it lacks the marts that tell, which fails the judgements."""
    try:
        homes = connection.sql("select code from marts.dim_region where kind = 'home'").fetchall()
        home = homes[0][0] if len(homes) == 1 else ""
        consumers = connection.sql(
            f"""
            select consumer_region from {by_consumer(connection, "fct_consumed_product_output")}
            where consumer_region <> {literal(home)}
            group by consumer_region
            order by sum(output_musd) desc, consumer_region
            limit 1
            """
        ).fetchall()
    except duckdb.Error:
        return Places("", "")
    return Places(home, consumers[0][0] if consumers else "")


def gap(measure: str, left: str, right: str, reason: str, tolerance: float = EXACT) -> Bound:
    """Two sides that are equal, as a relative difference; `gap_sql` writes the measure itself."""
    return Bound(measure, f"{reason} (|{left} - {right}| over the larger)", maximum=tolerance)


def gap_sql(left: str, right: str, floor: float = 1.0) -> str:
    """|left - right| over the larger of the two or `floor`, in SQL; a missing side counts as zero."""
    first, second = f"coalesce({left}, 0)", f"coalesce({right}, 0)"
    return f"abs({first} - {second}) / greatest(abs({first}), abs({second}), {floor})"


def unjudged(marts: Iterable[str], judged: Iterable[str]) -> tuple[str, ...]:
    """The marts that no judgement is about, by name."""
    return tuple(sorted(set(marts) - set(judged)))


def by_mart(judgements: Sequence[Judgement], marts: Iterable[str]) -> tuple[Judgement, ...]:
    """The judgements of the marts that are there.

    Raises ValueError when two are about one mart: the second would be a query more for nothing.
    """
    names = [judgement.mart for judgement in judgements]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"judged twice: {', '.join(twice)}")
    there = set(marts)
    return tuple(judgement for judgement in judgements if judgement.mart in there)

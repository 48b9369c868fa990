"""What must hold in the marts that compare two years, before they are published.

They are in no working file, so gate 2 does not see them: publishing asks here (flows/publishing.py).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from expectations.comparison import Comparison
from expectations.judgement import EXACT
from expectations.results import CheckResult
from warehouse.between import CHANGE, INTERVAL, PAIR, PM25, SECTOR, TOTAL
from warehouse.database import connect, scalar, tables_of

_KEY = "edition, year, base_edition, base_year"
_PAIR = f"concat_ws(' ', {_KEY})"
_CELL = f"concat_ws(' ', {_KEY}, producer_province, consumer_region, pollutant)"
_SUM = f"concat_ws(' ', {_KEY}, prices, consumer_region, pollutant, factor)"
_FLOOR_T = 1.0

IDENTITIES = (
    # The earlier year's emission and all factors give the later one's, for every province and consumer.
    Comparison(
        name="factors_sum_to_the_change",
        scope=f"marts.{CHANGE}",
        left=f"""
            select {_CELL} as place, change_t as amount
            from marts.{CHANGE}
            union all
            select {_CELL}, before_t
            from marts.{TOTAL}
        """,
        right=f"""
            select {_CELL} as place, after_t as amount
            from marts.{TOTAL}
        """,
        floor=_FLOOR_T,
        tolerance=EXACT,
    ),
    Comparison(
        name="sectors_sum_to_provinces",
        scope=f"marts.{SECTOR}",
        left=f"""
            select {_SUM} as place, change_t as amount
            from marts.{SECTOR}
        """,
        right=f"""
            select {_SUM} as place, change_t as amount
            from marts.{CHANGE}
        """,
        floor=_FLOOR_T,
        tolerance=EXACT,
    ),
)
_INTERVALS = Comparison(
    name="intervals_are_of_the_factors",
    scope=f"marts.{INTERVAL}",
    left=f"""
        select concat_ws(' ', {_KEY}, place, pollutant, factor) as place, point_t as amount
        from marts.{INTERVAL} as sure
        inner join marts.{PAIR} as pair using ({_KEY}, prices)
        inner join marts.dim_region as region on sure.place = region.code
        where consumers = 'all' and factor <> 'change' and region.kind = 'province'
    """,
    right=f"""
        select concat_ws(' ', {_KEY}, producer_province, pollutant, factor) as place, change_t as amount
        from marts.{CHANGE}
        where {_PAIR} in (select {_PAIR} from marts.{INTERVAL})
    """,
    floor=_FLOOR_T,
    tolerance=EXACT,
)
_RULES = {
    "one_rule_of_prices": f"""
        select count(*) from (
            select {_KEY}, prices from marts.{CHANGE}
            union all select {_KEY}, prices from marts.{SECTOR}
            union all select {_KEY}, prices from marts.{PM25}
        ) as found
        left join marts.{PAIR} as pair using ({_KEY})
        where found.prices is distinct from pair.prices
    """,
    "decomposed_pairs_have_rows": f"""
        select count(*) from marts.{PAIR} as pair
        where is_decomposed <> exists (
            select 1 from marts.{CHANGE} as change
            where change.edition = pair.edition and change.year = pair.year
                and change.base_edition = pair.base_edition and change.base_year = pair.base_year
        ) or (is_decomposed and (residual_share is null or residual_share > {EXACT}))
    """,
    "intervals_are_in_order": f"""
        select count(*) from marts.{INTERVAL}
        where not (p05_t <= median_t and median_t <= p95_t and same_sign_share between 0 and 1)
    """,
}
"""Rows that break a rule, counted."""


def judge_changes(draft: Path) -> list[CheckResult]:
    """The checks on the marts of changes in a draft of the published file; none where it compares nothing."""
    with connect(draft, read_only=True, repeatable=False) as connection:
        if PAIR not in tables_of(connection, "marts"):
            return []
        checks = [_counted(connection, name, sql) for name, sql in _RULES.items()]
        if scalar(connection, f"select count(*) from marts.{CHANGE}"):
            checks += [identity.check(connection) for identity in IDENTITIES]
        if scalar(connection, f"select count(*) from marts.{INTERVAL}"):
            checks.append(_INTERVALS.check(connection))
        return checks


def _counted(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> CheckResult:
    wrong = int(str(scalar(connection, sql)))
    return CheckResult(
        gate="identity",
        suite="marts__change__rule",
        check_name=name,
        scope=f"marts.{CHANGE}",
        measured=float(wrong),
        tolerance=0.0,
        passed=wrong == 0,
        severity="error",
        detail=f"{wrong:,} rows break it",
    )

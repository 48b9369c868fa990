"""Gate 2: the marts, before they are published.

dbt has just tested keys, gaps, codes and accepted values of every mart. This gate judges what dbt
does not: bounds of amounts, and sums that must agree. Which marts there are, the working file says;
a mart that nothing judges fails the gate.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb
import great_expectations.expectations as gxe

from expectations.bounds import EditionBounds, GroupBound
from expectations.judgement import Bound, Judgement, Places, by_mart, read_places, unjudged
from expectations.marts_air import air_judgements
from expectations.marts_concentration import concentration_judgements
from expectations.marts_evaluation import evaluation_judgements
from expectations.marts_exports import export_judgements
from expectations.marts_health import health_judgements
from expectations.marts_named import named_judgements
from expectations.marts_paper import paper_judgements
from expectations.marts_record import record_judgements
from expectations.marts_supply_chain import supply_chain_judgements
from expectations.marts_table import table_judgements
from expectations.marts_uncertainty import uncertainty_judgements
from expectations.marts_years import year_judgements
from expectations.promise import Mart, read_marts, read_parts
from expectations.raw_gate import landed_roles
from expectations.results import CheckResult
from expectations.runner import Suite, run_suites
from warehouse.database import count_rows, literal, qualified, quote, tables_of, views_of

# Rows by group are recorded for the bundled files; what these roles fill may rightly have others.
INVENTORY_ROLES = frozenset({"sector_emission", "emission_concordance"})
TABLE_ROLES = frozenset({"global_table", "provincial_mrio", "provincial_table"})
LINKED_ROLES = TABLE_ROLES | {"trade"}
ROLES_OF_ROWS = {
    "fct_emission_inventory": INVENTORY_ROLES | TABLE_ROLES,
    "fct_emission_intensity": INVENTORY_ROLES | TABLE_ROLES,
}


def judgements() -> tuple[Judgement, ...]:
    """Every judgement that this gate has, of marts of all kinds of edition."""
    return (
        *table_judgements(),
        *export_judgements(),
        *supply_chain_judgements(),
        *named_judgements(),
        *uncertainty_judgements(),
        *concentration_judgements(),
        *evaluation_judgements(),
        *health_judgements(),
        *paper_judgements(),
        *record_judgements(),
        *year_judgements(),
        *air_judgements(),
    )


def judge_marts(
    connection: duckdb.DuckDBPyConnection,
    bounds: EditionBounds | None,
    described: Path,
    own: Sequence[Judgement] = (),
    to_follow: Collection[str] = (),
) -> list[CheckResult]:
    """The checks (gate `marts`) on all marts of a working file.

    bounds: rows of groups, None where the edition has none recorded.  described: the folder of the
    yml files of the part whose marts must all be there; those of other parts count once one of
    their marts is.  own: judgements of the user's own marts.  to_follow: marts that are made later.
    """
    marts = [*tables_of(connection, "marts"), *views_of(connection, "marts")]
    parts = read_parts(described)
    mine = by_mart((*judgements(), *own), marts)
    places = read_places(connection)
    landed = landed_roles(connection)
    groups = [
        group
        for group in (() if bounds is None else bounds.groups)
        if group.table not in to_follow
        and not landed & ROLES_OF_ROWS.get(group.table, LINKED_ROLES)
    ]
    empty = {
        judgement.mart: found
        for judgement in mine
        if (found := _rightly_empty(connection, judgement)) is not None
    }
    return [
        _every_mart_is_judged(marts, mine),
        _every_described_mart_is_there(marts, parts, described, to_follow),
        *empty.values(),
        *run_suites(
            connection,
            "marts",
            [
                *_columns([mart for part in parts for mart in part], marts),
                *(suite_of(each, places) for each in mine if each.mart not in empty),
                *(_rows_by_group(group) for group in groups),
            ],
        ),
    ]


def _every_mart_is_judged(marts: Sequence[str], mine: Sequence[Judgement]) -> CheckResult:
    missing = unjudged(marts, (judgement.mart for judgement in mine))
    return CheckResult(
        gate="marts",
        suite="marts__all__judged",
        check_name="every_mart_is_judged",
        scope="marts",
        measured=float(len(missing)),
        tolerance=0.0,
        passed=not missing and bool(marts),
        severity="error",
        detail=f"{len(marts) - len(missing)} of {len(marts)} marts have bounds or sums"
        + (
            f"; none judges {', '.join(missing)}: add a judgement in expectations/"
            if missing
            else ""
        ),
    )


def _every_described_mart_is_there(
    marts: Sequence[str],
    parts: Sequence[Sequence[Mart]],
    described: Path,
    to_follow: Collection[str],
) -> CheckResult:
    """What a part's yml describes is in the file: all of the edition's own part, and of any that is begun."""
    own = {mart.name for mart in read_marts(described)} - set(to_follow)
    # An air edition has some marts of `core`, and rightly not the others.
    begun = [
        mart.name
        for part in parts
        if any(mart.name in marts for mart in part)
        and not (described.parent.name == "air" and part[0].name not in own)
        for mart in part
        if mart.name not in to_follow
    ]
    missing = sorted((own | set(begun)) - set(marts))
    return CheckResult(
        gate="marts",
        suite="marts__all__described",
        check_name="every_described_mart_is_there",
        scope="marts",
        measured=float(len(missing)),
        tolerance=0.0,
        passed=not missing,
        severity="error",
        detail=f"{len(own | set(begun)) - len(missing)} of {len(own | set(begun))} described marts are there"
        + (f"; missing: {', '.join(missing)}" if missing else ""),
    )


def _rightly_empty(
    connection: duckdb.DuckDBPyConnection, judgement: Judgement
) -> CheckResult | None:
    """A passed check where a mart has no rows and its source has none either; otherwise None: judge it."""
    if not judgement.may_be_empty or count_rows(connection, "marts", judgement.mart):
        return None
    try:
        ((is_right,),) = connection.sql(judgement.may_be_empty).fetchall()
    except duckdb.Error:
        return None
    if not is_right:
        return None
    return CheckResult(
        gate="marts",
        suite=f"marts__{judgement.mart}__judgement",
        check_name="empty_as_its_source",
        scope=f"marts.{judgement.mart}",
        measured=0.0,
        tolerance=0.0,
        passed=True,
        severity="error",
        detail="no rows: nothing was brought that would make any",
    )


def suite_of(judgement: Judgement, places: Places) -> Suite:
    """The judgement as expectations on one frame."""
    return Suite(
        f"marts__{judgement.mart}__judgement",
        f"marts.{judgement.mart}",
        places.fill(judgement.sql),
        tuple(_between(bound) for bound in judgement.bounds),
        notes={bound.measure: bound.reason for bound in judgement.bounds},
    )


def _between(bound: Bound) -> gxe.ExpectColumnValuesToBeBetween:
    return gxe.ExpectColumnValuesToBeBetween(
        column=bound.measure,
        min_value=bound.minimum,
        max_value=bound.maximum,
        severity="warning" if bound.severity == "warn" else "critical",
    )


def _columns(described: Sequence[Mart], marts: Sequence[str]) -> list[Suite]:
    """The columns are the promised ones, in order, of marts whose contract dbt does not enforce yet."""
    promised = [mart for mart in described if not mart.is_contracted and mart.name in marts]
    if not promised:
        return []
    rows = ", ".join(
        f"({literal(mart.name)}, [{', '.join(literal(name) for name in mart.columns)}])"
        for mart in promised
    )
    return [
        Suite(
            "marts__all__columns",
            "marts",
            f"""
            with promised (place, columns) as (values {rows}),

            found as (
                select table_name as place, list(column_name order by column_index) as columns
                from duckdb_columns()
                where schema_name = 'marts' and database_name = current_database()
                group by table_name
            )

            select place, promised.columns is not distinct from found.columns as is_promised
            from promised
            left join found using (place)
            """,
            (gxe.ExpectColumnValuesToBeInSet(column="is_promised", value_set=[True]),),
        )
    ]


def _rows_by_group(bound: GroupBound) -> Suite:
    """Rows in every group lie between two bounds, and no group is missing or too many."""
    table, column = qualified("marts", bound.table), quote(bound.group)
    by_column = f"select {column} as place, count(*) as row_count from {table} group by {column}"
    by_block = f"""
        select origin.kind || ' to ' || target.kind as place, count(*) as row_count
        from {table} as cell
        inner join marts.dim_region as origin on cell.from_region = origin.code
        inner join marts.dim_region as target on cell.to_region = target.code
        group by origin.kind, target.kind
    """
    return Suite(
        f"marts__{bound.table}__rows_by_{bound.group}",
        f"marts.{bound.table}",
        by_block if bound.group == "block" else by_column,
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="row_count", min_value=bound.minimum, max_value=bound.maximum
            ),
            gxe.ExpectTableRowCountToEqual(value=bound.groups),
        ),
        bound.note,
    )

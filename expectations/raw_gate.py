"""Gate 1: what was read, before anything is made from it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import great_expectations.expectations as gxe
import polars as pl

from expectations.bounds import CodeSet, EditionBounds, PartsOfTotal, Range, RowBound, YearSet
from expectations.runner import Suite
from warehouse.contracts import CONTRACTS, Contract
from warehouse.database import fetch, literal, qualified, quote, tables_of
from warehouse.regions import home_region


def raw_suites(
    roles: list[str], bounds: EditionBounds | None, landed: frozenset[str] = frozenset()
) -> list[Suite]:
    """The suites of the roles that are there, and of those the edition's bounds ask for.

    roles: tables of schema raw.  bounds: None leaves the checks that hold for every edition.  landed: roles that a
    user's files fill. Counts of rows and sums were recorded for the bundled files and judge those alone; of codes
    a user's table may have more, not fewer.
    """
    wanted = EditionBounds("") if bounds is None else bounds
    rows = {bound.table: bound for bound in wanted.rows}
    asked = sorted((set(roles) & set(CONTRACTS)) | set(rows))
    rows = {table: bound for table, bound in rows.items() if table not in landed}
    return [
        _provenance(),
        *(_keys_and_counts(CONTRACTS[role], rows.get(role)) for role in asked),
        *(suite for role in asked for suite in _limits(CONTRACTS[role])),
        *(
            _codes(expected, expected.table in landed)
            for expected in wanted.codes
            if not (expected.of_bundled and expected.table in landed)
        ),
        *(_years(expected) for expected in wanted.years),
        *(_parts_of_total(expected, expected.table in landed) for expected in wanted.parts),
        *(_range(expected) for expected in wanted.ranges if expected.table not in landed),
    ]


def _table(role: str) -> str:
    return qualified("raw", role)


def _provenance() -> Suite:
    """Every role that provenance names has a table, and every table has its provenance."""
    return Suite(
        "raw__provenance__roles",
        "raw.provenance",
        """
        with described as (
            select
                role,
                sum(loaded_rows) as loaded_rows,
                count(*) filter (where coalesce(trim(licence), '') = '') as unlicensed
            from raw.provenance
            where role <> 'simulation' -- GEOS-Chem's results, added later: they are no raw table
            group by role
        ),
        stored as (
            select table_name as role
            from duckdb_tables()
            where
                schema_name = 'raw' and table_name <> 'provenance'
                and database_name = current_database()
        )
        select
            coalesce(described.role, stored.role) as place,
            described.role is not null as is_described,
            stored.role is not null as is_stored,
            coalesce(loaded_rows, 0) as loaded_rows,
            coalesce(unlicensed, 0) as unlicensed
        from described full outer join stored on described.role = stored.role
        """,
        (
            gxe.ExpectColumnValuesToBeInSet(column="is_described", value_set=[True]),
            gxe.ExpectColumnValuesToBeInSet(column="is_stored", value_set=[True]),
            gxe.ExpectColumnValuesToBeBetween(column="loaded_rows", min_value=1),
            gxe.ExpectColumnValuesToBeBetween(column="unlicensed", max_value=0),
        ),
    )


def _keys_and_counts(contract: Contract, bound: RowBound | None) -> Suite:
    """Keys never repeat, nothing is missing or infinite, and the rows are as many as bounded."""
    names = [quote(column.name) for column in contract.columns]
    numbers = [quote(column.name) for column in contract.columns if column.dtype == pl.Float64]
    missing = " or ".join(f"{name} is null" for name in names)
    infinite = " or ".join(f"not isfinite({name})" for name in numbers) or "false"
    key = ", ".join(quote(name) for name in contract.key)
    minimum, maximum = (1, None) if bound is None else (bound.minimum, bound.maximum)
    return Suite(
        f"raw__{contract.name}__keys_and_counts",
        f"raw.{contract.name}",
        f"""
        select
            {literal(contract.name)} as place,
            count(*) as row_count,
            count(distinct hash({key})) as key_count,
            count(*) filter (where {missing}) as incomplete,
            count(*) filter (where {infinite}) as not_finite
        from {_table(contract.name)}
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="row_count", min_value=minimum, max_value=maximum
            ),
            gxe.ExpectColumnPairValuesToBeEqual(column_A="key_count", column_B="row_count"),
            gxe.ExpectColumnValuesToBeBetween(column="incomplete", max_value=0),
            gxe.ExpectColumnValuesToBeBetween(column="not_finite", max_value=0),
        ),
        "" if bound is None else bound.note,
    )


def _limits(contract: Contract) -> Iterator[Suite]:
    """Numbers lie within the limits of the role's contract, where it has any."""
    limited = [
        f"""
        select
            {literal(column.name)} as place,
            min({quote(column.name)}) as lowest,
            {"lowest" if column.minimum is None else column.minimum} as at_least,
            max({quote(column.name)}) as highest,
            {"highest" if column.maximum is None else column.maximum} as at_most
        from {_table(contract.name)}
        """
        for column in contract.columns
        if column.minimum is not None or column.maximum is not None
    ]
    if limited:
        yield Suite(
            f"raw__{contract.name}__limits",
            f"raw.{contract.name}",
            " union all ".join(limited),
            (
                gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                    column_A="lowest", column_B="at_least", or_equal=True
                ),
                gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                    column_A="at_most", column_B="highest", or_equal=True
                ),
            ),
        )


def landed_roles(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The roles that a user's files fill, by what provenance says of them."""
    if "provenance" not in tables_of(connection, "raw"):
        return frozenset()
    found = fetch(connection, "select distinct role from raw.provenance where not is_bundled")
    return frozenset(str(row[0]) for row in found)


def _codes(expected: CodeSet, is_landed: bool) -> Suite:
    codes = sorted(expected.codes)
    return Suite(
        f"raw__{expected.table}__{expected.column}_codes",
        f"raw.{expected.table}",
        f"select distinct {quote(expected.column)} as code from {_table(expected.table)}"
        f" where {expected.where}",
        (
            gxe.ExpectColumnDistinctValuesToContainSet(column="code", value_set=codes)
            if is_landed
            else gxe.ExpectColumnDistinctValuesToEqualSet(column="code", value_set=codes),
        ),
        expected.note,
    )


def _years(expected: YearSet) -> Suite:
    return Suite(
        f"raw__{expected.table}__years",
        f"raw.{expected.table}",
        f"select distinct {quote(expected.column)} as year from {_table(expected.table)}",
        (
            gxe.ExpectColumnDistinctValuesToContainSet(
                column="year", value_set=sorted(expected.years)
            ),
        ),
        expected.note,
    )


def _parts_of_total(expected: PartsOfTotal, is_landed: bool) -> Suite:
    """Parts sum to their total in every place; the total must exist, and so must the parts.

    A landed table may leave its totals out: those that it states are judged.
    """
    place = ", ".join(quote(name) for name in expected.place)
    measure = quote(expected.measure)
    holds = "parts = total or total is null" if is_landed else "parts = total"
    return Suite(
        f"raw__{expected.table}__parts_of_total",
        f"raw.{expected.table}",
        f"""
        with sums as (
            select
                concat_ws(' / ', {place}) as place,
                sum({measure}) filter (where {expected.parts}) as parts,
                sum({measure}) filter (where {expected.total}) as total
            from {_table(expected.table)}
            group by {place}
        )
        select
            place,
            case when {holds} then 0 else abs(parts - total) / abs(total) end as difference_share
        from sums
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="difference_share", max_value=expected.tolerance
            ),
        ),
        expected.note,
    )


def _range(expected: Range) -> Suite:
    where = expected.where.replace("$home", literal(home_region()))
    return Suite(
        f"raw__{expected.table}__{expected.name.lower().replace(' ', '_')}",
        f"raw.{expected.table}",
        f"select {literal(expected.name)} as place, sum({quote(expected.measure)}) as total"
        f" from {_table(expected.table)} where {where}",
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="total", min_value=expected.minimum, max_value=expected.maximum
            ),
        ),
        expected.note,
    )

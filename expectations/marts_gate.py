"""Gate 2: the marts, before they are published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import great_expectations.expectations as gxe

from expectations.bounds import EditionBounds, GroupBound
from expectations.promise import Mart
from expectations.runner import Suite
from warehouse.database import literal, qualified, quote

# 2026-11-21: METHOD's bound for a balanced table, "converged means <= 1e-6".
_MAX_RESIDUAL = 1e-6


def mart_suites(marts: Sequence[Mart], bounds: EditionBounds | None) -> list[Suite]:
    """The suites of all marts. bounds: None leaves the checks that hold for every edition."""
    groups = () if bounds is None else bounds.groups
    return [
        *described_suites(marts),
        *(_rows_by_group(group) for group in groups),
        _balance(),
        _value_added(),
        _export_driven_share(),
    ]


def described_suites(marts: Sequence[Mart]) -> list[Suite]:
    """What the yml files promise of every mart: columns, keys, codes."""
    return [
        *(_columns(mart) for mart in marts),
        *(_keys(mart) for mart in marts if mart.key),
        *(suite for mart in marts for suite in _codes(mart)),
    ]


def _table(name: str) -> str:
    return qualified("marts", name)


def _columns(mart: Mart) -> Suite:
    """The columns are the promised ones, in the promised order, and there are rows."""
    return Suite(
        f"marts__{mart.name}__columns",
        f"marts.{mart.name}",
        f"select * from {_table(mart.name)} limit 1",
        (gxe.ExpectTableColumnsToMatchOrderedList(column_list=list(mart.columns)),),
    )


def _keys(mart: Mart) -> Suite:
    """The key never repeats and has no gap. A clash of hashes can only raise a false alarm."""
    key = [quote(name) for name in mart.key]
    return Suite(
        f"marts__{mart.name}__keys",
        f"marts.{mart.name}",
        f"""
        select
            {literal(mart.name)} as place,
            count(*) as row_count,
            count(distinct hash({", ".join(key)})) as key_count,
            count(*) filter (where {" or ".join(f"{name} is null" for name in key)}) as incomplete
        from {_table(mart.name)}
        """,
        (
            gxe.ExpectColumnPairValuesToBeEqual(column_A="key_count", column_B="row_count"),
            gxe.ExpectColumnValuesToBeBetween(column="incomplete", max_value=0),
        ),
    )


def _codes(mart: Mart) -> Iterator[Suite]:
    """Every code in use is a code of its dimension, every category one of the accepted ones."""
    known = {
        column: f"code in (select code from {_table(dimension)})"
        for column, dimension in mart.references.items()
    } | {
        column: f"code in ({', '.join(literal(value) for value in values)})"
        for column, values in mart.accepted.items()
    }
    if known:
        yield Suite(
            f"marts__{mart.name}__codes",
            f"marts.{mart.name}",
            " union all ".join(
                f"""
                select
                    {literal(column)} || ' ' || code as place,
                    {rule} as is_known
                from (
                    select distinct cast({quote(column)} as varchar) as code
                    from {_table(mart.name)}
                    where {quote(column)} is not null
                )
                """
                for column, rule in known.items()
            ),
            (gxe.ExpectColumnValuesToBeInSet(column="is_known", value_set=[True]),),
        )


def _rows_by_group(bound: GroupBound) -> Suite:
    """Rows in every group lie between two bounds, and no group is missing or too many."""
    table, column = _table(bound.table), quote(bound.group)
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


def _balance() -> Suite:
    return Suite(
        "marts__fct_balance__residuals",
        "marts.fct_balance",
        """
        select block || ' ' || region as place, max_residual, structural_change_share
        from marts.fct_balance
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(column="max_residual", max_value=_MAX_RESIDUAL),
            gxe.ExpectColumnValuesToBeBetween(column="structural_change_share", min_value=0),
        ),
    )


def _value_added() -> Suite:
    return Suite(
        "marts__fct_mrio_output__value_added_share",
        "marts.fct_mrio_output",
        """
        select
            region as place,
            sum(value_added_musd) / nullif(sum(output_musd), 0) as value_added_share
        from marts.fct_mrio_output
        group by region
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="value_added_share", min_value=0, max_value=1, strict_min=True
            ),
        ),
        "2026-11-21: a whole economy adds value, and less than its output.",
    )


def _export_driven_share() -> Suite:
    return Suite(
        "marts__fct_export_output__export_driven_share",
        "marts.fct_export_output",
        """
        with embodied as (
            select
                producer_province as province,
                producer_sector as sector,
                sum(output_musd) as output_musd
            from marts.fct_export_output
            group by producer_province, producer_sector
        )
        select
            produced.region || ' ' || produced.sector as place,
            coalesce(embodied.output_musd, 0) / produced.output_musd as export_driven_share
        from marts.fct_mrio_output as produced
        inner join marts.dim_region as region
            on produced.region = region.code and region.kind = 'province'
        left join embodied
            on produced.region = embodied.province and produced.sector = embodied.sector
        where produced.output_musd > 0
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="export_driven_share", min_value=0, max_value=1, severity="warning"
            ),
        ),
        "2026-11-21: exports call for what is produced; where stocks fall, the share can pass 1.",
    )

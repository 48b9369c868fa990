"""What moved from one release to the next: sums by mart, measure and province, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from warehouse.between import MARTS
from warehouse.database import fetch, literal, qualified, quote, scalar

TABLE = "fct_release_change"
COMMENT = (
    "What moved since the release before: one row per edition, year, mart, measure, scope "
    "and province whose figure differs, the largest change of each measure and scope first. The first release "
    "has none."
)
COLUMNS: Mapping[str, tuple[str, str]] = {
    "edition": ("varchar", "Edition of the data and assumptions."),
    "year": ("integer", "Year of the edition."),
    "mart": ("varchar", "Table that moved."),
    "measure": ("varchar", "Column that moved, its unit in its name; `rows` for the number of rows."),
    "scope": ("varchar", "What must not be summed over, as `pollutant=SO2`; empty for the whole table."),
    "province": ("varchar", "Producing province or region; empty where the mart has none."),
    "statistic": ("varchar", "`sum` of what adds up, `mean` of shares and concentrations, `count` of rows."),
    "value_before": ("double", "In the release before; empty when the row is new."),
    "value_after": ("double", "In this release; empty when the row is gone."),
    "value_change": ("double", "After less before, nothing counting as zero."),
    "change_share": ("double", "Change over the larger of the two in size (-2 to 2)."),
    "status": ("varchar", "`changed`, `new` or `gone`."),
    "change_rank": ("integer", "1 for the largest change of the edition, year, mart, measure and scope."),
}  # fmt: skip

# Views are tables times a factor and can be slow; this one is what most readers ask.
VIEWS_COMPARED = ("fct_export_emission",)
# What a check measures is rounding noise, and texts do not move; changes between years follow from other marts.
NOT_COMPARED = ("fct_check_result", "fct_provenance", TABLE, *MARTS)
# The first of these that a mart has is its place.
PLACES = (
    "province", "producer_province", "emitter_province", "from_region", "region", "receptor", "place",
)  # fmt: skip
# Rows that differ in one of these are different things: they are never summed together.
KINDS = (
    "pollutant", "variant", "engine", "scenario", "flow", "layer", "measure", "component", "model", "season",
    "place_kind", "period_kind", "period", "method", "weighting", "product", "indicator", "figure_id",
    "assumption", "unit", "block", "in_footprint", "threshold_ug_m3", "scope", "statistic",
)  # fmt: skip
COORDINATES = ("longitude", "latitude", "threshold_ug_m3")
FRACTIONAL = ("DOUBLE", "FLOAT", "DECIMAL")
ADDITIVE = ("_t", "_musd", "_persons", "amount")
# Sums of doubles by several threads differ in their last digits.
NOISE_SHARE = 1e-9


@dataclass(frozen=True, order=True)
class Key:
    """An edition and year."""

    edition: str
    year: int


def create_table(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Make the empty table with its comments in schema marts of a catalog."""
    name = qualified(catalog, "marts", TABLE)
    columns = ", ".join(f"{quote(column)} {kind}" for column, (kind, _) in COLUMNS.items())
    connection.execute(f"create table {name} ({columns})")
    connection.execute(f"comment on table {name} is {literal(COMMENT)}")
    for column, (_, text) in COLUMNS.items():
        connection.execute(f"comment on column {name}.{quote(column)} is {literal(text)}")


def fill_table(
    connection: duckdb.DuckDBPyConnection,
    before: str,
    after: str,
    keys: Iterable[Key],
    *,
    into: str = "",
) -> int:
    """Write what moved from catalog ``before`` to ``after`` into the table; returns its rows.

    into: the catalog whose table is filled (else ``after``).
    """
    name = qualified(into or after, "marts", TABLE)
    for key in sorted(keys):
        for mart in marts_compared(connection, (before, after)):
            query = change_query(connection, before, after, mart, key)
            if query:
                connection.execute(f"insert into {name} by name {query}")
    return int(str(scalar(connection, f"select count(*) from {name}")))


def marts_compared(connection: duckdb.DuckDBPyConnection, catalogs: Sequence[str]) -> list[str]:
    """The marts with edition and year in any of the catalogs."""
    marks = ", ".join("?" for _ in catalogs)
    query = f"""
        select distinct table_name from duckdb_columns()
        where database_name in ({marks}) and schema_name = 'marts' and column_name = 'edition'
            and not table_name in (select view_name from duckdb_views() where not internal)
        order by all
    """
    tables = [str(name) for (name,) in fetch(connection, query, list(catalogs))]
    views = [
        view
        for view in VIEWS_COMPARED
        if all(_columns(connection, catalog, view) for catalog in catalogs)
    ]
    return [mart for mart in (*tables, *views) if mart not in NOT_COMPARED]


def change_query(
    connection: duckdb.DuckDBPyConnection, before: str, after: str, mart: str, key: Key
) -> str:
    """The rows of TABLE for one mart, edition and year, as SQL; empty when neither catalog has it."""
    sides = [_figures(connection, catalog, mart, key) for catalog in (before, after)]
    if not any(sides):
        return ""
    nothing = """
        select null::varchar as measure, null::varchar as scope, null::varchar as province,
            null::varchar as statistic, null::double as figure where false
    """
    old, new = (side or nothing for side in sides)
    size = "greatest(abs(coalesce(old.figure, 0)), abs(coalesce(new.figure, 0)))"
    change = "coalesce(new.figure, 0) - coalesce(old.figure, 0)"
    return f"""
        with old as ({old}), new as ({new}),
        moved as (
            select measure, scope, province, statistic,
                old.figure as value_before, new.figure as value_after,
                {change} as value_change,
                ({change}) / nullif({size}, 0) as change_share,
                case when old.figure is null then 'new' when new.figure is null then 'gone'
                    else 'changed' end as status
            from old full outer join new using (measure, scope, province, statistic)
            where old.figure is null or new.figure is null
                or abs({change}) > {NOISE_SHARE} * {size}
        )
        select {literal(key.edition)} as edition, {int(key.year)} as year, {literal(mart)} as mart,
            measure, scope, province, statistic, value_before, value_after, value_change, change_share,
            status,
            row_number() over (
                partition by measure, scope order by abs(value_change) desc, province
            ) as change_rank
        from moved
        order by measure, scope, change_rank
    """


def _figures(
    connection: duckdb.DuckDBPyConnection, catalog: str, mart: str, key: Key
) -> str | None:
    """Figures of a mart by measure, scope and province, as SQL; None when the catalog lacks the mart."""
    columns = _columns(connection, catalog, mart)
    if not {"edition", "year"} <= columns.keys():
        return None
    place = next((quote(name) for name in PLACES if name in columns), None)
    kinds = [name for name in KINDS if name in columns]
    scope = ", ".join(f"{literal(f'{kind}=')} || {quote(kind)}::varchar" for kind in kinds)
    measures = [
        name
        for name, kind in columns.items()
        if kind.startswith(FRACTIONAL) and name not in COORDINATES
    ]
    where = f"edition = {literal(key.edition)} and year = {int(key.year)}"
    whole = f"from {qualified(catalog, 'marts', mart)} where {where}"
    counted = f"""
        select 'rows' as measure, '' as scope, '' as province, 'count' as statistic,
            count(*)::double as figure {whole} having count(*) > 0
    """
    if not measures:
        return counted
    sums = ", ".join(
        f"{_statistic(name)[1]}({quote(name)}::double) as {quote(name)}" for name in measures
    )
    named = ", ".join(quote(name) for name in measures)
    kind_of = " ".join(f"when {literal(m)} then {literal(_statistic(m)[0])}" for m in measures)
    return f"""
        {counted}
        union all
        select measure, scope_text as scope, province_text as province,
            case measure {kind_of} end as statistic, figure
        from (
            unpivot (
                select {f"coalesce({place}::varchar, '')" if place else "''"} as province_text,
                    {f"concat_ws(', ', {scope})" if scope else "''"} as scope_text, {sums}
                {whole} group by province_text, scope_text
            ) on {named} into name measure value figure
        )
    """


def _statistic(measure: str) -> tuple[str, str]:
    """The statistic's name, and DuckDB's function."""
    return ("sum", "sum") if measure.endswith(ADDITIVE) else ("mean", "avg")


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str, name: str) -> dict[str, str]:
    query = """
        select column_name, data_type from duckdb_columns()
        where database_name = ? and schema_name = 'marts' and table_name = ? order by column_index
    """
    return {str(column): str(kind) for column, kind in fetch(connection, query, [catalog, name])}

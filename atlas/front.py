"""The answer on the first screen of the atlas: how much, whose, where, with the intervals that the marts have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import duckdb

from atlas.made_up import said_of
from atlas.pages import FIGURES
from atlas.site import Edition, Item, item_of
from atlas.summary import value_text
from atlas.summary_queries import HOME
from warehouse.request import DEFAULT_EDITION


@dataclass(frozen=True)
class Fact:
    """One number of the answer.  beside: its interval, or of what it is a part; empty without one."""

    question: str
    value: str
    text: str
    beside: str = ""


@dataclass(frozen=True)
class Front:
    """The answer of one edition: a sentence as title, facts, and a map with the folder of its data."""

    edition: Edition
    title: str
    facts: tuple[Fact, ...]
    item: Item

    @property
    def folder(self) -> str:
        """Where the map's data lie, seen from the index."""
        return self.edition.folder


_AIR = f"""
with run as (
    select
        sum(case when scenario = 'Base' then pm25_ug_m3 end) as everything,
        sum(case when component in ('soa', 'background') then 0 when scenario = 'Base' then pm25_ug_m3
            else -pm25_ug_m3 end) as of_exports
    from fct_pm25_province
    where edition = $edition and year = $year and season = 'year' and weighting = 'population'
        and engine = 'reduced' and scenario in ('Base', 'I_EX') and province = {HOME}
)

select run.of_exports, run.of_exports / run.everything, drawn.p05_value, drawn.p95_value
from run
left join fct_uncertainty as drawn
    on drawn.edition = $edition and drawn.year = $year and drawn.result = 'export_pm25' and drawn.part = 'all'
    and drawn.place = {HOME}
"""
_CONSUMER = f"""
with driven as (
    select consumer_region, sum(pm25_ug_m3) as amount
    from fct_pm25_attribution
    where edition = $edition and year = $year and engine = 'reduced' and receptor = {HOME}
    group by consumer_region
)

select region.name, amount / sum(amount) over (), sum(amount) filter (where consumer_region = 'ROW') over ()
    / sum(amount) over ()
from driven inner join dim_region as region on driven.consumer_region = region.code
-- The shares are of all consumers; exports that return and the rest of the world have no name to put first.
qualify consumer_region <> {HOME} and consumer_region <> 'ROW'
order by amount desc limit 1
"""
_PLACE = """
select region.name, drawn.point_value, drawn.p05_value, drawn.p95_value, count(*) over ()
from fct_uncertainty as drawn inner join dim_region as region on drawn.place = region.code
where drawn.edition = $edition and drawn.year = $year and drawn.result = 'export_pm25' and drawn.part = 'all'
    and region.kind = 'province'
order by drawn.point_value desc limit 1
"""
_EMISSION = f"""
select point_value, p05_value, p95_value
from fct_uncertainty
where edition = $edition and year = $year and result = 'export_share' and part = 'all' and pollutant = 'SO2'
    and place = {HOME}
"""
_MAPS = ("pm25_map", "export_map")


def front_of(connection: duckdb.DuckDBPyConnection, found: Sequence[Edition]) -> Front | None:
    """The answer of the default edition, otherwise of the first that has one; None when none has."""
    for edition in sorted(found, key=lambda each: each.name != DEFAULT_EDITION):
        ask = _asker(connection, edition)
        facts = tuple(filter(None, (_how_much(ask), _whose(ask), _where(ask)))) or tuple(
            filter(None, (_share_of_emissions(ask),))
        )
        items = [item_of(connection, FIGURES[name], edition) for name in _MAPS]
        present = [item for item in items if item.present]
        if facts and present:
            title = said_of(edition.name, f"{facts[0].text}, {edition.year}")
            told = tuple(replace(fact, text=said_of(edition.name, fact.text)) for fact in facts)
            return Front(edition, title, told, present[0])
    return None


Ask = Callable[[str], tuple[object, ...] | None]


def _asker(connection: duckdb.DuckDBPyConnection, edition: Edition) -> Ask:
    def ask(query: str) -> tuple[object, ...] | None:
        """The first row, when it is whole; None for an edition without the marts."""
        try:
            row = connection.execute(
                query, {"edition": edition.name, "year": edition.year}
            ).fetchone()
        except (duckdb.CatalogException, duckdb.BinderException):
            return None
        return row if row and row[0] is not None and row[1] is not None else None

    return ask


def _how_much(ask: Ask) -> Fact | None:
    if (row := ask(_AIR)) is None:
        return None
    amount, share, low, high = row
    return Fact(
        "How much",
        f"{_ug(amount)} µg/m³",
        f"Exports put {_ug(amount)} µg/m³ of PM2.5 over people in China",
        f"{value_text('share', share)} of what they breathe{_interval(low, high)}",
    )


def _whose(ask: Ask) -> Fact | None:
    if (row := ask(_CONSUMER)) is None:
        return None
    name, share, of_the_rest = row
    beside = f"{value_text('share', share)} of it"
    if of_the_rest is not None:
        beside += (
            f". Countries without a row of their own, together: {value_text('share', of_the_rest)}"
        )
    return Fact("For whom", str(name), "The largest consumer that the world table names", beside)


def _where(ask: Ask) -> Fact | None:
    if (row := ask(_PLACE)) is None:
        return None
    name, amount, low, high, provinces = row
    return Fact(
        "Where",
        str(name),
        f"{name} breathes most of it",
        f"{_ug(amount)} µg/m³{_interval(low, high)}, first of {provinces} provinces",
    )


def _share_of_emissions(ask: Ask) -> Fact | None:
    if (row := ask(_EMISSION)) is None:
        return None
    share, low, high = (value_text("share", value) for value in row)
    return Fact(
        "How much",
        share,
        f"Exports drive {share} of China's SO2 emissions",
        f"90 % interval {low} to {high}",
    )


def _ug(value: object) -> str:
    return value_text("", value, ".1f")


def _interval(low: object, high: object) -> str:
    if low is None or high is None:
        return ""
    return f" (90% interval {_ug(low)} to {_ug(high)})"

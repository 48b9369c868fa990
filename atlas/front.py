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
from atlas.words import share as share_text
from atlas.words import the
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

select run.of_exports, run.of_exports / run.everything, drawn.point_value, drawn.p05_value, drawn.p95_value
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

select name, share, of_the_rest, lead(name) over (order by share desc), lead(share) over (order by share desc)
from (
    -- The shares are of all consumers; exports that return and the rest of the world have no name to put first.
    select region.name, driven.consumer_region, amount / sum(amount) over () as share,
        sum(amount) filter (where consumer_region = 'ROW') over () / sum(amount) over () as of_the_rest
    from driven inner join dim_region as region on driven.consumer_region = region.code
)
where consumer_region <> {HOME} and consumer_region <> 'ROW'
order by share desc limit 1
"""
_PLACE = """
with run as (
    select province, sum(if(scenario = 'Base', pm25_ug_m3, -pm25_ug_m3)) as of_exports
    from fct_pm25_province
    where edition = $edition and year = $year and season = 'year' and weighting = 'population'
        and engine = 'reduced' and scenario in ('Base', 'I_EX') and component not in ('soa', 'background')
    group by province
)

select region.name, run.of_exports, drawn.point_value, drawn.p05_value, drawn.p95_value, count(*) over ()
from run
inner join dim_region as region on run.province = region.code and region.kind = 'province'
left join fct_uncertainty as drawn
    on drawn.edition = $edition and drawn.year = $year and drawn.result = 'export_pm25' and drawn.part = 'all'
    and drawn.place = run.province
order by run.of_exports desc limit 1
"""
# What returns to China is left out, as in the amount.
_INDIRECT = f"""
select
    sum(pm25_ug_m3) filter (where reading = 'exporter' and not is_direct)
    / sum(pm25_ug_m3) filter (where reading = 'exporter'),
    sum(pm25_ug_m3) filter (where reading = 'final_producer' and not is_direct)
    / sum(pm25_ug_m3) filter (where reading = 'final_producer')
from fct_pm25_reading
where edition = $edition and year = $year and engine = 'reduced' and receptor = {HOME} and not is_returned
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
        facts = tuple(
            filter(None, (_how_much(ask), _whose(ask), _where(ask), _indirect(ask)))
        ) or tuple(filter(None, (_share_of_emissions(ask),)))
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
    amount, share, drawn, low, high = row
    return Fact(
        "How much",
        f"{_ug(amount)} µg/m³",
        f"Exports put {_ug(amount)} µg/m³ of PM2.5 over people in China",
        f"{value_text('share', share)} of what they breathe{_sure(amount, drawn, low, high)}",
    )


def _whose(ask: Ask) -> Fact | None:
    if (row := ask(_CONSUMER)) is None:
        return None
    name, share, of_the_rest, second, its_share = row
    beside = f"{value_text('share', share)} of it"
    if second is not None:
        beside += f", before {the(second)} with {value_text('share', its_share)}"
    if of_the_rest is not None:
        beside += (
            f". Countries without a row of their own, together: {value_text('share', of_the_rest)}"
        )
    return Fact("For whom", str(name), "The largest consumer that the world table names", beside)


def _where(ask: Ask) -> Fact | None:
    if (row := ask(_PLACE)) is None:
        return None
    name, amount, drawn, low, high, provinces = row
    return Fact(
        "Where",
        str(name),
        f"{name} breathes most of it",
        f"{_ug(amount)} µg/m³{_sure(amount, drawn, low, high)}, first of {provinces} provinces",
    )


def _indirect(ask: Ask) -> Fact | None:
    """The share of indirect exports, never without the name of its reading."""
    if (row := ask(_INDIRECT)) is None:
        return None
    by_exporter, by_final_producer = (share_text(value) for value in row)
    return Fact(
        "Through others",
        f"{by_exporter} or {by_final_producer}",
        "Indirect, by the reading",
        f"exporter {by_exporter} (for exports of other provinces), "
        f"final_producer {by_final_producer} (for goods that others finish, in China or abroad)",
    )


def _share_of_emissions(ask: Ask) -> Fact | None:
    if (row := ask(_EMISSION)) is None:
        return None
    share, low, high = (value_text("share", value) for value in row)
    return Fact(
        "How much",
        share,
        f"Exports drive {share} of China's SO2 emissions",
        f"90% interval {low} to {high}",
    )


def _ug(value: object) -> str:
    return value_text("", value, ".1f")


def _sure(amount: object, drawn: object, low: object, high: object) -> str:
    """The interval; where it is of more than the amount, with what it is of."""
    if drawn is None or _ug(drawn) == _ug(amount):
        return _interval(low, high)
    return f"; with exports that return to China {_ug(drawn)}{_interval(low, high)}"


def _interval(low: object, high: object) -> str:
    if low is None or high is None:
        return ""
    return f" (90% interval {_ug(low)} to {_ug(high)})"

"""What a run means: questions to the published marts, their answers, and the headline."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from atlas.air.level_queries import NATION
from atlas.air.level_queries import PROVINCES as AIR_PROVINCES
from atlas.made_up import said_of
from atlas.summary_queries import (
    AIR_HEADLINE,
    CONCENTRATION_HEADLINE,
    CONCENTRATIONS,
    DEATHS_HEADLINE,
    HOME,
    INTERVAL_OF_HEADLINE,
    PEOPLE,
    SKILL,
)

# Every query has the parameters edition and year, and its columns are the table's.
# Output is summed before the pollutants multiply its rows: fct_export_emission would say the same, slower.
OVERVIEW = """
with embodied as (
    select
        producer_province as province,
        producer_sector as sector,
        sum(output_musd) as output_musd,
        sum(output_musd) filter (where producer_province = exporter_province) as direct_musd
    from fct_export_output
    where edition = $edition and year = $year
    group by all
),

driven as (
    select
        pollutant,
        sum(output_musd * emission_t_per_musd) as driven_t,
        sum(coalesce(direct_musd, 0) * emission_t_per_musd) as direct_t
    from embodied
    inner join fct_emission_intensity using (province, sector)
    where edition = $edition and year = $year
    group by pollutant
),

everything as (
    select pollutant, sum(emission_t) as emission_t
    from fct_emission_inventory
    where edition = $edition and year = $year
    group by pollutant
)

select
    driven.pollutant,
    driven.driven_t as "for exports (t)",
    driven.driven_t / everything.emission_t as "share of all emissions",
    driven.direct_t / driven.driven_t as "direct share, by exporter",
    1 - driven.direct_t / driven.driven_t as "indirect share, by exporter"
from driven left join everything using (pollutant)
order by driven.pollutant
"""

PROVINCES = """
with driven as (
    select
        producer_province,
        sum(emission_t) as emission_t,
        sum(emission_t * (producer_province = exporter_province)::integer) as direct_t
    from fct_export_emission
    where edition = $edition and year = $year and pollutant = $pollutant
    group by producer_province
)

select
    coalesce(region.name, producer_province) as province,
    emission_t as "for exports (t)",
    emission_t / sum(emission_t) over () as "share of China's",
    direct_t / emission_t as "direct share, by exporter"
from driven left join dim_region as region on region.code = producer_province
order by emission_t desc limit 5
"""

CONSUMERS = f"""
with driven as (
    select consumer_region, sum(emission_t) as emission_t
    from fct_export_emission
    where edition = $edition and year = $year and pollutant = $pollutant
    group by consumer_region
)

select
    coalesce(region.name, consumer_region)
    || case when consumer_region = {HOME} then ' (exports that come back)' else '' end as consumer,
    emission_t as "for exports (t)",
    emission_t / sum(emission_t) over () as share
from driven left join dim_region as region on region.code = consumer_region
order by emission_t desc limit 5
"""

PUBLISHED = """
select
    statement, source, theirs, ours, unit,
    case when not comparable then 'not comparable' when within_tolerance then 'within' else 'outside' end
        as verdict
from fct_published_figure
where edition = $edition and year = $year and ours is not null
order by fct_published_figure.comparable desc, figure_id limit 8
"""

INTERVALS = f"""
select
    total.pollutant,
    total.point_value as "for exports (t)",
    total.p05_value as "5th percentile",
    total.median_value as median,
    total.p95_value as "95th percentile",
    part.point_value as "share of all emissions",
    part.p05_value as "share, 5th percentile",
    part.p95_value as "share, 95th percentile",
    total.draws,
    total.table_draws as tables
from fct_uncertainty as total
inner join fct_uncertainty as part using (edition, year, place, pollutant)
where
    edition = $edition and year = $year and place = {HOME}
    and total.result = 'export_emission' and total.part = 'all'
    and part.result = 'export_share'
order by total.pollutant
"""

CHECKS = """
select
    gate,
    count(*) as checks,
    count(*) filter (where passed) as passed,
    count(*) filter (where not passed and severity = 'warn') as warnings,
    count(*) filter (where not passed and severity = 'error') as errors
from fct_check_result
where edition = $edition and year = $year
group by gate order by gate
"""

# Parameters of the engine and proxies of gridding move nothing by their own size: fct_assumption has them.
ASSUMPTIONS = """
with summed as (
    select assumption, unit, sum(abs(amount)) as amount, any_value(description) as description
    from fct_assumption
    where edition = $edition and year = $year and amount is not null and topic <> 'atmosphere'
    group by assumption, unit
)

select assumption, amount, unit, description
from summed
qualify row_number() over (partition by unit order by amount desc, assumption) <= 3
order by unit, amount desc
"""


@dataclass(frozen=True)
class Section:
    """One table of the summary.

    pollutant: fills the query's third parameter, when it has one.  form: of its fractional numbers.
    """

    title: str
    query: str
    pollutant: str | None = None
    form: str = ".3g"


_PUBLISHED = Section("Beside published figures (`tradeplume published` has all of them)", PUBLISHED)
_CHECKS = Section("Checks", CHECKS)
_ASSUMPTIONS = Section("Assumptions that move most, by unit", ASSUMPTIONS)
_DRIVEN = Section("Emissions that exports drove in China's provinces (APE: an index)", OVERVIEW)

_INTERVALS = Section(
    "How sure: 90 % intervals (`tradeplume uncertainty` draws the linked table, too)", INTERVALS
)

SECTIONS = (
    _DRIVEN,
    _INTERVALS,
    Section("SO2 for exports: the five largest provinces", PROVINCES, "SO2"),
    Section(
        "All particles and their precursors (APE): the five largest provinces", PROVINCES, "APE"
    ),
    Section("For whose consumption (APE): the five largest", CONSUMERS, "APE"),
    _PUBLISHED,
    _CHECKS,
    _ASSUMPTIONS,
)
"""Those of a footprint edition."""

SECTIONS_OF_KIND = {
    "footprint": SECTIONS,
    # Licensed editions have no draws yet.
    "paper": tuple(section for section in SECTIONS if section is not _INTERVALS),
    "concentration": (
        Section(
            "What people breathe, China and the five provinces with most from exports",
            CONCENTRATIONS,
        ),
        Section("People above the WHO guideline and the national standard", PEOPLE),
        Section("The engine beside observations of years that it was not set with", SKILL),
        *SECTIONS,
    ),
    "air_quality": (
        Section("Nation and regions", NATION, form=".1f"),
        Section("Provinces, the most polluted first", AIR_PROVINCES, form=".1f"),
        _CHECKS,
    ),
}


_COMPARED_PROVINCES = 24
"""Three quarters of 31: with fewer it is not said how many rose."""


@dataclass(frozen=True)
class Answer:
    """The rows of a section, or why it has no rows."""

    section: Section
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    problem: str = ""


def answer(
    connection: duckdb.DuckDBPyConnection,
    section: Section,
    edition: str,
    year: int,
    period: str | None = None,
) -> Answer:
    """Ask the published marts one section's question."""
    parameters: dict[str, object] = {"edition": edition, "year": year}
    if section.pollutant:
        parameters["pollutant"] = section.pollutant
    if "$period" in section.query:
        parameters["period"] = period
    try:
        cursor = connection.execute(section.query, parameters)
        columns = tuple(str(column[0]) for column in cursor.description or ())
        return Answer(section, columns, tuple(cursor.fetchall()))
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        # A mart that this release does not have must not hide those that it has.
        return Answer(section, (), (), problem=str(error).splitlines()[0])


def headline(
    connection: duckdb.DuckDBPyConnection,
    edition: str,
    year: int,
    kind: str = "footprint",
    period: str | None = None,
) -> str:
    """The main results in sentences; empty when the marts do not have them."""
    return " ".join(sentences(connection, edition, year, kind, period))


def sentences(
    connection: duckdb.DuckDBPyConnection,
    edition: str,
    year: int,
    kind: str = "footprint",
    period: str | None = None,
) -> tuple[str, ...]:
    """The main results, one sentence each: emissions, concentrations, deaths, or observed air.

    Those of an edition of synthetic files say that they are made up.
    """
    found = _sentences(connection, edition, year, kind, period)
    return tuple(said_of(edition, sentence) for sentence in found if sentence)


def _sentences(
    connection: duckdb.DuckDBPyConnection,
    edition: str,
    year: int,
    kind: str,
    period: str | None,
) -> tuple[str, ...]:
    if kind == "air_quality":
        air = answer(connection, Section("", AIR_HEADLINE), edition, year, period)
        return (_air_headline(air, period),)
    interval = {
        str(result): _interval(low, high, draws_of_tables)
        for result, low, high, draws_of_tables in answer(
            connection, Section("", INTERVAL_OF_HEADLINE), edition, year
        ).rows
    }
    driven = _driven_headline(connection, edition, year, interval.get("export_emission", ""))
    if kind != "concentration":
        return (driven,)
    found = answer(connection, Section("", CONCENTRATION_HEADLINE), edition, year)
    deaths = answer(connection, Section("", DEATHS_HEADLINE), edition, year)
    over = _concentration_headline(found, interval.get("export_pm25", ""))
    return driven, over, _deaths_headline(deaths)


def _interval(low: object, high: object, draws_of_tables: object) -> str:
    """``90 % interval of the inventory 2.5 to 4.1``: names what was drawn; the rest is fixed."""
    drawn = "" if draws_of_tables else " of the inventory"
    form = ".1f"
    return f"90 % interval{drawn} {value_text('', low, form)} to {value_text('', high, form)}"


def _deaths_headline(found: Answer) -> str:
    """Deaths of all PM2.5 and of exports, with their intervals."""
    if len(found.rows) != 2:
        return ""
    (_, *everything), (_, *exports) = found.rows
    whole, part = (
        f"{value_text('', middle)} ({value_text('', low)} to {value_text('', high)})"
        for middle, low, high in (everything, exports)
    )
    return (
        f"PM2.5 is associated with {whole} deaths in China, foreign demand with {part} of them: statistical, of "
        "one year, 90 % intervals."
    )


def _concentration_headline(found: Answer, interval: str) -> str:
    """What exports put into the air, over China and over the provinces with most."""
    if not found.rows or not all(isinstance(row[2], float) for row in found.rows):
        return ""
    (engine, place, everything, of_exports), *provinces = found.rows
    most = ", ".join(f"{name} ({value_text('', ug_m3, '.1f')})" for _, name, _, ug_m3 in provinces)
    share = float(str(of_exports)) / float(str(everything))
    sure = f" ({interval})" if interval else ""
    return (
        f"They put {value_text('', of_exports, '.1f')} ug/m3{sure} of PM2.5 over people in {place}, "
        f"{share:.0%} of the {value_text('', everything, '.1f')} that they breathed, most over {most}: "
        f"an estimate of {engine}."
    )


def _driven_headline(
    connection: duckdb.DuckDBPyConnection, edition: str, year: int, interval: str
) -> str:
    overview = answer(connection, _DRIVEN, edition, year)
    for pollutant, driven_t, share, direct, _ in overview.rows:
        if pollutant == "SO2" and isinstance(share, float) and isinstance(direct, float):
            sure = f"; {interval}" if interval else ""
            return (
                f"In {year} exports drove {share:.0%} of China's SO2 emissions "
                f"({value_text('t', driven_t)} t{sure}): {direct:.0%} of that in the exporting province "
                f"itself, {1 - direct:.0%} in provinces that supply it."
            )
    return ""


def _air_headline(found: Answer, period: str | None) -> str:
    """Level, change and rises; what rests on too few cities or provinces is not told."""
    for (
        mean,
        settled,
        aggregation,
        members,
        expected,
        change,
        basis,
        rose,
        outside,
        compared,
    ) in found.rows:
        of = f"{members} of {expected}"
        if not isinstance(mean, float):
            return f"In {period} PM2.5 in China is not told: {of} cities or provinces have enough days."
        parts = [f"In {period} PM2.5 in China was {mean:.1f} ug/m3 ({aggregation}, {of})"]
        if isinstance(settled, float):
            parts.append(f"{settled:.1f} without days of sand and dust")
        if isinstance(change, float):
            by = "computed" if basis == "computed" else "as the ministry published it"
            parts.append(f"{change:+.1%} against a year before, {by}")
        rises = (
            f"it rose in {rose} of {compared} provinces, {outside} of them outside the key control regions."
            if int(str(compared)) >= _COMPARED_PROVINCES
            else f"in how many provinces it rose is not told: {compared} of 31 were observed in both periods."
        )
        return f"{', '.join(parts)}; {rises}"
    return ""


def value_text(column: str, value: object, form: str = ".3g") -> str:
    """A value for people: shares as percent, large numbers without decimals."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        number = float(value)
        if "share" in column:
            return f"{number:.1%}"
        return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:{form}}"
    return f"{value:,}" if isinstance(value, int) else str(value)

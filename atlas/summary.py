"""What a run means: questions to the published marts, and their answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from atlas.air.level_queries import NATION
from atlas.air.level_queries import PROVINCES as AIR_PROVINCES
from atlas.summary_queries import (
    CONCENTRATIONS,
    HOME,
    PEOPLE,
    SKILL,
)

_NO_TABLE = re.compile(r"Table with name \w+ does not exist")

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
DRIVEN = Section("Emissions that exports drove in China's provinces (APE: an index)", OVERVIEW)

_INTERVALS = Section(
    "How sure: 90 % intervals (`tradeplume uncertainty` draws the linked table, too)", INTERVALS
)

SECTIONS = (
    DRIVEN,
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
"""Three quarters of 31: with fewer it is not said how many rose."""


@dataclass(frozen=True)
class Answer:
    """The rows of a section, or why it has no rows."""

    section: Section
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    problem: str = ""

    @property
    def is_of_another_program(self) -> bool:
        """Whether the marts are there and lack what the question reads: a release of another version."""
        return bool(self.problem) and _NO_TABLE.search(self.problem) is None


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

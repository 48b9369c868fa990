"""What the summary of a run asks the marts, beside the footprint's questions, by kind of edition."""

from __future__ import annotations

HOME = "(select code from dim_region where kind = 'home')"
"""SQL: the code under which China stands as a consumer and as a place."""

# Parameters edition and year. Export-related is Base less the run without exports; secondary organics and
# background count in totals alone.
CONCENTRATIONS = f"""
with run as (
    select
        engine,
        province,
        sum(pm25_ug_m3) filter (where scenario = 'Base') as everything,
        sum(case when scenario = 'Base' then pm25_ug_m3 else -pm25_ug_m3 end)
        filter (where component not in ('soa', 'background')) as of_exports
    from fct_pm25_province
    where
        edition = $edition and year = $year and season = 'year' and weighting = 'population'
        and scenario in ('Base', 'I_EX')
    group by engine, province
)

select
    coalesce(region.name, province) as place,
    engine,
    everything as "PM2.5 (ug/m3)",
    of_exports as "of exports (ug/m3)",
    of_exports / everything as "share of exports"
from run left join dim_region as region on region.code = province
qualify
    row_number() over (partition by engine, province = {HOME} order by of_exports desc) <= 5
order by engine, province = {HOME} desc, of_exports desc
"""

PEOPLE = f"""
select
    engine,
    threshold_ug_m3 as "above (ug/m3)",
    sum(people_above_persons) filter (where scenario = 'Base') / 1e6 as "million people",
    sum(people_lifted_above_persons) filter (where scenario = 'I_EX') / 1e6 as "lifted there by exports"
from fct_exposure
where edition = $edition and year = $year and threshold_ug_m3 in (5, 35) and province = {HOME}
group by engine, threshold_ug_m3 order by all
"""

SKILL = """
select
    observation, season, model, correlation as r, bias_share as "bias share", error_share as "error share", places
from fct_model_evaluation
where edition = $edition and year = $year and pollutant = 'PM2.5' and period = 'judged'
order by observation, season = 'year' desc, season, model
"""

# The embedded engine first, where GEOS-Chem has been run as well; China first, then where exports put most.
CONCENTRATION_HEADLINE = f"""
with run as (
    select
        engine,
        province,
        sum(pm25_ug_m3) filter (where scenario = 'Base') as everything,
        sum(case when scenario = 'Base' then pm25_ug_m3 else -pm25_ug_m3 end)
        filter (where component not in ('soa', 'background')) as of_exports
    from fct_pm25_province
    where
        edition = $edition and year = $year and season = 'year' and weighting = 'population'
        and scenario in ('Base', 'I_EX')
    group by engine, province
)

select
    case engine when 'reduced' then 'the embedded engine' else engine end as engine,
    coalesce(region.name, province) as place,
    everything,
    of_exports
from run left join dim_region as region on region.code = province
where engine = (select engine from run order by engine = 'reduced' desc, engine limit 1)
order by province = {HOME} desc, of_exports desc limit 4
"""

# One interval carries inventory, curve, exposure and death rates.
DEATHS_HEADLINE = f"""
select result, point_value, p05_value, p95_value
from fct_uncertainty
where
    edition = $edition and year = $year and place = {HOME} and part = 'all'
    and result in ('pm25_deaths', 'export_deaths')
order by result desc
"""

# The national figures of the headline alone: SO2 that exports drove, and PM2.5 that they put over people.
INTERVAL_OF_HEADLINE = f"""
select result, p05_value, p95_value, table_draws
from fct_uncertainty
where
    edition = $edition and year = $year and place = {HOME} and part = 'all'
    and ((result = 'export_emission' and pollutant = 'SO2') or result = 'export_pm25')
"""

AIR_HEADLINE = """
with place as (
    select
        place_kind, mean_ug_m3, mean_without_dust_ug_m3, change_share, official_change_share, change_basis,
        aggregation,
        is_key_control, member_count, expected_member_count
    from fct_air_quality
    where edition = $edition and year = $year and period = $period and pollutant = 'PM2.5'
)

select
    nation.mean_ug_m3,
    nation.mean_without_dust_ug_m3,
    nation.aggregation,
    nation.member_count,
    nation.expected_member_count,
    coalesce(nation.change_share, nation.official_change_share),
    nation.change_basis,
    (select count(*) from place where place_kind = 'province' and change_share > 0),
    (select count(*) from place where place_kind = 'province' and change_share > 0 and not is_key_control),
    (select count(*) from place where place_kind = 'province' and change_share is not null)
from place as nation
where nation.place_kind = 'nation'
"""

_FIRST_QUERIES = {
    "footprint": (
        "select consumer_region, sum(emission_t) as so2_t from fct_export_emission where edition = '{edition}'"
        " and producer_province = 'CN-HE' and pollutant = 'SO2' group by all order by 2 desc limit 10"
    ),
    "concentration": (
        "select consumer_region, sum(pm25_ug_m3) as pm25_ug_m3 from fct_pm25_attribution"
        " where edition = '{edition}' and receptor = 'CN-BJ' group by all order by 2 desc limit 10"
    ),
    "air_quality": (
        "select period, mean_ug_m3, change_share, heavy_day_share from fct_air_quality where edition = '{edition}'"
        " and place = 'CN-HE' and pollutant = 'PM2.5' and period_kind = 'quarter' order by period"
    ),
}


def first_query(kind: str, edition: str) -> str:
    """A first question that fits what was computed; of this edition alone, as a file may hold several."""
    return _FIRST_QUERIES["footprint" if kind == "paper" else kind].format(
        edition=edition.replace("'", "''")
    )

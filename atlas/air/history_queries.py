"""What a review asks of the record of PM2.5 since 1998, from satellites: all provinces, and one of them."""

from __future__ import annotations

from atlas.air.section import ALL_PROVINCES

_RECORD = """
    select province, record_year, pm25_ug_m3
    from fct_pm25_history
    where edition = $edition and year = $year and record_kind = 'satellite'
"""

PROVINCES = f"""
select
    any_value(region.name) as province,
    min(record_year) as "first year", arg_min(pm25_ug_m3, record_year) as "PM2.5 (ug/m3)",
    arg_max(record_year, pm25_ug_m3) as "highest in", max(pm25_ug_m3) as "highest",
    max(record_year) as "last year", arg_max(pm25_ug_m3, record_year) as "last",
    100 * (arg_max(pm25_ug_m3, record_year) / max(pm25_ug_m3) - 1) as "since the highest (%)"
from ({_RECORD}) as record
inner join dim_region as region on record.province = region.code
group by record.province
order by "last" desc
"""

LOOKED = f"""
select count(distinct province), {ALL_PROVINCES}, 'provinces with a record' from ({_RECORD})
"""

PROVINCE = f"""
select record_year as "year", pm25_ug_m3 as "PM2.5 (ug/m3)",
    100 * (pm25_ug_m3 / lag(pm25_ug_m3) over (order by record_year) - 1) as "change (%)"
from ({_RECORD})
where province = $province
order by record_year
"""

NOTE = (
    "From satellites, weighted by the people of 2023 in all years. Releases differ in level: read the course, and "
    "do not set it beside means of stations."
)

-- PM2.5 that people breathe by province and year, record by record, with the years of the published editions.
with held as (select string_agg(distinct cast(year as varchar), ' ') as edition_years from fct_mrio_output)

select
    history.province,
    region.name,
    region.name_zh,
    history.record,
    history.record_kind,
    history.record_year,
    history.pm25_ug_m3,
    held.edition_years
from fct_pm25_history as history
inner join dim_region as region on history.province = region.code and region.kind = 'province'
cross join held
where history.edition = '{{ edition }}' and history.year = {{ year }} and history.weighting = 'population'
order by region.name asc, history.record_kind desc, history.record asc, history.record_year asc

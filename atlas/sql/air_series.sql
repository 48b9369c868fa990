-- PM2.5 observed by quarter in the nation, larger regions, economic zones, key control regions and provinces.
select
    place_kind,
    place,
    place_name as name,
    region.name_zh,
    period,
    mean_ug_m3,
    change_share,
    case when mean_over != 'area' then heavy_day_share end as heavy_day_share
from fct_air_quality
left join dim_region as region on place = region.code and place_kind = 'province'
where
    edition = '{{ edition }}' and year = {{ year }} and period_kind = 'quarter' and pollutant = 'PM2.5'
    and place_kind in ('nation', 'economic_zone', 'larger_region', 'key_region', 'province')
order by
    case place_kind
        when 'nation' then 1 when 'key_region' then 2 when 'larger_region' then 3 when 'economic_zone' then 4 else 5
    end,
    name, period

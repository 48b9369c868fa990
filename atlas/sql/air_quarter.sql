-- PM2.5 observed over each province by quarter, the change from a year before, and heavily polluted days.
-- The quarter of most provinces comes first, of equals the newest: later quarters may have a few cities alone.
select
    period,
    place,
    place_name as name,
    region.name_zh,
    mean_ug_m3,
    change_share,
    case when mean_over != 'area' then heavy_day_share end as heavy_day_share,
    is_on_track_to_none,
    completeness_share,
    aqi_basis
from fct_air_quality
left join dim_region as region on place = region.code
where
    edition = '{{ edition }}'
    and year = {{ year }}
    and place_kind = 'province'
    and period_kind = 'quarter'
    and pollutant = 'PM2.5'
    and mean_ug_m3 is not null
order by count(*) over (partition by period) desc, period desc, mean_ug_m3 desc, place asc

-- Grain: one row per place_kind, place, period, pollutant: level and change as the ministry published them. Heavily
-- polluted days are of the place: they stand with PM2.5.
{{ config(tags=['air_prepare']) }}
with figure as (
    select
        place_kind,
        place,
        period,
        case split_part(indicator, '_', 1)
            when 'pm10' then 'PM10'
            when 'no2' then 'NO2'
            when 'so2' then 'SO2'
            else 'PM2.5'
        end as pollutant,
        case
            when indicator like '%\_ug\_m3' escape '\' then 'level'
            when indicator in ('heavy_day_share', 'heavy_day_change') then indicator
            else 'change'
        end as what,
        theirs
    from {{ ref('int_air__published_figure') }}
    where
        is_official
        and indicator in (
            'pm25_ug_m3', 'pm25_change', 'pm10_ug_m3', 'pm10_change', 'no2_ug_m3', 'no2_change',
            'so2_ug_m3', 'so2_change', 'heavy_day_share', 'heavy_day_change'
        )
)

select
    place_kind,
    place,
    period,
    pollutant,
    max(theirs) filter (where what = 'level') as mean_ug_m3,
    max(theirs) filter (where what = 'change') / 100 as change_share,
    max(theirs) filter (where what = 'heavy_day_share') / 100 as heavy_day_share,
    max(theirs) filter (where what = 'heavy_day_change') / 100 as heavy_day_share_change
from figure
group by place_kind, place, period, pollutant

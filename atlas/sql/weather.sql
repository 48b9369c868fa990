-- Change of PM2.5 from a year before, split into the weather's part and emissions' part, with intervals.
select
    change.method,
    change.period,
    change.place,
    change.place_name as name,
    region.name_zh,
    change.observed_change_pp,
    change.weather_part_pp,
    change.emission_part_pp,
    change.emission_low_pp,
    change.emission_high_pp,
    change.interval_share,
    change.skill_r2,
    change.is_skilled,
    change.is_emission_clear
from fct_weather_adjusted_change as change
left join dim_region as region on change.place = region.code and region.kind = 'province'
where change.edition = '{{ edition }}' and change.year = {{ year }}
order by change.method, change.period, change.emission_part_pp, change.place

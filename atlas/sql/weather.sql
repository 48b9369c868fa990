-- Change of PM2.5 from a year before, split into the weather's part and emissions' part, with intervals.
select
    method,
    period,
    place,
    place_name as name,
    observed_change_pp,
    weather_part_pp,
    emission_part_pp,
    emission_low_pp,
    emission_high_pp,
    interval_share,
    skill_r2,
    is_skilled,
    is_emission_clear
from fct_weather_adjusted_change
where edition = '{{ edition }}' and year = {{ year }}
order by method, period, emission_part_pp, place

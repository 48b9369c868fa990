-- Grain: one row per edition, year, place_kind, place (as published), pollutant, issue: what was left out, filled or
-- doubted in the observations, counted in days or hours.
{{ config(tags=['air']) }}
with made_of_cities as (
    select distinct place as province
    from {{ ref('int_air__member') }}
    where place_kind = 'province' and unit_kind = 'city'
),

day_issue as (
    select
        observed.place_kind,
        observed.published_place,
        observed.pollutant,
        count(*) filter (where observed.is_unknown_place) as unknown_place,
        count(*) filter (where observed.is_second_name) as second_name,
        count(*) filter (where observed.is_negative) as negative_day,
        count(*) filter (where observed.is_short_day) as short_day,
        count(*) filter (where judged.is_outlier) as outlier_day,
        count(*) filter (where observed.place_kind = 'station' and station.station is null) as station_without_city,
        count(*) filter (where made_of_cities.province is not null) as province_of_cities,
        sum(observed.negative_hours) as negative_hour,
        sum(observed.stuck_hours) as stuck_hour,
        sum(observed.duplicate_hours) as duplicate_hour
    from {{ ref('stg_observation') }} as observed
    left join {{ ref('int_air__judged_day') }} as judged
        on
            not observed.is_second_name
            and observed.place_kind = judged.place_kind
            and observed.place = judged.place
            and observed.date = judged.date
            and observed.pollutant = judged.pollutant
    left join {{ ref('stg_station') }} as station
        on observed.place_kind = 'station' and observed.place = station.station
    left join made_of_cities
        on observed.place_kind = 'province' and observed.place = made_of_cities.province
    group by observed.place_kind, observed.published_place, observed.pollutant
),

-- Both sizes as published of one place and day, before what is filled.
doubted as (
    select
        fine.place_kind,
        fine.published_place,
        fine.pollutant,
        count(*) as pm25_above_pm10
    from {{ ref('stg_observation') }} as fine
    inner join {{ ref('stg_observation') }} as coarse
        on
            fine.place_kind = coarse.place_kind
            and fine.published_place = coarse.published_place
            and fine.date = coarse.date
    where fine.pollutant = 'PM2.5' and coarse.pollutant = 'PM10' and fine.value_ug_m3 > coarse.value_ug_m3
    group by fine.place_kind, fine.published_place, fine.pollutant
),

gap_issue as (
    select
        series.place_kind,
        series.place,
        series.pollutant,
        count(*) filter (where day.is_interpolated) as interpolated_day,
        any_value(series.last_date - series.first_date + 1) - count(*) as missing_day
    from {{ ref('int_air__series') }} as series
    inner join {{ ref('int_air__day') }} as day
        on
            series.place_kind = day.place_kind
            and series.place = day.place
            and series.pollutant = day.pollutant
    group by series.place_kind, series.place, series.pollutant
),

counted as (
    unpivot day_issue
    on unknown_place, second_name, negative_day, short_day, outlier_day, station_without_city, province_of_cities,
    negative_hour, stuck_hour, duplicate_hour
    into name issue value issue_count
),

counted_gap as (
    unpivot gap_issue
    on interpolated_day, missing_day
    into name issue value issue_count
)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    place_kind,
    published_place as place,
    pollutant,
    issue,
    cast(issue_count as bigint) as issue_count
from counted
where issue_count > 0
union all
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    place_kind,
    place,
    pollutant,
    issue,
    cast(issue_count as bigint) as issue_count
from counted_gap
where issue_count > 0
union all
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    place_kind,
    published_place as place,
    pollutant,
    'pm25_above_pm10' as issue,
    cast(pm25_above_pm10 as bigint) as issue_count
from doubted

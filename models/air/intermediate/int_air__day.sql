-- Grain: one row per place_kind, place, date, pollutant: the cleaned series of each place that was published.
-- Values not to be used are gone; gaps of a few days between two values are filled on a straight line.
{{ config(tags=['air_prepare']) }}
with kept as (
    select
        place_kind,
        place,
        date,
        pollutant,
        value_ug_m3
    from {{ ref('int_air__judged_day') }}
    where not is_outlier
),

followed as (
    select
        place_kind,
        place,
        date,
        pollutant,
        value_ug_m3,
        lead(date) over series as next_date,
        lead(value_ug_m3) over series as next_value_ug_m3
    from kept
    window series as (partition by place_kind, place, pollutant order by date)
),

filled as (
    select
        followed.place_kind,
        followed.place,
        followed.pollutant,
        followed.date + cast(gap.day as integer) as date,
        followed.value_ug_m3
        + (followed.next_value_ug_m3 - followed.value_ug_m3)
        * gap.day / (followed.next_date - followed.date) as value_ug_m3
    from followed
    inner join range(1, {{ var('max_gap_days') }} + 1) as gap (day) on gap.day < followed.next_date - followed.date
    where followed.next_date - followed.date between 2 and {{ var('max_gap_days') }} + 1
)

select
    place_kind,
    place,
    date,
    pollutant,
    value_ug_m3,
    false as is_interpolated
from kept
union all
select
    place_kind,
    place,
    date,
    pollutant,
    value_ug_m3,
    true as is_interpolated
from filled

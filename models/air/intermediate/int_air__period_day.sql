-- Grain: one row per period_kind, period, date: the days of a period, so that a day finds its periods by equality.
-- A join by the bounds of periods sorts all days of an archive; it took ten times as long.
{{ config(tags=['air_prepare']) }}
with day as (
    select
        period_kind,
        period,
        day_count,
        unnest(range(period_start, period_end + interval 1 day, interval 1 day)) as day
    from {{ ref('int_air__period') }}
)

select
    period_kind,
    period,
    cast(day as date) as date,
    day_count
from day

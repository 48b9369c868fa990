-- Grain: one row per period_kind, period: days, months, quarters, half years and years that the observations touch.
{{ config(tags=['air_prepare']) }}
with bounds as (
    select
        min(first_date) as first_date,
        max(last_date) as last_date
    from {{ ref('int_air__series') }}
),

started as (
    select
        kind.period_kind,
        cast(start.day as date) as period_start,
        cast(start.day + kind.length as date) - 1 as period_end
    from bounds
    cross join
        (
            values
            ('day', interval 1 day),
            ('month', interval 1 month),
            ('quarter', interval 3 month),
            ('half', interval 6 month),
            ('year', interval 1 year)
        ) as kind (period_kind, length)
    cross join
        lateral unnest(generate_series(
            cast(
                case
                    when kind.period_kind = 'half'
                        then make_date(year(bounds.first_date), 6 * (month(bounds.first_date) // 7) + 1, 1)
                    else date_trunc(kind.period_kind, bounds.first_date)
                end as timestamp
            ),
            cast(bounds.last_date as timestamp), kind.length
        )) as start (day)
)

select
    period_kind,
    case period_kind
        when 'day' then strftime(period_start, '%Y-%m-%d')
        when 'month' then strftime(period_start, '%Y-%m')
        when 'quarter' then year(period_start) || 'Q' || quarter(period_start)
        when 'half' then year(period_start) || 'H' || ((month(period_start) + 5) // 6)
        else cast(year(period_start) as varchar)
    end as period,
    period_start,
    period_end,
    period_end - period_start + 1 as day_count
from started

-- Grain: one row per province, product, period_kind, period: output of quarters and years from accumulated figures
-- (January and February are published together), of months as published. Where the accumulated figure lies below the
-- one before, the bureau has revised it: the output of that quarter is not known, and it has no row.
{{ config(tags=['air_prepare']) }}
with output as (
    select
        province,
        product,
        source_year,
        source_month,
        measure,
        value
    from {{ ref('stg_industrial_output') }}
),

quarter_end as (
    select
        now.province,
        now.product,
        now.source_year,
        now.source_month // 3 as quarter,
        now.value - coalesce(before.value, 0) as output
    from output as now
    left join output as before
        on
            now.province = before.province
            and now.product = before.product
            and now.measure = before.measure
            and now.source_year = before.source_year
            and now.source_month - 3 = before.source_month
    where
        now.measure = 'accumulated'
        and now.source_month % 3 = 0
        and (now.source_month = 3 or before.value is not null)
)

select
    province,
    product,
    'quarter' as period_kind,
    source_year || 'Q' || quarter as period,
    source_year as period_year,
    output
from quarter_end
where output >= 0
union all
select
    province,
    product,
    'year' as period_kind,
    cast(source_year as varchar) as period,
    source_year as period_year,
    value as output
from output
where measure = 'accumulated' and source_month = 12
union all
select
    province,
    product,
    'month' as period_kind,
    printf('%d-%02d', source_year, source_month) as period,
    source_year as period_year,
    value as output
from output
where measure = 'current'

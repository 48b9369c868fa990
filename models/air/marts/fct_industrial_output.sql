-- Grain: one row per edition, year, place_kind, place, product, period: a province, an economic zone, or the provinces
-- with cities of a key control region against the rest. coal_power_share is thermal power over all electricity.
{{ config(tags=['air']) }}
with place as (
    select
        'province' as place_kind,
        code as place,
        name as place_name,
        code as province
    from {{ ref('region') }}
    where kind = 'province'
    union all
    select
        group_kind as place_kind,
        group_code as place,
        name as place_name,
        province
    from {{ ref('province_group') }}
    union all
    select
        'nation' as place_kind,
        '{{ var("home_region") }}' as place,
        'China' as place_name,
        code as province
    from {{ ref('region') }}
    where kind = 'province'
),

-- A province counts in a change only when both years have it.
paired as (
    select
        now.province,
        now.product,
        now.period_kind,
        now.period,
        now.output,
        before.output as output_before
    from {{ ref('int_industry__period') }} as now
    left join {{ ref('int_industry__period') }} as before
        on
            now.province = before.province
            and now.product = before.product
            and now.period_kind = before.period_kind
            and now.period_year = before.period_year + 1
            and substring(now.period, 5) = substring(before.period, 5)
),

summed as (
    select
        place.place_kind,
        place.place,
        any_value(place.place_name) as place_name,
        paired.product,
        paired.period_kind,
        paired.period,
        sum(paired.output) as output,
        sum(paired.output) filter (where paired.output_before is not null) as output_of_pairs,
        sum(paired.output_before) as output_before,
        count(*) as province_count
    from place
    inner join paired on place.province = paired.province
    group by place.place_kind, place.place, paired.product, paired.period_kind, paired.period
),

power_share as (
    select
        thermal.place_kind,
        thermal.place,
        thermal.place_name,
        'coal_power_share' as product,
        thermal.period_kind,
        thermal.period,
        thermal.output / nullif(electricity.output, 0) as output,
        thermal.output_before / nullif(electricity.output_before, 0) as output_before,
        least(thermal.province_count, electricity.province_count) as province_count
    from summed as thermal
    inner join summed as electricity
        on
            thermal.place_kind = electricity.place_kind
            and thermal.place = electricity.place
            and thermal.period_kind = electricity.period_kind
            and thermal.period = electricity.period
    where
        thermal.product = 'thermal_power' and electricity.product = 'electricity'
        and thermal.province_count = electricity.province_count
),

-- The bureau's own growth of a province, which may rest on revised figures of the year before.
published as (
    select
        province,
        product,
        source_year || 'Q' || (source_month // 3) as period,
        value / 100 as published_change_share
    from {{ ref('stg_industrial_output') }}
    where measure = 'accumulated_growth' and source_month = 3
),

of_nation as (
    select
        product,
        period_kind,
        period,
        sum(output) as output,
        sum(output) filter (where output_before is not null) as output_of_pairs,
        sum(output_before) as output_before
    from paired
    group by product, period_kind, period
),

united as (
    select
        place_kind,
        place,
        place_name,
        product,
        period_kind,
        period,
        output,
        output_of_pairs / nullif(output_before, 0) - 1 as change_share,
        cast(null as double) as change_pp,
        output_of_pairs,
        output_before,
        province_count
    from summed
    union all
    select
        place_kind,
        place,
        place_name,
        product,
        period_kind,
        period,
        output,
        output / nullif(output_before, 0) - 1 as change_share,
        100 * (output - output_before) as change_pp,
        cast(null as double) as output_of_pairs,
        cast(null as double) as output_before,
        province_count
    from power_share
)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    united.place_kind,
    united.place,
    united.product,
    united.period,
    united.place_name,
    united.period_kind,
    united.output,
    coalesce(product.unit, 'share') as unit,
    united.change_share,
    united.change_pp,
    united.output / nullif(of_nation.output, 0) as nation_share,
    100 * (
        united.output_of_pairs / nullif(of_nation.output_of_pairs, 0)
        - united.output_before / nullif(of_nation.output_before, 0)
    ) as nation_share_change_pp,
    published.published_change_share,
    cast(united.province_count as integer) as province_count
from united
left join {{ ref('industrial_product') }} as product on united.product = product.product
left join of_nation
    on
        united.product = of_nation.product
        and united.period_kind = of_nation.period_kind
        and united.period = of_nation.period
left join published
    on
        united.place_kind = 'province'
        and united.place = published.province
        and united.product = published.product
        and united.period = published.period

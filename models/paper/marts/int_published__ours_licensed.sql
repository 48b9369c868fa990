-- Grain: one row per figure_id that only licensed data can answer, in the unit of the statement.
{{ config(schema='intermediate') }}

with machinery_and_vehicles as (
    select
        case destination.world_region when 'USA' then 'p34a' else 'p34b' end as figure_id,
        100 * sum(export.export_musd) filter (where export.sector in ('ome', 'mvh'))
        / nullif(sum(export.export_musd), 0) as ours
    from {{ ref('fct_export_value') }} as export
    inner join {{ ref('dim_region') }} as destination on export.destination = destination.code
    where export.province = 'CN-SD' and destination.world_region in ('USA', 'Rest of East Asia')
    group by destination.world_region
),

processed_food as (
    select
        'p43' as figure_id,
        100 * sum(product.emission_t) filter (where consumer.world_region = 'Rest of East Asia')
        / nullif(sum(product.emission_t), 0) as ours
    from {{ ref('fct_consumed_product_emission') }} as product
    inner join {{ ref('dim_region') }} as consumer on product.consumer_region = consumer.code
    where
        product.pollutant = 'NH3' and product.consumed_sector = 'ofd'
        and product.consumer_region <> '{{ var("home_region") }}'
),

shandong_in_agriculture as (
    select
        asked.figure_id,
        100 * sum(driven.emission_t) filter (where driven.producer_province = 'CN-SD')
        / nullif(sum(driven.emission_t), 0) as ours
    from {{ ref('fct_export_emission') }} as driven
    inner join (values ('p45a', 'ctl'), ('p45b', 'v_f')) as asked (figure_id, sector)
        on driven.producer_sector = asked.sector
    where driven.pollutant = 'NH3' and driven.consumer_region <> '{{ var("home_region") }}'
    group by asked.figure_id
),

-- National emissions of a sector under other interpolations than the linear one.
sector_by_method as (
    select
        pollutant,
        sector,
        method,
        sum(emission_t) as emission_t
    from {{ ref('fct_inventory_uncertainty') }}
    group by pollutant, sector, method
),

interpolation as (
    select
        'p63' as figure_id,
        100 * max(abs(other.emission_t / nullif(linear.emission_t, 0) - 1)) as ours
    from sector_by_method as other
    inner join sector_by_method as linear
        on
            other.pollutant = linear.pollutant
            and other.sector = linear.sector
            and linear.method = 'linear'
)

select
    figure_id,
    ours
from machinery_and_vehicles
union all
select
    figure_id,
    ours
from processed_food
union all
select
    figure_id,
    ours
from shandong_in_agriculture
union all
select
    figure_id,
    ours
from interpolation

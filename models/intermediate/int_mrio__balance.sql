{{ config(tags=['linked']) }}
-- Grain: one row per block of the linked table and region: how far balancing moved it from its prior.
with run as (

    select iterations, max_residual
    from {{ source('computed', 'balance_run') }}

),

pairs as (

    select
        coalesce(prior.block, cells.block) as block,
        coalesce(prior.to_region, cells.to_region) as region,
        coalesce(prior.value_musd, 0) as prior_musd,
        coalesce(cells.value_musd, 0) as balanced_musd
    from {{ ref('int_mrio__prior') }} as prior
    full outer join (
        select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
        from {{ ref('int_mrio__cell') }}
        where block in ('local', 'interprovincial', 'import')
    ) as cells
        on
            prior.from_region = cells.from_region
            and prior.from_sector = cells.from_sector
            and prior.to_region = cells.to_region
            and prior.user_kind = cells.user_kind
            and prior.user_code = cells.user_code

),

cell_blocks as (

    select
        block,
        region,
        sum(prior_musd) as prior_musd,
        sum(balanced_musd) as balanced_musd,
        sum(abs(balanced_musd - prior_musd)) as moved_musd
    from pairs
    group by all

),

-- Outflow and inflow of each province as booked (less foreign trade) against what the balanced table has.
interprovincial as (

    select from_region, to_region, from_sector, sum(value_musd) as value_musd
    from {{ ref('int_mrio__cell') }}
    where block = 'interprovincial'
    group by all

),

margins as (

    select province, sector, outflow_musd, inflow_musd
    from {{ ref('int_link__margin') }}

),

outflow as (

    select
        'outflow' as block,
        margins.province as region,
        sum(margins.outflow_musd) as prior_musd,
        sum(coalesce(sent.value_musd, 0)) as balanced_musd,
        sum(abs(coalesce(sent.value_musd, 0) - margins.outflow_musd)) as moved_musd
    from margins
    left join (
        select from_region, from_sector, sum(value_musd) as value_musd
        from interprovincial
        group by all
    ) as sent
        on
            margins.province = sent.from_region
            and margins.sector = sent.from_sector
    group by all

),

inflow as (

    select
        'inflow' as block,
        margins.province as region,
        sum(margins.inflow_musd) as prior_musd,
        sum(coalesce(taken.value_musd, 0)) as balanced_musd,
        sum(abs(coalesce(taken.value_musd, 0) - margins.inflow_musd)) as moved_musd
    from margins
    left join (
        select to_region, from_sector, sum(value_musd) as value_musd
        from interprovincial
        group by all
    ) as taken
        on
            margins.province = taken.to_region
            and margins.sector = taken.from_sector
    group by all

),

blocks as (

    select block, region, prior_musd, balanced_musd, moved_musd
    from cell_blocks
    union all
    select block, region, prior_musd, balanced_musd, moved_musd
    from outflow
    union all
    select block, region, prior_musd, balanced_musd, moved_musd
    from inflow

)

select
    blocks.block,
    blocks.region,
    run.iterations,
    run.max_residual,
    blocks.prior_musd,
    blocks.balanced_musd,
    blocks.moved_musd / nullif(blocks.prior_musd, 0) as structural_change_share
from blocks
cross join run

{{ config(tags=['linked']) }}
-- Grain: one row per block of the linked table and region: how far balancing moved it from its prior.
with {{ cell_blocks() }},

-- Outflow and inflow of each province and sector as booked (less foreign trade) and in the balanced table.
trade_before as (

    select
        province,
        sector,
        'outflow' as block,
        outflow_musd as value_musd
    from {{ ref('int_link__margin') }}

    union all

    select
        province,
        sector,
        'inflow' as block,
        inflow_musd as value_musd
    from {{ ref('int_link__margin') }}

),

trade_after as (

    select
        from_region as province,
        from_sector as sector,
        'outflow' as block,
        sum(value_musd) as value_musd
    from after
    where block = 'interprovincial'
    group by all

    union all

    select
        to_region as province,
        from_sector as sector,
        'inflow' as block,
        sum(value_musd) as value_musd
    from after
    where block = 'interprovincial'
    group by all

),

trade_blocks as (

    select
        trade_before.block,
        trade_before.province as region,
        sum(trade_before.value_musd) as prior_musd,
        sum(coalesce(trade_after.value_musd, 0)) as balanced_musd,
        sum(abs(coalesce(trade_after.value_musd, 0) - trade_before.value_musd)) as moved_musd
    from trade_before
    left join trade_after
        on
            trade_before.province = trade_after.province
            and trade_before.sector = trade_after.sector
            and trade_before.block = trade_after.block
    group by all

),

blocks as (

    select block, region, prior_musd, balanced_musd, moved_musd
    from cell_blocks
    union all
    select block, region, prior_musd, balanced_musd, moved_musd
    from trade_blocks

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

{{ config(tags=['prepare']) }}
-- Grain: one row per region and sector of the world table: output as the make matrix has it, and all inputs.
with made as (

    select
        to_region as region,
        commodity as sector,
        sum(value_musd) as output_musd
    from {{ source('raw', 'gtap_flow') }}
    where header = 'MAKB'
    group by all

),

arriving as (

    select
        trade.commodity,
        trade.to_region as region,
        sum(trade.value_musd) as value_musd
    from {{ ref('int_gtap__trade') }} as trade
    group by all

),

margin_pool as (

    select
        commodity as margin,
        sum(value_musd) as value_musd
    from {{ source('raw', 'gtap_flow') }}
    where header = 'VST'
    group by all

),

-- The columns of the world table, summed without writing out its cells.
bought as (

    select
        region,
        block,
        to_code,
        domestic_musd as value_musd
    from {{ ref('int_gtap__use') }}

    union all

    select
        shares.region,
        shares.block,
        shares.to_code,
        shares.share * arriving.value_musd as value_musd
    from {{ ref('int_gtap__import_share') }} as shares
    inner join arriving using (commodity, region)

    union all

    select
        margin.region,
        margin.block,
        margin.to_code,
        margin.pool_share * margin_pool.value_musd as value_musd
    from {{ ref('int_gtap__margin') }} as margin
    inner join margin_pool using (margin)

),

spent as (

    select
        region,
        block,
        to_code,
        sum(value_musd) as value_musd
    from bought
    group by all

)

select
    coalesce(made.region, spent.region) as region,
    coalesce(spent.block, 'intermediate') as block,
    coalesce(made.sector, spent.to_code) as code,
    coalesce(made.output_musd, 0) as output_musd,
    coalesce(spent.value_musd, 0) as bought_musd
from made
full outer join spent
    on
        made.region = spent.region
        and made.sector = spent.to_code
        and spent.block = 'intermediate'

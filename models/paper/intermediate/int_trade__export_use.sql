{{ config(tags=['prepare']) }}
-- Grain: one row per sector, foreign country and user there: how the country spreads China's product (eq. 2).
with china as (

    select
        sector,
        partner as region,
        block,
        to_code,
        value_musd / sum(value_musd) over (partition by sector, partner) as share,
        sum(value_musd) over (partition by sector, partner) as total_musd
    from {{ ref('int_trade__china_structure') }}
    where flow = 'export'

),

known as (

    select distinct
        sector,
        region
    from china
    where total_musd > 0

),

wanted as (

    select distinct
        sector,
        region
    from {{ ref('int_trade__export') }}

)

select
    china.sector,
    china.region,
    china.block,
    china.to_code,
    china.share,
    'china' as basis
from china
inner join wanted using (sector, region)
where china.total_musd > 0
union all
-- Nothing from China in the world table: as the country's imports of the product from everywhere.
select
    shares.commodity as sector,
    shares.region,
    shares.block,
    shares.to_code,
    shares.share,
    'all origins' as basis
from {{ ref('int_gtap__import_share') }} as shares
inner join wanted
    on
        shares.commodity = wanted.sector
        and shares.region = wanted.region
anti join known
    on
        shares.commodity = known.sector
        and shares.region = known.region
union all
-- The country imports none of it at all: investment takes it, the smallest harm to its technology.
select
    wanted.sector,
    wanted.region,
    'final_demand' as block,
    'gfcf' as to_code,
    1.0 as share,
    'investment' as basis
from wanted
anti join {{ ref('int_gtap__import_share') }} as shares
    on
        wanted.sector = shares.commodity
        and wanted.region = shares.region
anti join known
    on
        wanted.sector = known.sector
        and wanted.region = known.region

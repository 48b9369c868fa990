{{ config(tags=['assemble']) }}
-- Grain: one row per province, product that its customs know and foreign origin: the origin's part of the province's
-- imports, alike for all users. Origins that no province's customs know have the part that they have in the nation.
with total as (

    select
        from_sector as sector,
        from_region as region,
        sum(value_musd) as import_musd
    from {{ ref('stg_global_table') }}
    where
        from_region <> '{{ var("home_region") }}'
        and to_region = '{{ var("home_region") }}'
        and to_code <> '{{ var("global_inventory_code") }}'
    group by from_sector, from_region
    having sum(value_musd) > 0

),

customs as (

    select
        counted.province,
        counted.sector,
        counted.region,
        counted.value_musd
    from {{ ref('int_trade__counted') }} as counted
    inner join total using (sector, region)
    where counted.flow = 'import'

),

known_region as (

    select distinct
        sector,
        region
    from customs

),

nation as (

    select
        total.sector,
        total.region,
        known_region.region is not null as is_known,
        total.import_musd / sum(total.import_musd) over (partition by total.sector) as share
    from total
    left join known_region using (sector, region)

),

known_share as (

    select
        sector,
        sum(share) filter (where is_known) as share
    from nation
    group by sector

),

has_customs as (

    select distinct
        province,
        sector
    from customs

)

select
    customs.province,
    customs.sector,
    customs.region as from_region,
    'customs' as basis,
    known_share.share * customs.value_musd
    / sum(customs.value_musd) over (partition by customs.province, customs.sector) as origin_share
from customs
inner join known_share using (sector)
union all
select
    has_customs.province,
    has_customs.sector,
    nation.region as from_region,
    'nation' as basis,
    nation.share as origin_share
from has_customs
inner join nation using (sector)
where not nation.is_known

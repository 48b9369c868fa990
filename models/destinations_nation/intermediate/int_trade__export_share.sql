{{ config(tags=['assemble']) }}
-- Grain: one row per province, sector and foreign region: the province's part of China's exports of the product there.
-- No public table says which province delivers to which country: the part is the same everywhere.
with national as (

    select
        province,
        sector,
        export_musd / sum(export_musd) over (partition by sector) as export_share
    from {{ computed('province_export') }}

),

region as (

    select distinct
        from_sector as sector,
        to_region as region
    from {{ ref('stg_global_table') }}
    where from_region = '{{ var("home_region") }}' and to_region <> '{{ var("home_region") }}'

)

select
    national.province,
    national.sector,
    region.region,
    'nation' as basis,
    national.export_share
from national
inner join region using (sector)

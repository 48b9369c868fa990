{{ config(tags=['prepare']) }}
-- Grain: one row per province, sector and destination: exports in the linked table before balancing.
-- The total is the provincial table's, the spread over countries the customs'; what passes no customs goes as China's.
-- With export_level `customs` (a newer year's trade on an older table) customs values stand as they are.
with table_export as (

    select province, sector, export_musd
    from {{ ref('int_trade__table_export') }}
    where export_musd <> 0

),

customs as (

    select
        province,
        sector,
        region,
        value_musd,
        sum(value_musd) over (partition by province, sector) as total_musd
    from {{ ref('int_trade__counted') }}
    where flow = 'export'

),

china as (

    select
        sector,
        partner as region,
        sum(value_musd) as value_musd
    from {{ ref('int_trade__china_structure') }}
    where flow = 'export'
    group by all
    having sum(value_musd) > 0

),

-- Where the world table knows no export of China's either, all that the country buys abroad stands in.
abroad as (

    select
        commodity as sector,
        to_region as region,
        sum(value_musd) as value_musd
    from {{ ref('int_gtap__trade') }}
    where to_region <> '{{ var("home_region") }}' and from_region <> to_region
    group by all
    having sum(value_musd) > 0

),

stand_in as (

    select
        sector,
        region,
        value_musd / sum(value_musd) over (partition by sector) as share,
        'china' as basis
    from china

    union all

    select
        sector,
        region,
        value_musd / sum(value_musd) over (partition by sector) as share,
        'world' as basis
    from abroad
    where sector not in (select china.sector from china)

)

select
    customs.province,
    customs.sector,
    customs.region,
    'customs' as basis,
    {% if var('export_level', 'table') == 'customs' %}
        customs.value_musd as export_musd
    {% else %}
        table_export.export_musd * customs.value_musd / customs.total_musd as export_musd
    {% endif %}
from table_export
inner join customs using (province, sector)
union all
select
    table_export.province,
    table_export.sector,
    stand_in.region,
    stand_in.basis,
    table_export.export_musd * stand_in.share as export_musd
from table_export
inner join stand_in on table_export.sector = stand_in.sector
anti join customs
    on
        table_export.province = customs.province
        and table_export.sector = customs.sector

{{ config(tags=['assemble']) }}
-- Grain: one row per supplying and using region of the linked table: the block their cells lie in.
with province_list as (

    select distinct province
    from {{ ref('int_province__output') }}

),

region as (

    select distinct
        totals.region,
        province_list.province is not null as is_province
    from {{ ref('int_mrio__column_total') }} as totals
    left join province_list on totals.region = province_list.province

)

select
    supplier.region as from_region,
    purchaser.region as to_region,
    {{ block_of('supplier.region', 'purchaser.region', 'supplier.is_province', 'purchaser.is_province') }} as block
from region as supplier
cross join region as purchaser

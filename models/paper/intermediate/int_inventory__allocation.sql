{{ config(tags=['prepare']) }}
-- Grain: one row per province, source sector, activity, emitter (a sector, or a code of outside_source) and pollutant.
with table_province as (

    select distinct province
    from {{ ref('int_province__output') }}

)

select
    emitted.province,
    emitted.source_sector,
    division.activity,
    division.sector,
    emitted.pollutant,
    division.division,
    emitted.emission_t * division.share as emission_t
from {{ ref('int_inventory__source') }} as emitted
inner join {{ ref('int_inventory__division') }} as division
    on
        emitted.province = division.province
        and emitted.source_sector = division.meic_sector
        and emitted.pollutant = division.pollutant
where division.method = 'linear'
union all
select
    emitted.province,
    emitted.source_sector,
    'no_table' as activity,
    'no_table' as sector,
    emitted.pollutant,
    'none' as division,
    emitted.emission_t
from {{ ref('int_inventory__source') }} as emitted
anti join table_province using (province)

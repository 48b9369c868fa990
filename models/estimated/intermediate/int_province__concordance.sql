{{ config(tags=['prepare']) }}
-- Grain: one row per sector of the provincial tables and sector of the edition it goes to: weight, and growth since
-- the tables' year.
with concordance as (

    select from_code, to_code, weight
    from {{ ref(var('provincial_classification') ~ '__' ~ var('sector_classification')) }}

),

-- Tables older than the edition's year are brought to it by the home region's output in the global table.
base as (

    {{ optional_raw('base_global_table', {
        'from_region': 'varchar', 'from_sector': 'varchar', 'block': 'varchar', 'value_musd': 'double'
    }) }}

),

growth as (

    select
        now.from_sector as sector,
        now.value_musd / nullif(base.value_musd, 0) as growth_factor
    from {{ source('raw', 'global_table') }} as now
    inner join base
        on
            now.from_region = base.from_region
            and now.from_sector = base.from_sector
            and now.block = base.block
    where now.block = 'output' and now.from_region = '{{ var("home_region") }}'

)

select
    concordance.from_code,
    concordance.to_code,
    concordance.weight,
    coalesce(growth.growth_factor, 1) as growth_factor,
    concordance.weight * coalesce(growth.growth_factor, 1) as grown_weight,
    cast({{ var('provincial_table_year', var('year')) }} as integer) as table_year
from concordance
left join growth on concordance.to_code = growth.sector

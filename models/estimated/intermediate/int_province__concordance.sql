{{ config(tags=['prepare']) }}
-- Grain: one row per sector of the provincial tables and sector of the edition it goes to: weight, growth since
-- the tables' year, and scale to the global table.
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
    from {{ ref('stg_global_cell') }} as now
    inner join base
        on
            now.from_region = base.from_region
            and now.from_sector = base.from_sector
            and now.block = base.block
    where now.block = 'output' and now.from_region = '{{ var("home_region") }}'

),

grown as (

    select
        concordance.from_code,
        concordance.to_code,
        concordance.weight,
        coalesce(growth.growth_factor, 1) as growth_factor
    from concordance
    left join growth on concordance.to_code = growth.sector

),

-- The provinces' tables sum to more than the nation's: one factor a sector, alike in all provinces.
scale as (

    {% if var('scale_to_global', false) %}
        select
            grown.to_code as sector,
            max(national.value_musd)
            / nullif(sum(cells.value_musd * grown.weight * grown.growth_factor), 0) as scale_factor
        from {{ ref('stg_provincial_table') }} as cells
        inner join grown on cells.row_code = grown.from_code
        inner join {{ ref('stg_global_cell') }} as national
            on
                grown.to_code = national.from_sector
                and national.block = 'output'
                and national.from_region = '{{ var("home_region") }}'
        where cells.row_kind = 'sector' and cells.column_code = 'GO'
        group by grown.to_code
    {% else %}
        select
            cast(null as varchar) as sector,
            cast(null as double) as scale_factor
        where false
    {% endif %}

)

-- What a sector buys is scaled as the sector, so that inputs per unit of output stay as the table has them.
select
    grown.from_code,
    grown.to_code,
    grown.weight,
    grown.growth_factor,
    coalesce(scale.scale_factor, 1) as scale_factor,
    grown.weight * grown.growth_factor as product_weight,
    grown.weight * coalesce(scale.scale_factor, 1) as user_weight,
    grown.weight * grown.growth_factor * coalesce(scale.scale_factor, 1) as grown_weight,
    cast({{ var('provincial_table_year', var('year')) }} as integer) as table_year
from grown
left join scale on grown.to_code = scale.sector

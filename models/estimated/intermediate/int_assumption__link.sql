{{ config(tags=['linked']) }}
{% set is_parted = var('demand_classification', var('sector_classification')) != var('sector_classification') %}
-- Grain: one row per stand-in of the linking, province and sector where it has them: what it moves, in million USD.
with growth as (

    select distinct
        to_code as sector,
        growth_factor,
        table_year
    from {{ ref('int_province__concordance') }}
    where growth_factor <> 1

),

tables_scaled as (

    select
        'provincial_table_scaled' as assumption,
        made.province,
        made.sector,
        made.output_musd * (1 - 1 / growth.growth_factor) as amount,
        'The table is of ' || growth.table_year || ': its rows are multiplied by '
        || round(growth.growth_factor, 3) || ', the growth of China''s output of the sector in the global table'
            as description
    from {{ ref('int_province__output') }} as made
    inner join growth on made.sector = growth.sector
    where made.output_musd > 0

),

scale as (

    select distinct
        to_code as sector,
        scale_factor
    from {{ ref('int_province__concordance') }}

),

tables_scaled_to_global as (

    select
        'provincial_table_scaled_to_global' as assumption,
        made.province,
        made.sector,
        made.output_musd * (1 - 1 / scale.scale_factor) as amount,
        'The provinces'' tables do not sum to China in the global table: output, value added, trade and final demand '
        || 'of the sector, and what the sector buys, are multiplied by ' || round(scale.scale_factor, 4)
        || ' in every province' as description
    from {{ ref('int_province__output') }} as made
    inner join scale on made.sector = scale.sector
    where scale.scale_factor <> 1 and made.output_musd > 0

),

-- China's row and column are the year's; what stands in is whom China sells to and buys from, and the partners.
table_derived as (

    select
        'global_table_derived' as assumption,
        cast(null as varchar) as province,
        from_sector as sector,
        sum(value_musd) as amount,
        'The partners in the world table are those of {{ var("global_structure_year", var("year")) }}, brought to '
        || '{{ var("year") }}: China''s exports of the product are the year''s, their buyers are derived' as description
    from {{ ref('stg_global_table') }}
    where
        {{ var('global_structure_year', var('year')) }} <> {{ var('year') }}
        and from_region = '{{ var("home_region") }}'
        and to_region <> '{{ var("home_region") }}'
    group by from_sector

    union all

    select
        'global_table_derived' as assumption,
        cast(null as varchar) as province,
        cast(null as varchar) as sector,
        sum(value_musd) as amount,
        'Sales of the partners, at home and to each other: inputs per output and trade of '
        || '{{ var("global_structure_year", var("year")) }}, final demand between two world tables' as description
    from {{ ref('stg_global_table') }}
    where
        {{ var('global_structure_year', var('year')) }} <> {{ var('year') }}
        and from_region <> '{{ var("home_region") }}'
        and to_region <> '{{ var("home_region") }}'
    having count(*) > 0

),

-- Whether the table has final demand of all categories in one; a landed one may have them apart.
undivided as (

    select count(*) > 0 as is_undivided
    from {{ source('raw', 'global_table') }}
    where block = 'final_demand' and to_code = 'final_demand'

),

demand_parted as (

    select
        'final_demand_parted' as assumption,
        cast(null as varchar) as province,
        from_sector as sector,
        sum(value_musd) as amount,
        'The global table has final demand in one category: foreign demand for China''s product is parted into '
        || 'households, government and capital as in the table of role demand_structure' as description
    from {{ ref('stg_global_cell') }}
    where
        {{ is_parted }}
        and (select undivided.is_undivided from undivided)
        and block = 'final_demand'
        and from_region = '{{ var("home_region") }}'
        and to_region <> '{{ var("home_region") }}'
        and to_code <> '{{ var("global_inventory_code") }}'
    group by from_sector

),

stocks_drawn_down as (

    select
        'negative_demand_is_inventory' as assumption,
        cast(null as varchar) as province,
        from_sector as sector,
        sum(value_musd) as amount,
        'Final demand below zero in the global table, by any region for the product of any: taken as stocks drawn down'
            as description
    from {{ ref('stg_global_cell') }}
    where
        {{ is_parted }}
        and (select undivided.is_undivided from undivided)
        and block = 'final_demand'
        and to_code = '{{ var("global_inventory_code") }}'
    group by from_sector

),

final_demand_scaled as (

    select
        'final_demand_scaled' as assumption,
        cast(null as varchar) as province,
        cast(null as varchar) as sector,
        (scale_factor - 1) * final_demand_musd as amount,
        'The global table fixes China''s net exports: the provinces'' final demand is multiplied by '
        || round(scale_factor, 4) as description
    from {{ ref('int_mrio__final_demand_scale') }}

),

all_stand_ins as (

    select assumption, province, sector, amount, description
    from tables_scaled
    union all
    select assumption, province, sector, amount, description
    from tables_scaled_to_global
    union all
    select assumption, province, sector, amount, description
    from table_derived
    union all
    select assumption, province, sector, amount, description
    from demand_parted
    union all
    select assumption, province, sector, amount, description
    from stocks_drawn_down
    union all
    select assumption, province, sector, amount, description
    from final_demand_scaled
    union all
    select assumption, province, sector, amount, description
    from {{ ref('int_assumption__destination') }}
    union all
    select assumption, province, sector, amount, description
    from {{ ref('int_assumption__flow') }}

)

select
    assumption,
    'linking' as topic,
    province,
    sector,
    amount,
    'million USD' as unit,
    description,
    'docs/linking.md' as source
from all_stand_ins

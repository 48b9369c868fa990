{{ config(tags=['linked']) }}
{% set is_parted = var('demand_classification', var('sector_classification')) != var('sector_classification') %}
-- Grain: one row per stand-in of the linking, province and sector where it has them: what it moves, in million USD.
with accounts as (

    select
        province,
        sector,
        export_booked_musd,
        import_booked_musd,
        inventory_booked_musd,
        inventory_musd,
        error_musd,
        re_export_musd
    from {{ ref('int_province__account') }}

),

growth as (

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
    where {{ is_parted }} and block = 'final_demand' and to_code = '{{ var("global_inventory_code") }}'
    group by from_sector

),

exchanged_columns as (

    select
        'exchanged_columns' as assumption,
        correction.province,
        cast(null as varchar) as sector,
        sum(cells.value_musd) as amount,
        correction.column_a || ' and ' || correction.column_b || ' stand under each other''s heading: '
        || correction.reason as description
    from {{ ref('provincial_table_correction') }} as correction
    inner join {{ ref('stg_provincial_table') }} as cells
        on
            correction.province = cells.province
            and correction.column_a = cells.column_code
    where
        correction.classification = '{{ var("provincial_classification") }}'
        and cells.row_kind = 'sector'
    group by all

),

errors as (

    select
        'table_error_to_trade' as assumption,
        province,
        sector,
        error_musd as amount,
        'What the province''s row does not account for: positive is taken as outflow, negative as inflow'
            as description
    from accounts
    where abs(error_musd) > 0.5

),

inventories as (

    select
        'inventory_trimmed' as assumption,
        province,
        sector,
        inventory_booked_musd - inventory_musd as amount,
        'Booked inventory change beyond {{ var("inventory_cap_share") }} of output, moved to outflow or inflow'
            as description
    from accounts
    where inventory_booked_musd <> inventory_musd

),

re_exports as (

    select
        're_export_removed' as assumption,
        province,
        sector,
        re_export_musd as amount,
        'Imports and inflow above all use of the product: passes through, taken off both sides' as description
    from accounts
    where re_export_musd > 0

),

transit as (

    select
        'transit_removed' as assumption,
        province,
        sector,
        transit_musd as amount,
        'Outflow and inflow that would leave next to nothing of what is made and used in the province for each other: '
        || 'passes through, taken off both sides' as description
    from {{ ref('int_link__margin') }}
    where transit_musd > 0

),

import_excess as (

    select
        'import_excess_moved_to_use' as assumption,
        accounts.province,
        accounts.sector,
        least(accounts.import_booked_musd, {{ var('import_cap_share') }} * accounts.use_musd)
        - accounts.import_booked_musd as amount,
        'Imports booked above {{ var("import_cap_share") }} of the use of the product (headquarters, border stations): '
        || 'they go to provinces that use the product and import less' as description
    from {{ ref('int_province__account') }} as accounts
    where
        {{ var('unplaced_imports_by_use', false) }}
        and accounts.import_booked_musd > {{ var('import_cap_share') }} * accounts.use_musd + 0.5

),

exports_moved as (

    select
        'export_moved_from_outflow' as assumption,
        exports.province,
        exports.sector,
        exports.export_musd - accounts.export_booked_musd as amount,
        {% if var('export_total_concept') == 'booked' %}
            case
                when booking.exports_booked_apart
                    then 'Exports after fitting to the global table''s sectors, less exports as booked;'
                else
                    'None booked apart: goods exports by origin, times what the other tables book per unit of theirs, '
                    || 'over sectors by output and the nation''s exports, less the column EX;'
            end
        {% else %}
            'Exports after fitting to the global table''s sectors and the published provincial totals, '
            || 'less exports as booked;'
        {% endif %}
        || ' the difference comes from (negative: goes to) outflow' as description
    from {{ computed('province_export') }} as exports
    inner join accounts using (province, sector)
    inner join {{ ref('provincial_trade_booking') }} as booking
        on
            exports.province = booking.province
            and booking.classification = '{{ var("provincial_classification") }}'
    where abs(exports.export_musd - accounts.export_booked_musd) > 0.5

),

imports_moved as (

    select
        'import_moved_from_inflow' as assumption,
        imports.province,
        imports.sector,
        imports.import_musd - accounts.import_booked_musd as amount,
        case
            when booking.imports_booked_apart
                then 'Imports as fitted to the global table, less imports as booked; the difference comes from inflow'
            else 'None booked apart: own exports x reporting provinces'' imports per export, by use; comes from inflow'
        end as description
    from {{ computed('province_import') }} as imports
    inner join accounts using (province, sector)
    inner join {{ ref('provincial_trade_booking') }} as booking
        on
            imports.province = booking.province
            and booking.classification = '{{ var("provincial_classification") }}'
    where abs(imports.import_musd - accounts.import_booked_musd) > 0.5

),

trade_reconciled as (

    select
        'outflow_inflow_reconciled' as assumption,
        cast(null as varchar) as province,
        sector,
        sum(outflow_prior_musd) - sum(inflow_prior_musd) as amount,
        'National sum of outflow less that of inflow: both are brought to their mean (or to what the caps leave)'
            as description
    from {{ computed('interprovincial_margin') }}
    group by sector

),

gravity as (

    select
        'interprovincial_flow_by_gravity' as assumption,
        from_province as province,
        sector,
        sum(value_musd) as amount,
        'No interprovincial flows are published: estimated by gravity (distance exponent '
        || '{{ var("gravity_exponent") }}), balanced to outflow and inflow' as description
    from {{ computed('interprovincial_flow') }}
    group by all

),

cross_haul as (

    select
        'cross_haul_removed' as assumption,
        province,
        sector,
        cross_haul_musd as amount,
        'Outflow that no other province could take, taken off outflow and inflow alike' as description
    from {{ computed('interprovincial_margin') }}
    where cross_haul_musd > 0

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

destinations as (

    select
        'export_destination_stand_in' as assumption,
        province,
        sector,
        export_musd as amount,
        'Role trade is missing: a province''s exports are spread over countries and users as '
        || 'China''s exports of the product'
            as description
    from {{ computed('province_export') }}
    where export_musd > 0

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
    from transit
    union all
    select assumption, province, sector, amount, description
    from import_excess
    union all
    select assumption, province, sector, amount, description
    from exchanged_columns
    union all
    select assumption, province, sector, amount, description
    from errors
    union all
    select assumption, province, sector, amount, description
    from inventories
    union all
    select assumption, province, sector, amount, description
    from re_exports
    union all
    select assumption, province, sector, amount, description
    from exports_moved
    union all
    select assumption, province, sector, amount, description
    from imports_moved
    union all
    select assumption, province, sector, amount, description
    from trade_reconciled
    union all
    select assumption, province, sector, amount, description
    from gravity
    union all
    select assumption, province, sector, amount, description
    from cross_haul
    union all
    select assumption, province, sector, amount, description
    from final_demand_scaled
    union all
    select assumption, province, sector, amount, description
    from destinations

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

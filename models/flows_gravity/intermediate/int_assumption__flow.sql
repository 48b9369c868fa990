{{ config(tags=['linked']) }}
-- Grain: one row per stand-in of the flows between provinces, province and sector where it has them, in million USD.
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

)

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
from transit
union all
select assumption, province, sector, amount, description
from import_excess
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
from exports_moved
union all
select assumption, province, sector, amount, description
from imports_moved

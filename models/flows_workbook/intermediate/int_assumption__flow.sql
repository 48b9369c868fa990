{{ config(tags=['linked']) }}
-- Grain: one row per stand-in of a multi-regional table, province and sector where it has them, in million USD.
select
    'table_error_column' as assumption,
    cells.from_province as province,
    product.to_code as sector,
    sum(cells.value_musd * product.grown_weight) as amount,
    'The table''s error column: balancing spreads it over the row' as description
from {{ ref('stg_provincial_mrio') }} as cells
inner join {{ ref('int_province__concordance') }} as product on cells.row_code = product.from_code
where cells.row_kind = 'sector' and cells.column_code = 'ERR'
group by cells.from_province, product.to_code
having abs(sum(cells.value_musd * product.grown_weight)) > 0.5

union all

select
    'import_products_as_in_the_nation' as assumption,
    province,
    sector,
    sum(value_musd) as amount,
    'The table has what users import of all products together: products go to users as the nation''s imports'
        as description
from {{ ref('int_province__import_cell') }}
group by province, sector

union all

select
    'export_fitted_to_global_table' as assumption,
    exports.province,
    exports.sector,
    exports.export_musd - accounts.export_booked_musd as amount,
    'Exports after fitting to the global table''s sectors, less exports as booked; balancing takes the difference from'
    || ' other deliveries' as description
from {{ computed('province_export') }} as exports
inner join {{ ref('int_province__account') }} as accounts using (province, sector)
where abs(exports.export_musd - accounts.export_booked_musd) > 0.5

{{ config(tags=['prepare']) }}
-- Grain: one row per producing province and row code, using province and column code, in million USD.
with rate as (

    select cny_per_usd
    from {{ ref('exchange_rate') }}
    where year = {{ var('provincial_table_year', var('year')) }}

)

select
    cells.from_province,
    cells.row_code,
    cells.row_kind,
    cells.to_province,
    cells.column_code,
    cells.column_kind,
    cells.value_10k_cny / 100 / rate.cny_per_usd as value_musd
from {{ source('raw', 'provincial_mrio') }} as cells
cross join rate

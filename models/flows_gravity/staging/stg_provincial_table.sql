{{ config(tags=['prepare']) }}
-- Grain: one row per province, table row and table column, in million USD, exchanged columns put right.
with rate as (

    select cny_per_usd
    from {{ ref('exchange_rate') }}
    where year = {{ var('provincial_table_year', var('year')) }}

),

column_kinds as (

    select distinct
        column_code,
        column_kind
    from {{ source('raw', 'provincial_table') }}

),

-- In some tables two columns stand under each other's heading: both directions of the exchange.
exchanged as (

    select province, column_a as printed_code, column_b as true_code
    from {{ ref('provincial_table_correction') }}
    where classification = '{{ var("provincial_classification") }}'

    union all

    select province, column_b as printed_code, column_a as true_code
    from {{ ref('provincial_table_correction') }}
    where classification = '{{ var("provincial_classification") }}'

),

corrected as (

    select
        cells.province,
        cells.row_code,
        cells.row_kind,
        coalesce(exchanged.true_code, cells.column_code) as column_code,
        cells.value_10k_cny
    from {{ source('raw', 'provincial_table') }} as cells
    left join exchanged
        on
            cells.province = exchanged.province
            and cells.column_code = exchanged.printed_code
    where cells.origin = 'ALL'

)

select
    corrected.province,
    corrected.row_code,
    corrected.row_kind,
    corrected.column_code,
    column_kinds.column_kind,
    corrected.value_10k_cny / 100 / rate.cny_per_usd as value_musd
from corrected
inner join column_kinds on corrected.column_code = column_kinds.column_code
cross join rate

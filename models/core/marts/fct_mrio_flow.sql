-- Grain: one row per edition, year, from_region, from_sector, to_region, to_sector with a flow.
-- Rows are written once: by the computation where it balances the whole table (kind paper), else by publishing.
{{ config(materialized='computed_in_place' if var('kind', 'concentration') == 'paper' else 'view') }}

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    from_region,
    from_sector,
    to_region,
    to_sector,
    value_musd
from {{ ref('int_mrio__flow') }}

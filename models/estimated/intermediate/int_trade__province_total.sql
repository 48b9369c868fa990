{{ config(tags=['prepare']) }}
-- Grain: one row per province: published exports, and the same scaled to the global table's total.
with published as (

    select province, export_musd
    from {{ ref('stg_export_total') }}
    where concept = '{{ var("export_total_concept") }}'

),

national as (

    select sum(export_musd) as export_musd
    from {{ ref('int_trade__sector_total') }}

)

select
    published.province,
    published.export_musd as published_export_musd,
    published.export_musd / sum(published.export_musd) over () * national.export_musd as export_musd
from published
cross join national

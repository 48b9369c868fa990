{{ config(tags=['prepare']) }}
-- Grain: one row per province: published exports, and the same scaled to the global table's total.
-- A province without a published figure (and all of them, where the concept is `booked`) has what its table books.
with listed as (

    select province, export_musd
    from {{ ref('stg_export_total') }}
    where concept = '{{ var("export_total_concept") }}'

),

booked as (

    select
        accounts.province,
        sum(accounts.export_booked_musd) as export_musd
    from {{ ref('int_province__account') }} as accounts
    anti join listed on accounts.province = listed.province
    group by accounts.province

),

published as (

    select province, export_musd
    from listed
    union all
    select province, export_musd
    from booked

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

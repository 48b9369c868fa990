{{ config(tags=['prepare']) }}
-- Grain: one row per province: published exports, and the same scaled to the global table's total.
-- A province without a published figure (and all of them, where the concept is `booked`) has what its table books.
-- Where the concept is `booked`, a table that does not book exports apart takes goods exports by origin, times what
-- the other tables book per unit of theirs.
with booking as (

    select province, exports_booked_apart
    from {{ ref('provincial_trade_booking') }}
    where classification = '{{ var("provincial_classification") }}'

),

table_total as (

    select
        province,
        sum(export_booked_musd) as export_musd
    from {{ ref('int_province__account') }}
    group by province

),

by_origin as (

    select
        origin.province,
        origin.export_musd,
        booking.exports_booked_apart
    from {{ ref('stg_export_total') }} as origin
    inner join booking on origin.province = booking.province
    where origin.concept = 'goods_by_origin' and '{{ var("export_total_concept") }}' = 'booked'

),

apart as (

    select
        sum(by_origin.export_musd) as export_musd,
        sum(table_total.export_musd) as export_booked_musd
    from by_origin
    inner join table_total on by_origin.province = table_total.province
    where by_origin.exports_booked_apart

),

listed as (

    select province, export_musd
    from {{ ref('stg_export_total') }}
    where concept = '{{ var("export_total_concept") }}'
    union all
    select
        by_origin.province,
        by_origin.export_musd * apart.export_booked_musd / apart.export_musd as export_musd
    from by_origin
    cross join apart
    where not by_origin.exports_booked_apart

),

booked as (

    select table_total.province, table_total.export_musd
    from table_total
    anti join listed on table_total.province = listed.province

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

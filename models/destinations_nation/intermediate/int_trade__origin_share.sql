{{ config(tags=['assemble'], materialized='view') }}
-- Grain: one row per province, product that its customs know and foreign origin. No rows: without customs, imports
-- of all provinces have China's origins by product and user (int_mrio__import_origin_share).
select
    cast(null as varchar) as province,
    cast(null as varchar) as sector,
    cast(null as varchar) as from_region,
    cast(null as varchar) as basis,
    cast(null as double) as origin_share
where false

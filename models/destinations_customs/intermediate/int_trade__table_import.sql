{{ config(tags=['prepare'], materialized='view') }}
-- Grain: one row per province: imports of goods and services as its table books them.
select
    province,
    sum(import_booked_musd) as import_musd
from {{ ref('int_province__account') }}
group by province

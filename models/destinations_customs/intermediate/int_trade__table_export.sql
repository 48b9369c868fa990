{{ config(tags=['prepare'], materialized='view') }}
-- Grain: one row per province and sector: exports as its table books them.
select
    province,
    sector,
    export_booked_musd as export_musd
from {{ ref('int_province__account') }}
where export_booked_musd <> 0

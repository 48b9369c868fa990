{{ config(tags=['prepare'], materialized='view') }}
-- Grain: one row per province, product sector and user. No rows: single-province tables have imports in their cells.
select
    cast(null as varchar) as province,
    cast(null as varchar) as sector,
    cast(null as varchar) as user_kind,
    cast(null as varchar) as user_code,
    cast(null as double) as value_musd
where false

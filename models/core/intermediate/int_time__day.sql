{{ config(tags=['marts'], materialized='view') }}
-- Grain: one row per day: the time spine that dbt's semantic layer asks for.
select cast(day as date) as day
from generate_series(date '1990-01-01', date '2050-12-31', interval 1 day) as days (day)

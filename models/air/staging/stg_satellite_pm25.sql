-- Grain: one row per province, source_year: PM2.5 that people breathe, from satellites.
{{ config(tags=['air_prepare']) }}
{{ optional_raw('satellite_pm25', {'province': 'varchar', 'source_year': 'bigint', 'pm25_ug_m3': 'double'}) }}

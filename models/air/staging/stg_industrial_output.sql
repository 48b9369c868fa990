-- Grain: one row per province, product, source_year, source_month, measure.
{{ config(tags=['air_prepare']) }}
{{ optional_raw('industrial_output', {
    'province': 'varchar', 'product': 'varchar', 'source_year': 'bigint', 'source_month': 'bigint',
    'measure': 'varchar', 'value': 'double'
}) }}

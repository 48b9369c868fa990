-- Grain: one row per period, place_kind, place, indicator: what the ministry published.
{{ config(tags=['air_prepare']) }}
{{ optional_raw('official_air_figure', {
    'period': 'varchar', 'place_kind': 'varchar', 'place': 'varchar', 'indicator': 'varchar', 'value': 'double'
}) }}

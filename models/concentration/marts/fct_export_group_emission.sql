-- Grain: one row per edition, year, producer_province, emission_group, pollutant, exporter_province, consumer_region.
-- What fct_export_emission says by sector, summed to the groups that decide where and when is emitted.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    producer_province,
    emission_group,
    pollutant,
    exporter_province,
    consumer_region,
    emission_t
from {{ ref('int_atmosphere__export_emission') }}

-- The layers of the domestic variant are the footprint, exporter by exporter; those of the global variant are what
-- foreign consumers drive. Relative differences above 1e-9 fail, and so does a side without rows.
with layered as (
    select
        variant,
        exporter_province,
        producer_province,
        sum(output_musd) as output_musd
    from {{ ref('fct_production_layer_output') }}
    group by all
),

footprint as (
    select
        'domestic' as variant,
        exporter_province,
        producer_province,
        sum(output_musd) as output_musd
    from {{ ref('fct_export_output') }}
    group by all
    union all
    select
        'global' as variant,
        'all' as exporter_province,
        producer_province,
        sum(output_musd) as output_musd
    from {{ ref('fct_export_output') }}
    where consumer_region != '{{ var("home_region") }}'
    group by all
)

select
    coalesce(layered.variant, footprint.variant) as variant,
    coalesce(layered.exporter_province, footprint.exporter_province) as exporter_province,
    coalesce(layered.producer_province, footprint.producer_province) as producer_province,
    layered.output_musd as layered_musd,
    footprint.output_musd as footprint_musd
from layered
full outer join footprint
    on
        layered.variant = footprint.variant
        and layered.exporter_province = footprint.exporter_province
        and layered.producer_province = footprint.producer_province
where
    layered.output_musd is null
    or footprint.output_musd is null
    or abs(layered.output_musd - footprint.output_musd) > 1e-9 * abs(footprint.output_musd)

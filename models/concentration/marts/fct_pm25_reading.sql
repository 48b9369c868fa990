-- Grain: one row per edition, year, engine, reading, receptor, attributed_region, is_direct, is_returned.
-- Both readings hold the same concentration; never sum over them.
with embodied as (

    select
        edition,
        year,
        reading,
        producer_province,
        producer_sector,
        attributed_region,
        is_direct,
        consumer_region = '{{ var("home_region") }}' as is_returned,
        sum(output_musd) as output_musd
    from {{ ref('fct_export_reading') }}
    group by all

),

-- What a million dollars of output of a province and sector puts over a receptor.
effect as (

    select
        sensitivity.edition,
        sensitivity.year,
        sensitivity.engine,
        sensitivity.receptor,
        sensitivity.producer_province,
        sensitivity.producer_sector,
        sum(intensity.emission_t_per_musd * sensitivity.sensitivity_ug_m3_per_t) as ug_m3_per_musd
    from {{ ref('fct_pm25_sensitivity') }} as sensitivity
    inner join {{ ref('fct_emission_intensity') }} as intensity
        on
            sensitivity.edition = intensity.edition
            and sensitivity.year = intensity.year
            and sensitivity.producer_province = intensity.province
            and sensitivity.producer_sector = intensity.sector
            and sensitivity.pollutant = intensity.pollutant
    group by all

)

select
    embodied.edition,
    embodied.year,
    effect.engine,
    embodied.reading,
    effect.receptor,
    embodied.attributed_region,
    embodied.is_direct,
    embodied.is_returned,
    sum(embodied.output_musd * effect.ug_m3_per_musd) as pm25_ug_m3
from embodied
inner join effect
    on
        embodied.edition = effect.edition
        and embodied.year = effect.year
        and embodied.producer_province = effect.producer_province
        and embodied.producer_sector = effect.producer_sector
group by all

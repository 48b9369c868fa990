{{ config(tags=['marts']) }}
-- Grain: one row per pollutant and step from the global table alone to the linked one: exports' share of emissions.
with emission as (

    select
        pollutant,
        sector,
        sum(emission_t) filter (where in_footprint) as footprint_t,
        sum(emission_t) as emission_t
    from {{ ref('int_inventory__emission') }}
    group by all

),

whole as (

    select
        pollutant,
        sum(emission_t) as emission_t
    from emission
    group by pollutant

),

-- With one China a sector's emissions follow its national output, wherever the exports are made.
national as (

    select
        emission.pollutant,
        steps.step,
        sum(emission.footprint_t * steps.export_output_musd / steps.output_musd) as export_t
    from emission
    inner join {{ computed('footprint_sector_step') }} as steps on emission.sector = steps.sector
    where steps.step <> 'provincial_detail' and steps.output_musd > 0
    group by all

),

-- Summed before the pollutants multiply the rows.
embodied as (

    select
        producer_province,
        producer_sector,
        sum(output_musd) as output_musd
    from {{ ref('fct_export_output') }}
    group by all

),

provincial as (

    select
        intensity.pollutant,
        'provincial_detail' as step,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as export_t
    from embodied
    inner join {{ ref('fct_emission_intensity') }} as intensity
        on
            embodied.producer_province = intensity.province
            and embodied.producer_sector = intensity.sector
    inner join {{ ref('dim_pollutant') }} as pollutant on intensity.pollutant = pollutant.code
    where not pollutant.is_index
    group by all

),

steps as (

    select pollutant, step, export_t
    from national
    union all
    select pollutant, step, export_t
    from provincial

)

select
    steps.pollutant,
    steps.step,
    steps.export_t,
    steps.export_t / whole.emission_t as share
from steps
inner join whole using (pollutant)

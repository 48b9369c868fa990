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
    inner join {{ source('computed', 'footprint_sector_step') }} as steps on emission.sector = steps.sector
    where steps.step <> 'provincial_detail' and steps.output_musd > 0
    group by all

),

provincial as (

    select
        embodied.pollutant,
        'provincial_detail' as step,
        sum(embodied.emission_t) as export_t
    from {{ ref('fct_export_emission') }} as embodied
    inner join {{ ref('dim_pollutant') }} as pollutant on embodied.pollutant = pollutant.code
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

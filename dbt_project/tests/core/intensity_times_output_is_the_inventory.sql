-- Emission intensity times gross output gives back what the inventory has in the footprint, by province and
-- pollutant: no emission sits in a sector without output.
{{ config(tags=['marts']) }}

with inventory as (
    select
        province,
        pollutant,
        sum(emission_t) as emission_t
    from {{ ref('fct_emission_inventory') }}
    where in_footprint
    group by province, pollutant
),

produced as (
    select
        intensity.province,
        intensity.pollutant,
        sum(intensity.emission_t_per_musd * producing.output_musd) as emission_t
    from {{ ref('fct_emission_intensity') }} as intensity
    inner join {{ ref('fct_mrio_output') }} as producing
        on
            intensity.province = producing.region
            and intensity.sector = producing.sector
    group by intensity.province, intensity.pollutant
)

select
    inventory.province,
    inventory.pollutant,
    inventory.emission_t as inventory_t,
    produced.emission_t as produced_t
from inventory
left join produced
    on
        inventory.province = produced.province
        and inventory.pollutant = produced.pollutant
where abs(inventory.emission_t - coalesce(produced.emission_t, 0)) > 1e-9 * abs(inventory.emission_t)

-- Grain: one row per edition, year, pollutant, province, partner_province (`all`: every other province together).
-- Output is summed before the pollutants multiply the rows.
with embodied as (
    select
        edition,
        year,
        producer_province,
        producer_sector,
        exporter_province,
        sum(output_musd) as output_musd
    from {{ ref('fct_export_output') }}
    where producer_province != exporter_province
    group by all
),

driven as (
    select
        embodied.edition,
        embodied.year,
        intensity.pollutant,
        embodied.producer_province,
        embodied.exporter_province,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as emission_t
    from embodied
    inner join {{ ref('fct_emission_intensity') }} as intensity
        on
            embodied.edition = intensity.edition
            and embodied.year = intensity.year
            and embodied.producer_province = intensity.province
            and embodied.producer_sector = intensity.sector
    group by all
),

pairs as (
    select
        coalesce(elsewhere.edition, here.edition) as edition,
        coalesce(elsewhere.year, here.year) as year,
        coalesce(elsewhere.pollutant, here.pollutant) as pollutant,
        coalesce(elsewhere.exporter_province, here.producer_province) as province,
        coalesce(elsewhere.producer_province, here.exporter_province) as partner_province,
        coalesce(elsewhere.emission_t, 0) as driven_elsewhere_t,
        coalesce(here.emission_t, 0) as driven_here_t
    from driven as elsewhere
    full outer join driven as here
        on
            elsewhere.pollutant = here.pollutant
            and elsewhere.exporter_province = here.producer_province
            and elsewhere.producer_province = here.exporter_province
),

with_totals as (
    select
        edition,
        year,
        pollutant,
        province,
        partner_province,
        driven_elsewhere_t,
        driven_here_t
    from pairs
    union all
    select
        edition,
        year,
        pollutant,
        province,
        'all' as partner_province,
        sum(driven_elsewhere_t) as driven_elsewhere_t,
        sum(driven_here_t) as driven_here_t
    from pairs
    group by all
)

select
    edition,
    year,
    pollutant,
    province,
    partner_province,
    driven_elsewhere_t,
    driven_here_t,
    driven_elsewhere_t - driven_here_t as disparity_t
from with_totals

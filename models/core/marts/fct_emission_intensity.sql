-- Grain: one row per edition, year, province, sector, pollutant that is emitted in the footprint.
-- f = e / x (eq. 9, with gross output for the y printed there); a sector without output has no row.
with emission as (
    select
        edition,
        year,
        province,
        sector,
        pollutant,
        emission_t
    from {{ ref('fct_emission_inventory') }}
    where in_footprint and emission_t != 0
),

producing as (
    select
        region,
        sector,
        output_musd
    from {{ ref('fct_mrio_output') }}
    where output_musd > 0
)

select
    emission.edition,
    emission.year,
    emission.province,
    emission.sector,
    emission.pollutant,
    emission.emission_t / producing.output_musd as emission_t_per_musd
from emission
inner join producing
    on
        emission.province = producing.region
        and emission.sector = producing.sector

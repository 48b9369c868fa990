-- Grain: one row per province, sector and pollutant that is emitted in the footprint, the index APE included.
-- f = e / x (eq. 9, with gross output for the y printed there); a sector without output has no row.
{{ config(tags=['linked']) }}
select
    emission.province,
    emission.sector,
    emission.pollutant,
    emission.emission_t,
    emission.emission_t / produced.output_musd as emission_t_per_musd
from {{ ref('int_inventory__indexed') }} as emission
inner join {{ ref('int_mrio__output') }} as produced
    on
        emission.province = produced.region
        and emission.sector = produced.sector
where emission.in_footprint and emission.emission_t <> 0 and produced.output_musd > 0

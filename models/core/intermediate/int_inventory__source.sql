-- Grain: one row per province, source sector and pollutant of the analysis: the inventory that everything
-- must add up to. One of an older year is brought to the nation's totals of the edition's year, with one factor
-- for each group of sectors and pollutant: the pattern of the provinces stays that of the older year.
{{ config(tags=['prepare']) }}
with scaled as (

    select
        published.province,
        published.source_sector,
        published.pollutant,
        published.emission_t as published_t,
        published.clipped_t,
        grouping_seed.total_group,
        scale.scale_factor
    from {{ ref('int_inventory__published') }} as published
    left join {{ ref('national_total_group') }} as grouping_seed
        on {{ in_total_group('published', 'reas32') }}
    left join {{ ref('int_inventory__national_scale') }} as scale
        on
            grouping_seed.total_group = scale.total_group
            and published.pollutant = scale.pollutant

)

select
    province,
    source_sector,
    pollutant,
    published_t * coalesce(scale_factor, 1) as emission_t,
    clipped_t,
    published_t,
    total_group
from scaled

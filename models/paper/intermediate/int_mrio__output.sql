{{ config(tags=['linked']) }}
-- Grain: one row per region and sector, those without output included. In order, so that sums over it stay the same.
with places as (

    select
        regions.region,
        sectors.code as sector
    from (select distinct region from {{ ref('int_mrio__row_total') }}) as regions
    cross join {{ ref('sector') }} as sectors
    where sectors.classification = '{{ var("sector_classification") }}'

)

select
    places.region,
    places.sector,
    coalesce(totals.output_musd, 0) as output_musd,
    coalesce(totals.output_musd, 0) - coalesce(totals.input_musd, 0) as value_added_musd,
    stated.total_musd as stated_output_musd
from places
left join {{ computed('mrio_total') }} as totals using (region, sector)
left join {{ ref('int_mrio__row_total') }} as stated using (region, sector)
order by places.region, places.sector

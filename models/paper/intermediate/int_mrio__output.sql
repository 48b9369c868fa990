{{ config(tags=['linked']) }}
-- Grain: one row per region and sector, those without output included.
with places as (

    select
        regions.region,
        sectors.code as sector
    from (select distinct region from {{ ref('int_mrio__row_total') }}) as regions
    cross join {{ ref('sector') }} as sectors
    where sectors.classification = '{{ var("sector_classification") }}'

),

deliveries as (

    select
        from_region as region,
        from_sector as sector,
        sum(value_musd) as output_musd
    from {{ computed('mrio_balanced') }}
    group by all

),

inputs as (

    select
        to_region as region,
        user_code as sector,
        sum(value_musd) as input_musd
    from {{ computed('mrio_balanced') }}
    where user_kind = 'sector'
    group by all

)

select
    places.region,
    places.sector,
    coalesce(deliveries.output_musd, 0) as output_musd,
    coalesce(deliveries.output_musd, 0) - coalesce(inputs.input_musd, 0) as value_added_musd,
    stated.total_musd as stated_output_musd
from places
left join deliveries using (region, sector)
left join inputs using (region, sector)
left join {{ ref('int_mrio__row_total') }} as stated using (region, sector)

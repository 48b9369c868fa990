{{ config(tags=['linked']) }}
-- Grain: one row per region and sector, those without output included.
with deliveries as (

    select
        from_region as region,
        from_sector as sector,
        sum(value_musd) as output_musd
    from {{ ref('int_mrio__cell') }}
    group by all

),

inputs as (

    select
        to_region as region,
        user_code as sector,
        sum(value_musd) as input_musd
    from {{ ref('int_mrio__cell') }}
    where user_kind = 'sector'
    group by all

),

stated as (

    select
        province as region,
        sector,
        output_musd as stated_output_musd
    from {{ ref('int_province__output') }}

    union all

    select
        from_region as region,
        from_sector as sector,
        value_musd as stated_output_musd
    from {{ ref('stg_global_cell') }}
    where block = 'output' and from_region <> '{{ var("home_region") }}'

),

places as (

    select distinct
        deliveries.region,
        sectors.code as sector
    from deliveries
    cross join {{ ref('sector') }} as sectors
    where sectors.classification = '{{ var("sector_classification") }}'

)

-- Output is the row sum: it meets the provinces' statistics within the tolerance of balancing, WIOD's within rounding.
select
    region,
    sector,
    coalesce(deliveries.output_musd, 0) as output_musd,
    coalesce(deliveries.output_musd, 0) - coalesce(inputs.input_musd, 0) as value_added_musd,
    stated.stated_output_musd
from places
left join deliveries using (region, sector)
left join inputs using (region, sector)
left join stated using (region, sector)

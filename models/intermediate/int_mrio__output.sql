{{ config(tags=['linked']) }}
-- Grain: one row per region and sector that delivers or uses anything.
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
    from {{ source('raw', 'global_table') }}
    where block = 'output' and from_region <> '{{ var("home_region") }}'

)

-- Output is the row sum: it meets the provinces' statistics within the tolerance of balancing, and WIOD's within its rounding.
select
    region,
    sector,
    coalesce(deliveries.output_musd, 0) as output_musd,
    coalesce(deliveries.output_musd, 0) - coalesce(inputs.input_musd, 0) as value_added_musd,
    stated.stated_output_musd
from deliveries
full outer join inputs using (region, sector)
left join stated using (region, sector)
where coalesce(deliveries.output_musd, 0) <> 0 or coalesce(inputs.input_musd, 0) <> 0

{{ config(tags=['linked']) }}
-- Grain: one row per region and sector: gross output by rows, value added as what the columns leave.
with deliveries as (

    select
        from_region as region,
        from_sector as sector,
        sum(value_musd) as delivered_musd
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

-- The provinces' own gross output is the statistic; balancing meets it within its tolerance. Abroad the row sum is output.
stated as (

    select
        province as region,
        sector,
        output_musd
    from {{ ref('int_province__output') }}

)

select
    region,
    sector,
    coalesce(stated.output_musd, deliveries.delivered_musd, 0) as output_musd,
    coalesce(stated.output_musd, deliveries.delivered_musd, 0) - coalesce(inputs.input_musd, 0) as value_added_musd,
    coalesce(deliveries.delivered_musd, 0) as delivered_musd
from deliveries
full outer join inputs using (region, sector)
full outer join stated using (region, sector)

-- Grain: one row per edition, year, province, product, first_year, last_year: output and the air that people breathe
-- between two years, and whether they went the same way.
{{ config(tags=['air']) }}
with output as (
    select
        place as province,
        place_name as province_name,
        product,
        cast(period as integer) as source_year,
        output
    from {{ ref('fct_industrial_output') }}
    where place_kind = 'province' and period_kind = 'year' and product != 'coal_power_share'
),

joined as (
    select
        output.province,
        output.province_name,
        output.product,
        output.source_year,
        output.output,
        air.pm25_ug_m3
    from output
    inner join {{ ref('stg_satellite_pm25') }} as air
        on output.province = air.province and output.source_year = air.source_year
),

compared as (
    select
        later.province,
        later.province_name,
        later.product,
        before.source_year as first_year,
        later.source_year as last_year,
        before.output as output_first,
        later.output as output_last,
        before.pm25_ug_m3 as pm25_first_ug_m3,
        later.pm25_ug_m3 as pm25_last_ug_m3
    from joined as later
    inner join joined as before
        on
            later.province = before.province
            and later.product = before.product
            and later.source_year > before.source_year
)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    compared.province,
    compared.product,
    cast(compared.first_year as integer) as first_year,
    cast(compared.last_year as integer) as last_year,
    compared.province_name,
    zone.group_code as economic_zone,
    compared.output_first,
    compared.output_last,
    compared.output_last / compared.output_first - 1 as output_change_share,
    compared.pm25_first_ug_m3,
    compared.pm25_last_ug_m3,
    compared.pm25_last_ug_m3 / compared.pm25_first_ug_m3 - 1 as pm25_change_share,
    case when compared.output_last > compared.output_first then 'output rose' else 'output fell' end
    || ', '
    || case when compared.pm25_last_ug_m3 > compared.pm25_first_ug_m3 then 'PM2.5 rose' else 'PM2.5 fell' end
        as course
from compared
left join {{ ref('province_group') }} as zone
    on compared.province = zone.province and zone.group_kind = 'economic_zone'

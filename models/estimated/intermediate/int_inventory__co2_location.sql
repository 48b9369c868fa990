-- Grain: one row per activity, province and sector: the part of the activity's national amount that lies
-- there, measured by CO2. An activity of one sector alone (cement) has that sector; a lumped one (coal of
-- all industries) has the sectors that the CO2 account names; an account sector of several services is
-- split by output. A province without an account has what the others emit for the same output.
{{ config(tags=['prepare']) }}
with province_list as (

    select distinct province
    from {{ ref('int_province__output') }}

),

account_sector as (

    select
        concordance.from_code,
        concordance.source_group,
        concordance.split,
        concordance.to_code,
        province_list.province,
        coalesce(made.output_musd, 0) as output_musd
    from {{ ref('ceads47__' ~ var('sector_classification')) }} as concordance
    cross join province_list
    left join {{ ref('int_province__output') }} as made
        on
            province_list.province = made.province
            and concordance.to_code = made.sector

),

sector_share as (

    select
        from_code,
        source_group,
        to_code,
        province,
        case
            when split = 'whole' then 1.0
            when sum(output_musd) over (partition by from_code, province) > 0
                then output_musd / sum(output_musd) over (partition by from_code, province)
            else 1.0 / count(*) over (partition by from_code, province)
        end as share
    from account_sector

),

located_activity as (

    select distinct
        activity,
        to_code
    from {{ ref('int_inventory__activity') }}
    where locate_by = 'co2'

),

traced as (

    select
        located_activity.activity,
        account.province,
        coalesce(located_activity.to_code, sector_share.to_code) as sector,
        sum(account.co2_mt * factor.factor * sector_share.share) as co2_mt
    from located_activity
    inner join {{ ref('process_factor') }} as factor on located_activity.activity = factor.activity
    inner join sector_share on factor.source_group = sector_share.source_group
    inner join {{ ref('stg_emission_proxy') }} as account
        on
            sector_share.from_code = account.source_sector
            and sector_share.province = account.province
            and factor.component = account.component
    group by
        located_activity.activity,
        account.province,
        coalesce(located_activity.to_code, sector_share.to_code)

),

intensity as (

    select
        traced.activity,
        traced.sector,
        sum(traced.co2_mt) / nullif(sum(made.output_musd), 0) as co2_mt_per_musd
    from traced
    inner join {{ ref('int_province__output') }} as made
        on
            traced.province = made.province
            and traced.sector = made.sector
    group by traced.activity, traced.sector

),

amount as (

    select
        activity,
        province,
        sector,
        co2_mt,
        'account' as basis
    from traced
    union all
    select
        intensity.activity,
        made.province,
        intensity.sector,
        intensity.co2_mt_per_musd * made.output_musd as co2_mt,
        'output' as basis
    from intensity
    inner join {{ ref('int_province__output') }} as made on intensity.sector = made.sector
    where made.province not in (select account.province from {{ ref('stg_emission_proxy') }} as account)

)

select
    activity,
    province,
    sector,
    basis,
    co2_mt,
    co2_mt / sum(co2_mt) over (partition by activity) as national_share
from amount
where co2_mt > 0

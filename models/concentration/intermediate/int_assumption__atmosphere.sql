{{ config(tags=['marts']) }}
-- Grain: one row per stand-in of the atmosphere: parameters, fallbacks of proxies, weather that no data give.
with parameters as (

    select
        'atmosphere_' || name as assumption,
        cast(null as varchar) as province,
        value as amount,
        unit,
        description || case when is_calibrated then ' (calibrated on 2013-2014)' else '' end as description,
        source || case when source_at_hand then '' else ' (not at hand)' end as source
    from {{ ref('atmosphere_parameter') }}

),

releases as (

    select
        'emission_aloft_share_' || emission_group as assumption,
        cast(null as varchar) as province,
        aloft_share as amount,
        'share' as unit,
        'Share of the group that is emitted above the mixed layer' as description,
        source
    from {{ ref('emission_release') }}

),

proxies as (

    select
        'gridding_proxy_' || emission_group || '_' || proxy as assumption,
        cast(null as varchar) as province,
        share as amount,
        'share' as unit,
        'Emissions of the group are laid on cells by this proxy' as description,
        reason as source
    from {{ ref('gridding_proxy') }}

),

fallbacks as (

    select
        'gridding_fallback_' || fallback.emission_group as assumption,
        fallback.province,
        sum(closure.gridded_t) as amount,
        't of all pollutants' as unit,
        'The province has none of the proxy; its emissions are laid by population' as description,
        'Global Coal Plant Tracker: no plant of the year' as source
    from {{ computed('gridding_fallback') }} as fallback
    inner join {{ computed('gridding_closure') }} as closure
        on
            fallback.emission_group = closure.emission_group
            and fallback.province = closure.province
            and closure.scenario = 'Base'
    group by all

),

every_one as (

    select
        assumption,
        province,
        amount,
        unit,
        description,
        source
    from parameters
    union all
    select
        assumption,
        province,
        amount,
        unit,
        description,
        source
    from releases
    union all
    select
        assumption,
        province,
        amount,
        unit,
        description,
        source
    from proxies
    union all
    select
        assumption,
        province,
        amount,
        unit,
        description,
        source
    from fallbacks

)

select
    assumption,
    'atmosphere' as topic,
    province,
    cast(null as varchar) as sector,
    amount,
    unit,
    description,
    source
from every_one

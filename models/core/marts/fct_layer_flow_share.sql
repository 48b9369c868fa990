-- Grain: one row per edition, year, variant, pollutant, flow, measure: what part of the flow between two layers.
with flow as (
    select
        flow.edition,
        flow.year,
        flow.variant,
        flow.pollutant,
        flow.flow,
        flow.from_region != flow.to_region as is_interprovincial,
        origin.is_inland as from_inland,
        origin.is_east_coast as from_east_coast,
        destination.is_inland as to_inland,
        destination.is_east_coast as to_east_coast,
        flow.emission_t
    from {{ ref('fct_layer_flow') }} as flow
    inner join {{ ref('dim_region') }} as origin
        on flow.from_region = origin.code and origin.kind = 'province'
    inner join {{ ref('dim_region') }} as destination
        on flow.to_region = destination.code and destination.kind = 'province'
),

measured as (
    select
        edition,
        year,
        variant,
        pollutant,
        flow,
        'interprovincial' as measure,
        sum(case when is_interprovincial then emission_t else 0 end) as part_t,
        sum(emission_t) as whole_t
    from flow
    group by all
    union all
    select
        edition,
        year,
        variant,
        pollutant,
        flow,
        'inland_driven_by_east_coast' as measure,
        sum(case when to_east_coast then emission_t else 0 end) as part_t,
        sum(emission_t) as whole_t
    from flow
    where is_interprovincial and from_inland
    group by all
    union all
    select
        edition,
        year,
        variant,
        pollutant,
        flow,
        'east_coast_driven_by_inland' as measure,
        sum(case when to_inland then emission_t else 0 end) as part_t,
        sum(emission_t) as whole_t
    from flow
    where is_interprovincial and from_east_coast
    group by all
    union all
    -- What provinces supply to another province or to a buyer abroad, of all that provinces supply.
    select
        supplied.edition,
        supplied.year,
        supplied.variant,
        supplied.pollutant,
        supplied.flow,
        'to_other_regions' as measure,
        sum(case when supplied.from_region != supplied.to_region then supplied.emission_t else 0 end) as part_t,
        sum(supplied.emission_t) as whole_t
    from {{ ref('fct_layer_flow') }} as supplied
    inner join {{ ref('dim_region') }} as origin
        on supplied.from_region = origin.code and origin.kind = 'province'
    where supplied.variant = 'global'
    group by all
)

select
    edition,
    year,
    variant,
    pollutant,
    flow,
    measure,
    part_t,
    whole_t,
    part_t / whole_t as share
from measured
where whole_t > 0

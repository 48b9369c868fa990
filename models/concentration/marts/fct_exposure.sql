-- Grain: one row per edition, year, engine, scenario, province, threshold_ug_m3.
-- People above a level only because of exports: Base less I_EX at the same threshold.
with curve as (

    select
        engine,
        scenario,
        province,
        threshold_ug_m3,
        people_above_persons
    from {{ computed('exposure') }}
    union all
    select
        engine,
        scenario,
        province,
        threshold_ug_m3,
        people_above_persons
    from {{ computed('simulated_exposure') }}

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    curve.engine,
    curve.scenario,
    curve.province,
    curve.threshold_ug_m3,
    curve.people_above_persons,
    -- sums of people differ in their last digits; a thousandth of a person is kept
    round(base.people_above_persons - curve.people_above_persons, 3) as people_lifted_above_persons
from curve
inner join curve as base
    on
        curve.engine = base.engine
        and curve.province = base.province
        and curve.threshold_ug_m3 = base.threshold_ug_m3
        and base.scenario = 'Base'

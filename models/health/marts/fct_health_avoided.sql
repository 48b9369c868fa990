-- Grain: one row per edition, year, engine, scenario, curve, cause, province.
-- Two answers to "how many deaths are the flow's", never to be mixed: zero_out does not add up over flows,
-- proportional does.
with residents as (

    select distinct
        engine,
        province,
        province_persons
    from {{ computed('health_burden') }}

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    avoided.engine,
    avoided.scenario,
    avoided.curve,
    avoided.cause,
    avoided.province,
    residents.province_persons,
    avoided.zero_out_deaths,
    avoided.proportional_deaths,
    1e5 * avoided.zero_out_deaths / residents.province_persons as zero_out_deaths_per_100k
from {{ computed('health_avoided') }} as avoided
inner join residents on avoided.engine = residents.engine and avoided.province = residents.province

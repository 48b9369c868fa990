-- Grain: one row per figure_id on concentrations that this year can answer, in the unit of the statement.
-- Returned exports are left out, as in the paper; soa and background count in totals alone. Direct and indirect are the
-- paper's reading, final_producer (docs/method.md).
{{ config(schema='intermediate') }}

with people as (

    select
        province,
        people_above_persons as persons
    from {{ ref('fct_exposure') }}
    where engine = 'reduced' and scenario = 'Base' and threshold_ug_m3 = 0

),

-- Places and their receptors: each place, and the groups that the paper names.
member as (

    select
        code as place,
        code as receptor
    from {{ ref('dim_region') }}
    where kind in ('province', 'home')
    union all
    select
        'coast' as place,
        code as receptor
    from {{ ref('dim_region') }}
    where is_east_coast
    union all
    select
        'inland' as place,
        code as receptor
    from {{ ref('dim_region') }}
    where is_inland

),

-- Each receptor's part of the people of its place.
weighted as (

    select
        member.place,
        member.receptor,
        people.persons / sum(people.persons) over (partition by member.place) as weight
    from member
    inner join people on member.receptor = people.province

),

by_province as (

    select
        province,
        sum(pm25_ug_m3) filter (where scenario = 'Base') as total_ug_m3,
        sum(case when scenario = 'Base' then pm25_ug_m3 else -pm25_ug_m3 end)
        filter (where component not in ('soa', 'background')) as export_ug_m3
    from {{ ref('fct_pm25_province') }}
    where
        engine = 'reduced'
        and scenario in ('Base', 'I_EX')
        and season = 'year'
        and weighting = 'population'
    group by province

),

of_region as (

    select
        region.china_region,
        region.is_east_coast,
        sum(by_province.export_ug_m3 * people.persons) / sum(people.persons) as export_ug_m3,
        sum(by_province.total_ug_m3 * people.persons) / sum(people.persons) as total_ug_m3
    from by_province
    inner join people on by_province.province = people.province
    inner join {{ ref('dim_region') }} as region on by_province.province = region.code
    where region.kind = 'province'
    group by region.china_region, region.is_east_coast

),

attributed as (

    select
        flow.producer_province,
        flow.consumer_region,
        sensitivity.receptor,
        sum(flow.emission_t * sensitivity.sensitivity_ug_m3_per_t) as pm25_ug_m3
    from {{ ref('int_atmosphere__export_emission') }} as flow
    inner join {{ computed('pm25_sensitivity') }} as sensitivity
        on
            flow.producer_province = sensitivity.producer_province
            and flow.emission_group = sensitivity.emission_group
            and flow.pollutant = sensitivity.pollutant
    where
        flow.consumer_region != '{{ var("home_region") }}'
        and sensitivity.receptor in (
            '{{ var("home_region") }}',
            'CN-FJ', 'CN-GD', 'CN-SH', 'CN-SX', 'CN-XZ', 'CN-XJ', 'CN-YN', 'CN-LN'
        )
    group by all

),

of_china as (

    select
        attributed.receptor,
        sum(attributed.pm25_ug_m3) as all_ug_m3,
        sum(attributed.pm25_ug_m3) filter (where producer.is_inland) as inland_ug_m3,
        sum(attributed.pm25_ug_m3)
        filter (where consumer.world_region in ('USA', 'Western Europe')) as west_ug_m3
    from attributed
    inner join {{ ref('dim_region') }} as producer on attributed.producer_province = producer.code
    inner join {{ ref('dim_region') }} as consumer on attributed.consumer_region = consumer.code
    group by attributed.receptor

),

-- Exports' concentration by place in the paper's reading; a group of provinces is the mean over its people.
reading as (

    select
        weighted.place,
        sum(reading.pm25_ug_m3 * weighted.weight) as all_ug_m3,
        sum(case when reading.is_direct then reading.pm25_ug_m3 * weighted.weight else 0 end) as direct_ug_m3,
        sum(case when maker.is_east_coast then reading.pm25_ug_m3 * weighted.weight else 0 end)
            as east_coast_ug_m3
    from {{ ref('fct_pm25_reading') }} as reading
    inner join weighted on reading.receptor = weighted.receptor
    left join {{ ref('dim_region') }} as maker on reading.attributed_region = maker.code
    where reading.engine = 'reduced' and reading.reading = 'final_producer' and not reading.is_returned
    group by weighted.place

),

-- Whose consumption is behind what a province breathes because of exports (Fig. 2b).
of_consumer as (

    select
        asked.figure_id,
        100 * sum(attributed.pm25_ug_m3) filter (where consumer.world_region = asked.world_region)
        / sum(attributed.pm25_ug_m3) as ours
    from attributed
    inner join {{ ref('dim_region') }} as consumer on attributed.consumer_region = consumer.code
    inner join
        (
            values
            ('p28', 'CN-FJ', 'USA'),
            ('p29', 'CN-GD', 'USA'),
            ('p30', 'CN-SH', 'Western Europe'),
            ('p31', 'CN-SX', 'Western Europe'),
            ('p32a', 'CN-XZ', 'Rest of Asia'),
            ('p32b', 'CN-XJ', 'Rest of Asia'),
            ('p32c', 'CN-YN', 'Rest of Asia'),
            ('p33', 'CN-LN', 'Rest of East Asia')
        ) as asked (figure_id, receptor, world_region)
        on attributed.receptor = asked.receptor
    group by asked.figure_id

),

exposed as (

    select
        scenario,
        threshold_ug_m3,
        people_above_persons,
        people_lifted_above_persons,
        (
            select people.persons from people
            where people.province = '{{ var("home_region") }}'
        ) as persons
    from {{ ref('fct_exposure') }}
    where engine = 'reduced' and province = '{{ var("home_region") }}' and threshold_ug_m3 in (5, 35)

),

answered as (

    select
        'p01' as figure_id,
        100 * export_ug_m3 / total_ug_m3 as ours
    from by_province
    where province = '{{ var("home_region") }}'
    union all
    select
        'p02' as figure_id,
        export_ug_m3 as ours
    from by_province
    where province = '{{ var("home_region") }}'
    union all
    select
        case when is_east_coast then 'p03' else 'p04' end as figure_id,
        100 * export_ug_m3 / total_ug_m3 as ours
    from of_region
    where is_east_coast or china_region = 'Southwest'
    union all
    select
        case when is_east_coast then 'p05' else 'p06' end as figure_id,
        export_ug_m3 as ours
    from of_region
    where is_east_coast or china_region = 'Northwest'
    union all
    select
        'p07' as figure_id,
        export_ug_m3 as ours
    from by_province
    where province = 'CN-SD'
    union all
    select
        case province when 'CN-GD' then 'p08' else 'p09' end as figure_id,
        100 * export_ug_m3 / total_ug_m3 as ours
    from by_province
    where province in ('CN-GD', 'CN-XZ')
    union all
    select
        'p10' as figure_id,
        count(*) as ours
    from by_province
    where province != '{{ var("home_region") }}' and export_ug_m3 > 5
    union all
    select
        'p11' as figure_id,
        coalesce(sum(people.persons) filter (where by_province.export_ug_m3 > 5), 0) / 1e6 as ours
    from by_province
    inner join people on by_province.province = people.province
    where by_province.province != '{{ var("home_region") }}'
    union all
    select
        case threshold_ug_m3 when 35 then 'p12' else 'p13' end as figure_id,
        100 * (1 - people_above_persons / persons) as ours
    from exposed
    where scenario = 'Base'
    union all
    select
        case threshold_ug_m3 when 35 then 'p14' else 'p15' end as figure_id,
        people_lifted_above_persons / 1e6 as ours
    from exposed
    where scenario = 'I_EX'
    union all
    select
        'p16' as figure_id,
        people_lifted_above_persons / 1e6 as ours
    from exposed
    where scenario = 'I_EXEAST' and threshold_ug_m3 = 35
    union all
    select
        'p18' as figure_id,
        100 * inland_ug_m3 / all_ug_m3 as ours
    from of_china
    where receptor = '{{ var("home_region") }}'
    union all
    select
        asked.figure_id,
        100 * (1 - reading.direct_ug_m3 / reading.all_ug_m3) as ours
    from reading
    inner join
        (
            values
            ('p19', '{{ var("home_region") }}'),
            ('p20', 'coast'),
            ('p21', 'CN-JL'),
            ('p22', 'CN-QH'),
            ('p23', 'CN-NM'),
            ('p61', 'inland')
        ) as asked (figure_id, place)
        on reading.place = asked.place
    union all
    select
        'p24' as figure_id,
        100 * east_coast_ug_m3 / all_ug_m3 as ours
    from reading
    where place = 'inland'
    union all
    select
        'p25' as figure_id,
        east_coast_ug_m3 as ours
    from reading
    where place = 'CN-HA'
    union all
    -- Beside what all direct exports put over Henan, as the scenario I_EXDIR leaves them out everywhere.
    select
        'p26' as figure_id,
        east_coast_ug_m3 / direct_ug_m3 as ours
    from reading
    where place = 'CN-HA'
    union all
    select
        'p27' as figure_id,
        100 * west_ug_m3 / all_ug_m3 as ours
    from of_china
    where receptor = '{{ var("home_region") }}'
    union all
    select
        figure_id,
        ours
    from of_consumer
)

select
    figure_id,
    ours
from answered

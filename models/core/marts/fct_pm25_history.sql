-- Grain: one row per edition, year, record, weighting, province, record_year.
{{ config(tags=['air']) }}
with satellites as (

    {{ optional_raw('observed_series', {
        'province': 'varchar', 'series': 'varchar', 'pollutant': 'varchar', 'source_year': 'bigint', 'concentration_ug_m3': 'double'
    }) }}

),

satellites_of_air as (

    {{ optional_raw('satellite_pm25', {'province': 'varchar', 'source_year': 'bigint', 'pm25_ug_m3': 'double'}) }}

),

reanalysis as (

    {{ optional_raw('evaluation_observation', {
        'province': 'varchar', 'coverage': 'varchar', 'pollutant': 'varchar', 'source_year': 'bigint', 'month': 'bigint',
        'concentration_ug_m3': 'double'
    }) }}

),

records as (

    select
        series as record,
        'satellite' as record_kind,
        'population' as weighting,
        province,
        source_year as record_year,
        concentration_ug_m3 as pm25_ug_m3,
        cast(null as bigint) as months
    from satellites
    where pollutant = 'PM2.5'
    union all
    select
        'satellite_pm25' as record,
        'satellite' as record_kind,
        'population' as weighting,
        province,
        source_year as record_year,
        pm25_ug_m3,
        cast(null as bigint) as months
    from satellites_of_air
    union all
    -- A year with a month missing has no mean.
    select
        'caqra' as record,
        'reanalysis' as record_kind,
        case coverage when 'people' then 'population' else coverage end as weighting,
        province,
        source_year as record_year,
        avg(concentration_ug_m3) as pm25_ug_m3,
        count(distinct month) as months
    from reanalysis
    where pollutant = 'PM2.5' and coverage in ('area', 'people')
    group by coverage, province, source_year
    having count(distinct month) = 12
    {% if var('kind', 'concentration') == 'concentration' %}
        union all
        select
            engine as record,
            'engine' as record_kind,
            weighting,
            province,
            year as record_year,
            sum(pm25_ug_m3) as pm25_ug_m3,
            cast(null as bigint) as months
        from {{ ref('fct_pm25_province') }}
        where scenario = 'Base' and season = 'year'
        group by engine, weighting, province, year
    {% endif %}

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    record,
    record_kind,
    weighting,
    province,
    cast(record_year as integer) as record_year,
    pm25_ug_m3,
    months
from records

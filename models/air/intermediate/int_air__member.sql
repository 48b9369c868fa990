-- Grain: one row per place_kind, place, unit_kind, unit: what a place's means are made of.
-- Provinces, regions and the nation are made of cities where there are any, else of provincial series.
{{ config(tags=['air_prepare']) }}
with has as (
    select bool_or(unit_kind = 'city') as cities
    from {{ ref('int_air__unit_day') }}
),

published_province as (
    select distinct unit as province
    from {{ ref('int_air__unit_day') }}
    where unit_kind = 'province'
),

covered_province as (
    select distinct city.province
    from {{ ref('int_air__unit_day') }} as day
    inner join {{ ref('city') }} as city on day.unit = city.code
    where day.unit_kind = 'city'
),

province_unit as (
    select
        code as province,
        'province' as unit_kind,
        code as unit
    from {{ ref('region') }}
    where kind = 'province' and code not in (select province from covered_province)
    union all
    select
        city.province,
        'city' as unit_kind,
        city.code as unit
    from {{ ref('city') }} as city
    where city.province in (select province from covered_province) and city.is_in_province
),

-- The nation is one thing or the other: a mean over cities and whole provinces would be neither.
group_unit as (
    select
        city.province,
        'city' as unit_kind,
        city.code as unit,
        city.is_in_nation,
        city.is_in_province
    from {{ ref('city') }} as city
    where (select cities from has)
    union all
    select
        code as province,
        'province' as unit_kind,
        code as unit,
        true as is_in_nation,
        true as is_in_province
    from {{ ref('region') }}
    where kind = 'province' and not (select cities from has)
)

select
    'city' as place_kind,
    code as place,
    'city' as unit_kind,
    code as unit
from {{ ref('city') }}
union all
select
    'province' as place_kind,
    province as place,
    unit_kind,
    unit
from province_unit
where unit_kind = 'city' or province in (select province from published_province)
union all
select
    'key_region' as place_kind,
    key_region as place,
    'city' as unit_kind,
    city as unit
from {{ ref('key_region_city') }}
where is_counted
union all
select
    province_group.group_kind as place_kind,
    province_group.group_code as place,
    group_unit.unit_kind,
    group_unit.unit
from {{ ref('province_group') }} as province_group
inner join group_unit on province_group.province = group_unit.province
where province_group.group_kind in ('larger_region', 'economic_zone') and group_unit.is_in_province
union all
select
    'nation' as place_kind,
    '{{ var("home_region") }}' as place,
    unit_kind,
    unit
from group_unit
where is_in_nation

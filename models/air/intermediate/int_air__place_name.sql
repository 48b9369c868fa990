-- Grain: one row per place_kind, place: its English name.
{{ config(tags=['air_prepare']) }}
select
    'city' as place_kind,
    code as place,
    name
from {{ ref('city') }}
union all
select
    'province' as place_kind,
    code as place,
    name
from {{ ref('region') }}
where kind = 'province'
union all
select
    'key_region' as place_kind,
    code as place,
    name
from {{ ref('key_region') }}
union all
select distinct
    group_kind as place_kind,
    group_code as place,
    name
from {{ ref('province_group') }}
union all
select
    'nation' as place_kind,
    code as place,
    name
from {{ ref('region') }}
where kind = 'home'

-- Grain: one row per monitoring station whose city is known.
{{ config(tags=['air_prepare']) }}
with listed as (
    {{ optional_raw('station', {'place': 'varchar', 'city': 'varchar'}) }}
)

select
    listed.place as station,
    alias.city
from listed
inner join {{ ref('city_alias') }} as alias
    on lower(replace(replace(listed.city, ' ', ''), '''', '')) = alias.alias

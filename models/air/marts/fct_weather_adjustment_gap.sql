-- Grain: one row per edition, year, place_kind, place, period whose change could not be split, and why.
{{ config(tags=['air']) }}
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    place_kind,
    place,
    period,
    reason
from {{ computed('weather_adjustment_gap') }}
union all
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    'nation' as place_kind,
    'CHN' as place,
    'all' as period,
    'no weather stands for ' || count(*) || ' cities or provinces with observations' as reason
from (
    select distinct
        unit_kind,
        unit
    from {{ ref('int_air__unit_day') }}
) as observed
where (observed.unit_kind, observed.unit) not in (select (place_kind, place) from {{ ref('int_air__weather_source') }})
having count(*) > 0

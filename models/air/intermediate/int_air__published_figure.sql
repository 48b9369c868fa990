-- Grain: one row per figure_id: published figures of air and industry, those typed as a seed and those of the role
-- official_air_figure that the seed does not have.
{{ config(tags=['air_prepare']) }}
with of_role as (
    select
        official.period,
        official.place_kind,
        official.place,
        official.indicator,
        official.value
    from {{ ref('stg_official_air_figure') }} as official
    anti join {{ ref('published_air_figure') }} as seed
        on
            official.place_kind = seed.place_kind
            and official.place = seed.place
            and official.period = seed.period
            and official.indicator = seed.indicator
            and seed.source like 'Ministry%'
)

select
    figure_id,
    source,
    statement,
    place_kind,
    place,
    period,
    indicator,
    theirs,
    unit,
    source like 'Ministry%' as is_official
from {{ ref('published_air_figure') }}
union all
select
    'mee ' || of_role.place || ' ' || of_role.period || ' ' || of_role.indicator as figure_id,
    'Ministry of Ecology and Environment, release on the period' as source,
    coalesce(place_name.name, of_role.place) || ': ' || named.name as statement,
    of_role.place_kind,
    of_role.place,
    of_role.period,
    of_role.indicator,
    of_role.value as theirs,
    named.unit,
    true as is_official
from of_role
inner join {{ ref('official_indicator') }} as named on of_role.indicator = named.indicator
left join {{ ref('int_air__place_name') }} as place_name
    on of_role.place_kind = place_name.place_kind and of_role.place = place_name.place

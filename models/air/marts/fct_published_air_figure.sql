-- Grain: one row per edition, year, figure_id: a published figure and what this edition's observations say.
{{ config(tags=['air']) }}
with ours as (
    select
        place_kind,
        place,
        period,
        unnest(['pm25_ug_m3', 'pm25_change', 'heavy_day_share', 'heavy_day_change']) as indicator,
        unnest([
            mean_ug_m3, 100 * change_share, 100 * heavy_day_share, 100 * heavy_day_share_change
        ]) as ours
    from {{ ref('fct_air_quality') }}
    where pollutant = 'PM2.5' and period_kind != 'day' and is_complete
    union all
    select
        place_kind,
        place,
        period,
        'emission_part' as indicator,
        emission_part_pp as ours
    from {{ ref('fct_weather_adjusted_change') }}
    where method = 'counterfactual'
    union all
    select
        place_kind,
        place,
        period,
        'output_change ' || product as indicator,
        100 * change_share as ours
    from {{ ref('fct_industrial_output') }}
)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    theirs.figure_id,
    theirs.source,
    theirs.statement,
    theirs.place_kind,
    theirs.place,
    theirs.period,
    theirs.indicator,
    theirs.theirs,
    ours.ours,
    theirs.unit
from {{ ref('published_air_figure') }} as theirs
left join ours
    on
        theirs.place_kind = ours.place_kind
        and theirs.place = ours.place
        and theirs.period = ours.period
        and theirs.indicator = ours.indicator

-- Grain: one row per edition, year, figure_id: a published figure and what this edition's data say of the same period;
-- where they end before it, what they say of the same quarter or year last held, which is another period and named so.
{{ config(tags=['air']) }}
with ours as (
    select
        place_kind,
        place,
        period,
        unnest([
            'pm25_ug_m3', 'pm25_change', 'heavy_day_share', 'heavy_day_change'
        ]) as indicator,
        unnest([
            mean_ug_m3, 100 * change_share, 100 * heavy_day_share, 100 * heavy_day_share_change
        ]) as ours,
        unnest([
            mean_without_dust_ug_m3, 100 * change_without_dust_share, null, null
        ]) as ours_without_dust
    from {{ ref('fct_air_quality') }}
    where pollutant = 'PM2.5' and period_kind != 'day'
    union all
    select
        place_kind,
        place,
        period,
        unnest([lower(pollutant) || '_ug_m3', lower(pollutant) || '_change']) as indicator,
        unnest([mean_ug_m3, 100 * change_share]) as ours,
        unnest([mean_without_dust_ug_m3, 100 * change_without_dust_share]) as ours_without_dust
    from {{ ref('fct_air_quality') }}
    where pollutant in ('PM10', 'NO2', 'SO2') and period_kind != 'day'
    union all
    select
        place_kind,
        place,
        period,
        'emission_part' as indicator,
        emission_part_pp as ours,
        null as ours_without_dust
    from {{ ref('fct_weather_adjusted_change') }}
    where method = 'counterfactual'
    union all
    select
        place_kind,
        place,
        period,
        'output_change ' || product as indicator,
        100 * change_share as ours,
        null as ours_without_dust
    from {{ ref('fct_industrial_output') }}
),

theirs as (
    select
        figure_id,
        source,
        statement,
        place_kind,
        place,
        period,
        indicator,
        theirs,
        unit
    from {{ ref('int_air__published_figure') }}
),

earlier as (
    select
        theirs.figure_id,
        ours.period as earlier_period,
        ours.ours as ours_earlier
    from theirs
    inner join ours
        on
            theirs.place_kind = ours.place_kind
            and theirs.place = ours.place
            and theirs.indicator = ours.indicator
            and substring(theirs.period, 5) = substring(ours.period, 5)
            and theirs.period > ours.period
    where ours.ours is not null and theirs.indicator like 'output_change %'
    qualify row_number() over (partition by theirs.figure_id order by ours.period desc) = 1
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
    ours.ours_without_dust,
    case when ours.ours is null then earlier.earlier_period end as earlier_period,
    case when ours.ours is null then earlier.ours_earlier end as ours_earlier,
    theirs.unit
from theirs
left join ours
    on
        theirs.place_kind = ours.place_kind
        and theirs.place = ours.place
        and theirs.period = ours.period
        and theirs.indicator = ours.indicator
left join earlier on theirs.figure_id = earlier.figure_id

{{ config(tags=['prepare']) }}
-- Grain: one row per interpolation, subsector and pollutant: emission of China in the edition's year, as GAINS has it.
-- GAINS is published every five years: linear between the years around; beside it constant (the nearer year),
-- log_linear, and cubic (Catmull and Rom's spline through the four years around).
with published as (

    select
        source_sector,
        pollutant,
        source_year,
        sum(emission_t) as emission_t
    from {{ source('raw', 'subsector_emission') }}
    where source_sector <> 'SUM'
    group by all

),

bracket as (

    select
        max(source_year) filter (where source_year <= {{ var('year') }}) as year_before,
        min(source_year) filter (where source_year >= {{ var('year') }}) as year_after,
        max(source_year) as last_year,
        min(source_year) as first_year
    from published

),

place as (

    select
        coalesce(year_before, first_year) as year_before,
        coalesce(year_after, last_year) as year_after
    from bracket

),

neighbours as (

    select
        place.year_before,
        place.year_after,
        coalesce(
            max(published.source_year) filter (where published.source_year < place.year_before), place.year_before
        ) as year_earlier,
        coalesce(
            min(published.source_year) filter (where published.source_year > place.year_after), place.year_after
        ) as year_later,
        case
            when place.year_after = place.year_before then 0.0
            else ({{ var('year') }} - place.year_before) / (place.year_after - place.year_before)
        end as part
    from place
    cross join published
    group by place.year_before, place.year_after

),

-- A subsector blank in one of the years counts as zero there.
around as (

    select
        published.source_sector,
        published.pollutant,
        neighbours.part,
        coalesce(max(emission_t) filter (where source_year = year_earlier), 0) as earlier_t,
        coalesce(max(emission_t) filter (where source_year = year_before), 0) as before_t,
        coalesce(max(emission_t) filter (where source_year = year_after), 0) as after_t,
        coalesce(max(emission_t) filter (where source_year = year_later), 0) as later_t
    from published
    cross join neighbours
    group by all

),

interpolated as (

    select
        source_sector,
        pollutant,
        'linear' as method,
        before_t + part * (after_t - before_t) as emission_t
    from around

    union all

    select
        source_sector,
        pollutant,
        'constant' as method,
        case when part < 0.5 then before_t else after_t end as emission_t
    from around

    union all

    select
        source_sector,
        pollutant,
        'log_linear' as method,
        case
            when before_t > 0 and after_t > 0 then before_t * pow(after_t / before_t, part)
            else before_t + part * (after_t - before_t)
        end as emission_t
    from around

    union all

    select
        source_sector,
        pollutant,
        'cubic' as method,
        greatest(
            before_t + 0.5 * part * (
                after_t - earlier_t
                + part * (
                    2 * earlier_t - 5 * before_t + 4 * after_t - later_t
                    + part * (3 * (before_t - after_t) + later_t - earlier_t)
                )
            ),
            0
        ) as emission_t
    from around

),

carbon_and_particles as (

    select
        method,
        source_sector,
        sum(emission_t) filter (where pollutant = 'PM2.5') as pm25_t,
        sum(emission_t) filter (where pollutant in ('BC', 'OC')) as carbon_t
    from interpolated
    where pollutant in ('PM2.5', 'BC', 'OC')
    group by all

),

-- Where GAINS gives no PM2.5, its carbon stands in for the division of the other particles.
particles as (

    select
        method,
        source_sector,
        coalesce({{ other_particles('pm25_t', ['coalesce(carbon_t, 0)']) }}, carbon_t) as emission_t
    from carbon_and_particles

)

select method, source_sector, pollutant, emission_t
from interpolated
where pollutant <> 'PM2.5'
union all
select method, source_sector, 'PM25_other' as pollutant, emission_t
from particles
where emission_t is not null

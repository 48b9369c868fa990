-- What changed export-related emissions since each earlier edition, by factor, with 90 % intervals: China and each
-- province.
with home as (

    select code
    from dim_region
    where kind = 'home'

),

changed as (

    select base_edition, base_year, prices, pollutant, producer_province as place, factor, sum(change_t) as change_t
    from fct_change
    where
        edition = '{{ edition }}' and year = {{ year }}
        and consumer_region not in (select code from home)
    group by all

),

levels as (

    select
        base_edition,
        base_year,
        pollutant,
        producer_province as place,
        sum(before_t) as before_t,
        sum(after_t) as after_t
    from fct_change_total
    where
        edition = '{{ edition }}' and year = {{ year }}
        and consumer_region not in (select code from home)
    group by all

),

provinces as (

    select *
    from changed
    inner join levels using (base_edition, base_year, pollutant, place)

),

nation as (

    select base_edition, base_year, prices, pollutant, home.code as place, factor, sum(change_t) as change_t
    from changed
    cross join home
    group by all

),

nation_levels as (

    select base_edition, base_year, pollutant, sum(before_t) as before_t, sum(after_t) as after_t
    from levels
    group by all

),

places as (

    select base_edition, base_year, prices, pollutant, place, factor, change_t, before_t, after_t
    from provinces
    union all
    select base_edition, base_year, prices, pollutant, place, factor, change_t, before_t, after_t
    from nation
    inner join nation_levels using (base_edition, base_year, pollutant)

),

intervals as (

    select base_edition, base_year, prices, pollutant, place, factor, p05_t, p95_t
    from fct_change_interval
    where edition = '{{ edition }}' and year = {{ year }} and consumers = 'foreign'

)

select
    places.base_edition,
    places.base_year,
    {{ year }} as later_year,
    places.pollutant,
    places.place,
    region.name,
    region.name_zh,
    places.factor,
    places.change_t,
    sure.p05_t as low_t,
    sure.p95_t as high_t,
    places.before_t,
    places.after_t
from places
inner join dim_region as region on places.place = region.code
left join intervals as sure
    on
        places.base_edition = sure.base_edition
        and places.base_year = sure.base_year
        and places.prices = sure.prices
        and places.pollutant = sure.pollutant
        and places.place = sure.place
        and places.factor = sure.factor
order by
    places.base_year desc,
    places.base_edition asc,
    region.kind asc,
    places.place asc,
    places.pollutant asc,
    places.factor asc

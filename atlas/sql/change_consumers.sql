-- What changed the emissions in China that each consumer drives, by factor.
select
    change.base_edition,
    change.base_year,
    change.pollutant,
    change.consumer_region,
    coalesce(region.name, change.consumer_region) as name,
    change.factor,
    sum(change.change_t) as change_t
from fct_change as change
left join dim_region as region on change.consumer_region = region.code
where change.edition = '{{ edition }}' and change.year = {{ year }} and region.kind <> 'home'
group by all
order by change.base_year desc, change.base_edition asc, change.pollutant asc, name asc, change.factor asc

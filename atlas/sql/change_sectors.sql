-- What changed the emissions in China that foreign demand drives, by emitting sector and factor.
with sector as (

    select distinct common_sector, common_name
    from dim_sector

)

select
    change.base_edition,
    change.base_year,
    change.pollutant,
    change.producer_sector,
    coalesce(sector.common_name, change.producer_sector) as name,
    change.factor,
    sum(change.change_t) as change_t
from fct_change_sector as change
inner join dim_region as region on change.consumer_region = region.code and region.kind <> 'home'
left join sector on change.producer_sector = sector.common_sector
where change.edition = '{{ edition }}' and change.year = {{ year }}
group by all
order by
    change.base_year desc,
    change.base_edition asc,
    change.pollutant asc,
    change.producer_sector asc,
    change.factor asc

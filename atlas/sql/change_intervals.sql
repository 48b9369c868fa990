-- How sure each factor is, and the whole change: points and 90 % intervals for foreign demand, in both rules of prices.
select
    sure.base_edition,
    sure.base_year,
    sure.pollutant,
    sure.place,
    region.name,
    region.name_zh,
    sure.prices,
    sure.factor,
    sure.point_t,
    sure.p05_t,
    sure.p95_t,
    sure.same_sign_share,
    sure.draws
from fct_change_interval as sure
inner join dim_region as region on sure.place = region.code
where sure.edition = '{{ edition }}' and sure.year = {{ year }} and sure.consumers = 'foreign'
order by
    sure.base_year desc,
    sure.base_edition asc,
    region.kind asc,
    sure.place asc,
    sure.pollutant asc,
    sure.prices asc,
    sure.factor asc

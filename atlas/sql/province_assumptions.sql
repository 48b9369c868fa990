-- What rests on an assumption in each province: amounts of all its sectors together.
select
    assumed.province,
    region.name,
    region.name_zh,
    assumed.assumption,
    assumed.topic,
    sum(assumed.amount) as amount,
    assumed.unit,
    min(assumed.description) as description
from fct_assumption as assumed
inner join dim_region as region on assumed.province = region.code and region.kind = 'province'
where assumed.edition = '{{ edition }}' and assumed.year = {{ year }}
group by assumed.province, region.name, region.name_zh, assumed.assumption, assumed.topic, assumed.unit
order by assumed.province, assumed.topic, assumed.assumption

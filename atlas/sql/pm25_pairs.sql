-- PM2.5 over each province that exports drive, by the province that emits it.
select
    attribution.receptor,
    place.name,
    place.name_zh,
    attribution.producer_province as producer,
    producer.name as producer_name,
    producer.name_zh as producer_name_zh,
    sum(attribution.pm25_ug_m3) as pm25_ug_m3
from fct_pm25_attribution as attribution
inner join dim_region as place on attribution.receptor = place.code and place.kind = 'province'
inner join dim_region as producer on attribution.producer_province = producer.code
where attribution.edition = '{{ edition }}' and attribution.year = {{ year }} and attribution.engine = 'reduced'
group by
    attribution.receptor, place.name, place.name_zh, attribution.producer_province, producer.name, producer.name_zh
order by attribution.receptor, attribution.producer_province

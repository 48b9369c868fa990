-- People who breathe more PM2.5 than a threshold, with all emissions and without those that exports drive.
select
    exposure.engine,
    exposure.province,
    coalesce(region.name, 'China') as name,
    region.name_zh,
    exposure.threshold_ug_m3,
    exposure.scenario,
    exposure.people_above_persons
from fct_exposure as exposure
left join dim_region as region on exposure.province = region.code and region.kind = 'province'
where exposure.edition = '{{ edition }}' and exposure.year = {{ year }} and exposure.scenario in ('Base', 'I_EX')
order by exposure.engine, exposure.province, exposure.scenario, exposure.threshold_ug_m3

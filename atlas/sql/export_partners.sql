-- Where the exports of each province go first, by region of the world, beside their value.
with exported as (
    select province, destination, sum(export_musd) as export_musd
    from fct_export_value
    where edition = '{{ edition }}' and year = {{ year }}
    group by province, destination
),

by_region as (
    select
        exported.province,
        coalesce(destination.called, exported.destination) as sold_to,
        sum(exported.export_musd) as export_musd
    from exported
    left join {{ consumers }} as destination on exported.destination = destination.code
    group by exported.province, sold_to
)

select
    by_region.province,
    region.name,
    region.name_zh,
    by_region.sold_to,
    by_region.export_musd,
    by_region.export_musd / nullif(sum(by_region.export_musd) over (partition by by_region.province), 0) as export_share
from by_region
inner join dim_region as region on by_region.province = region.code
order by by_region.province asc, by_region.export_musd desc, by_region.sold_to asc

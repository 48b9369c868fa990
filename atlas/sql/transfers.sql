-- What a province's exports emit in other provinces, and what other provinces' exports emit in it.
select
    transfer.pollutant,
    transfer.province,
    region.name,
    region.name_zh,
    transfer.driven_elsewhere_t,
    transfer.driven_here_t,
    transfer.disparity_t
from fct_province_transfer as transfer
inner join dim_region as region on transfer.province = region.code
where transfer.edition = '{{ edition }}' and transfer.year = {{ year }} and transfer.partner_province = 'all'
order by transfer.pollutant asc, transfer.disparity_t desc, transfer.province asc

-- The largest differences between what two provinces' exports emit in each other, all particles together.
select
    row_number()
        over (order by transfer.disparity_t desc, transfer.province asc, transfer.partner_province asc)
        as rank,
    concat_ws(' ', region.name, region.name_zh) as exports_of,
    concat_ws(' ', partner.name, partner.name_zh) as emit_in,
    transfer.driven_elsewhere_t as emission_there_t,
    transfer.driven_here_t as emission_back_t,
    transfer.disparity_t as difference_t
from fct_province_transfer as transfer
inner join dim_region as region on transfer.province = region.code
inner join dim_region as partner on transfer.partner_province = partner.code
where transfer.edition = '{{ edition }}' and transfer.year = {{ year }} and transfer.pollutant = 'APE'
order by rank
limit 10

-- The share of each province's exports whose destinations are assumed: those of China's exports of the product.
with sold as (
    select province, sum(export_musd) as export_musd
    from fct_export_value
    where edition = '{{ edition }}' and year = {{ year }}
    group by province
)

select
    sold.province,
    least(1, sum(assumed.amount) / nullif(any_value(sold.export_musd), 0)) as assumed_share
from fct_assumption as assumed
inner join sold on assumed.province = sold.province
where
    assumed.edition = '{{ edition }}' and assumed.year = {{ year }}
    and assumed.assumption = 'export_destination_stand_in'
group by sold.province

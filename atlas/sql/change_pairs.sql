-- With which earlier editions this one is compared, what differs in rule, and why others are not compared.
select
    base_edition,
    base_year,
    is_decomposed,
    provinces,
    left_out,
    sectors,
    orders,
    prices,
    price_note,
    residual_share,
    caution,
    why_not
from fct_change_pair
where edition = '{{ edition }}' and year = {{ year }}
order by base_year desc, base_edition asc

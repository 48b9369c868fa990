{{ config(tags=['prepare']) }}
-- Grain: one row per commodity code of the customs and sector: the code's part that the sector makes.
-- A code that the nomenclature of 2017 lacks, or that is cut short, goes as its heading or chapter, all codes alike.
with code as (

    select distinct commodity_code
    from {{ source('raw', 'trade') }}

),

-- Goods go to the edition's sectors through GTAP's, which have a concordance with the nomenclature.
goods as (

    {% if var('sector_classification') == 'gtap65' %}
        select hs6_code, to_code, weight
        from {{ ref('hs2017__gtap65') }}
    {% else %}
        select
            goods_of_gtap.hs6_code,
            sector.to_code,
            goods_of_gtap.weight * sector.weight as weight
        from {{ ref('hs2017__gtap65') }} as goods_of_gtap
        inner join {{ ref('gtap65__' ~ var('sector_classification')) }} as sector
            on goods_of_gtap.to_code = sector.from_code
    {% endif %}

),

nomenclature as (

    select
        digits.digits,
        left(goods.hs6_code, digits.digits) as prefix,
        goods.to_code,
        sum(goods.weight) as weight
    from goods
    cross join (values (2), (4), (6)) as digits (digits)
    group by all

),

fitting as (

    select
        code.commodity_code,
        max(nomenclature.digits) as digits
    from code
    inner join nomenclature on left(code.commodity_code, nomenclature.digits) = nomenclature.prefix
    where nomenclature.digits <= length(code.commodity_code)
    group by all

)

select
    fitting.commodity_code,
    nomenclature.to_code as sector,
    nomenclature.weight / sum(nomenclature.weight) over (partition by fitting.commodity_code) as weight,
    fitting.digits as matched_digits
from fitting
inner join nomenclature
    on
        fitting.digits = nomenclature.digits
        and left(fitting.commodity_code, fitting.digits) = nomenclature.prefix

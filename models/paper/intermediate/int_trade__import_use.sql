{{ config(tags=['prepare']) }}
-- Grain: one row per province, product and user: the imports of the product that the user takes, so much that the
-- user's imports of all products are those of the table's row IM. Products go to users as the nation's imports do.
with category as (

    select
        provincial.source_category as user_code,
        national.to_code
    from {{ ref('demand_category') }} as provincial
    inner join
        (values ('household', 'households'), ('government', 'government'), ('capital', 'gfcf'))
            as national (demand_category, to_code)
        on provincial.demand_category = national.demand_category
    where provincial.classification = '{{ var("provincial_classification") }}'

),

national_use as (

    select
        sector,
        to_code,
        sum(value_musd) as value_musd,
        sum(value_musd) / sum(sum(value_musd)) over (partition by sector) as share
    from {{ ref('int_trade__china_structure') }}
    where flow = 'import'
    group by sector, to_code

),

province_part as (

    select
        province,
        sum(import_musd) / sum(sum(import_musd)) over () as part
    from {{ ref('int_province__import') }}
    group by province

),

goods as (

    select
        province,
        sector,
        sum(import_musd) as import_musd
    from {{ ref('int_trade__import_origin') }}
    where basis = 'customs'
    group by all

),

spread as (

    select
        goods.province,
        goods.sector,
        national_use.to_code,
        'customs' as basis,
        goods.import_musd * national_use.share as weight_musd
    from goods
    inner join national_use using (sector)
    where national_use.share <> 0

    union all

    select
        province_part.province,
        national_use.sector,
        national_use.to_code,
        'china' as basis,
        national_use.value_musd * province_part.part as weight_musd
    from national_use
    cross join province_part
    where
        national_use.value_musd <> 0
        and national_use.sector not in (select goods.sector from goods)

),

wanted as (

    select
        imports.province,
        imports.user_kind,
        imports.user_code,
        coalesce(category.to_code, imports.user_code) as to_code,
        imports.import_musd
    from {{ ref('int_province__import') }} as imports
    left join category
        on
            imports.user_code = category.user_code
            and imports.user_kind = 'final_demand'
    where imports.import_musd <> 0

),

-- A user that imports nothing in the nation takes the products of all users of the province.
known as (

    select distinct
        province,
        to_code
    from spread

),

structure as (

    select
        wanted.province,
        wanted.user_kind,
        wanted.user_code,
        wanted.import_musd as total_musd,
        spread.sector,
        spread.to_code,
        spread.basis,
        true as has_structure,
        spread.weight_musd
    from wanted
    inner join spread
        on
            wanted.province = spread.province
            and wanted.to_code = spread.to_code

    union all

    select
        wanted.province,
        wanted.user_kind,
        wanted.user_code,
        wanted.import_musd as total_musd,
        spread.sector,
        spread.to_code,
        spread.basis,
        false as has_structure,
        spread.weight_musd
    from wanted
    inner join spread on wanted.province = spread.province
    anti join known
        on
            wanted.province = known.province
            and wanted.to_code = known.to_code

)

select
    province,
    sector,
    user_kind,
    user_code,
    to_code,
    basis,
    has_structure,
    total_musd * weight_musd / sum(weight_musd) over (partition by province, user_kind, user_code) as import_musd
from structure

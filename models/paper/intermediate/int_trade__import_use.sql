{{ config(tags=['prepare']) }}
-- Grain: one row per province, product and user: the imports of the product that the user takes, as the table's total
-- of the user asks. Products are spread over users by the national import structure.
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
        sum(value_musd) / sum(sum(value_musd)) over (partition by sector) as share
    from {{ ref('int_trade__china_structure') }}
    where flow = 'import'
    group by all

),

imported as (

    select
        province,
        sector,
        sum(import_musd) as import_musd
    from {{ ref('int_trade__import_origin') }}
    group by all

),

spread as (

    select
        imported.province,
        imported.sector,
        national_use.to_code,
        imported.import_musd * national_use.share as weight_musd
    from imported
    inner join national_use using (sector)
    where national_use.share <> 0

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

placed as (

    select
        wanted.province,
        spread.sector,
        wanted.user_kind,
        wanted.user_code,
        wanted.import_musd * spread.weight_musd / sum(spread.weight_musd) over (
            partition by wanted.province, wanted.user_kind, wanted.user_code
        ) as import_musd,
        'national structure' as basis
    from wanted
    inner join spread
        on
            wanted.province = spread.province
            and wanted.to_code = spread.to_code

),

left_over as (

    select
        wanted.province,
        imported.sector,
        wanted.user_kind,
        wanted.user_code,
        wanted.import_musd * imported.import_musd / sum(imported.import_musd) over (
            partition by wanted.province, wanted.user_kind, wanted.user_code
        ) as import_musd,
        'province average' as basis
    from wanted
    inner join imported on wanted.province = imported.province
    anti join placed
        on
            wanted.province = placed.province
            and wanted.user_kind = placed.user_kind
            and wanted.user_code = placed.user_code

)

select province, sector, user_kind, user_code, import_musd, basis
from placed
union all
select province, sector, user_kind, user_code, import_musd, basis
from left_over

-- Grain: one row per edition, year, flow, province, sector (`all`: every product together), regimes.
with customs as (

    select
        customs.flow,
        customs.province,
        customs.sector,
        regimes.regimes,
        sum(customs.value_musd) as customs_musd
    from {{ ref('int_trade__customs') }} as customs
    inner join (values ('included'), ('all')) as regimes (regimes)
        on customs.is_included or regimes.regimes = 'all'
    where customs.region <> '{{ var("home_region") }}'
    group by all

),

table_export as (

    select
        province,
        sector,
        export_musd
    from {{ ref('int_trade__table_export') }}

),

goods as (

    select distinct sector
    from customs

),

by_sector as (

    select
        'export' as flow,
        table_export.province,
        table_export.sector,
        regimes.regimes,
        coalesce(customs.customs_musd, 0) as customs_musd,
        table_export.export_musd as table_musd
    from table_export
    inner join goods using (sector)
    cross join (values ('included'), ('all')) as regimes (regimes)
    left join customs
        on
            customs.flow = 'export'
            and table_export.province = customs.province
            and table_export.sector = customs.sector
            and regimes.regimes = customs.regimes

),

customs_import as (

    select
        province,
        regimes,
        sum(customs_musd) as customs_musd
    from customs
    where flow = 'import'
    group by all

),

-- The tables' imports are of goods and services together.
by_province as (

    select
        flow,
        province,
        'all' as sector,
        regimes,
        sum(customs_musd) as customs_musd,
        sum(table_musd) as table_musd
    from by_sector
    group by all

    union all

    select
        'import' as flow,
        imports.province,
        'all' as sector,
        regimes.regimes,
        coalesce(max(customs.customs_musd), 0) as customs_musd,
        sum(imports.import_musd) as table_musd
    from {{ ref('int_trade__table_import') }} as imports
    cross join (values ('included'), ('all')) as regimes (regimes)
    left join customs_import as customs
        on
            imports.province = customs.province
            and regimes.regimes = customs.regimes
    group by imports.province, regimes.regimes

),

both_grains as (

    select flow, province, sector, regimes, customs_musd, table_musd
    from by_sector
    union all
    select flow, province, sector, regimes, customs_musd, table_musd
    from by_province

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    flow,
    province,
    sector,
    regimes,
    regimes = '{{ "included" if var("regimes", "paper") == "paper" else "all" }}' as is_used,
    customs_musd,
    table_musd,
    (customs_musd - table_musd) / nullif(table_musd, 0) as deviation_share
from both_grains
where customs_musd <> 0 or table_musd <> 0

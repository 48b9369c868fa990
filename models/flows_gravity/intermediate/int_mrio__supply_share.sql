{{ config(tags=['assemble']) }}
-- Grain: one row per using province and product sector: how its use splits into local supply, inflow and imports.
with inflow as (

    select
        to_province as province,
        sector,
        sum(value_musd) as inflow_musd
    from {{ computed('interprovincial_flow') }}
    group by all

),

parts as (

    select
        accounts.province,
        accounts.sector,
        coalesce(inflow.inflow_musd, 0) as inflow_musd,
        coalesce(imports.import_musd, 0) as import_musd,
        greatest(accounts.use_musd - coalesce(inflow.inflow_musd, 0) - coalesce(imports.import_musd, 0), 0)
            as local_musd
    from {{ ref('int_province__account') }} as accounts
    left join inflow using (province, sector)
    left join {{ computed('province_import') }} as imports using (province, sector)
    where accounts.use_musd > 0

)

select
    province,
    sector,
    local_musd / (local_musd + inflow_musd + import_musd) as local_share,
    inflow_musd / (local_musd + inflow_musd + import_musd) as inflow_share,
    import_musd / (local_musd + inflow_musd + import_musd) as import_share
from parts

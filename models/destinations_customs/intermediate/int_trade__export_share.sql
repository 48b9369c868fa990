{{ config(tags=['assemble']) }}
-- Grain: one row per province, sector and foreign region: the province's part of China's exports of the product there.
with national as (

    select
        province,
        sector,
        export_musd / sum(export_musd) over (partition by sector) as export_share
    from {{ computed('province_export') }}

)

select
    province,
    sector,
    region,
    basis,
    export_musd / sum(export_musd) over (partition by sector, region) as export_share
from {{ computed('export_destination') }}
union all
select
    national.province,
    national.sector,
    total.region,
    'nation' as basis,
    national.export_share
from national
inner join {{ ref('int_trade__destination_total') }} as total using (sector)
where not total.is_fitted

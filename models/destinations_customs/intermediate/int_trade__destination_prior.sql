{{ config(tags=['link']) }}
-- Grain: one row per exporting province, sector and foreign region that is fitted: where exports go before fitting.
-- The customs' pattern over the regions that the customs know for the product; other regions, and products that the
-- customs do not know for the province, as China's exports in the global table.
with total as (

    select
        sector,
        region,
        export_musd
    from {{ ref('int_trade__destination_total') }}
    where is_fitted

),

-- What is left for the regions that are fitted, of all exports of the product.
fitted as (

    select
        sector,
        sum(export_musd) filter (where is_fitted) / sum(export_musd) as fitted_share
    from {{ ref('int_trade__destination_total') }}
    group by sector

),

exporter as (

    select
        exports.province,
        exports.sector,
        exports.export_musd * fitted.fitted_share as export_musd
    from {{ computed('province_export') }} as exports
    inner join fitted using (sector)
    where exports.export_musd > 0

),

customs as (

    select
        counted.province,
        counted.sector,
        counted.region,
        counted.value_musd
    from {{ ref('int_trade__counted') }} as counted
    inner join total using (sector, region)
    where counted.flow = 'export'

),

known_region as (

    select distinct
        sector,
        region
    from customs

),

-- China's exports by region, and the part of them that goes to regions the customs know.
nation as (

    select
        total.sector,
        total.region,
        known_region.region is not null as is_known,
        total.export_musd / sum(total.export_musd) over (partition by total.sector) as share
    from total
    left join known_region using (sector, region)

),

known_share as (

    select
        sector,
        sum(share) filter (where is_known) as share
    from nation
    group by sector

),

by_customs as (

    select
        exporter.province,
        exporter.sector,
        customs.region,
        'customs' as basis,
        exporter.export_musd * known_share.share * customs.value_musd
        / sum(customs.value_musd) over (partition by customs.province, customs.sector) as prior_musd
    from exporter
    inner join customs using (province, sector)
    inner join known_share using (sector)

),

has_customs as (

    select distinct
        province,
        sector
    from by_customs

)

select province, sector, region, basis, prior_musd
from by_customs
union all
select
    exporter.province,
    exporter.sector,
    nation.region,
    'nation' as basis,
    exporter.export_musd * nation.share as prior_musd
from exporter
inner join nation using (sector)
left join has_customs using (province, sector)
where has_customs.province is null or not nation.is_known

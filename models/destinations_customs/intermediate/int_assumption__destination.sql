{{ config(tags=['linked']) }}
-- Grain: one row per stand-in of destinations, province and sector where it has them: what it moves, in million USD.
with delivery as (

    select
        shares.province,
        shares.sector,
        shares.basis,
        sum(cells.value_musd * shares.export_share) as export_musd
    from {{ ref('int_trade__export_share') }} as shares
    inner join {{ ref('stg_global_table') }} as cells
        on
            shares.sector = cells.from_sector
            and shares.region = cells.to_region
            and cells.from_region = '{{ var("home_region") }}'
    group by shares.province, shares.sector, shares.basis

)

select
    'export_destination_stand_in' as assumption,
    province,
    sector,
    export_musd as amount,
    'No customs export of the product by the province to the region: spread over regions as '
    || 'China''s exports of the product'
        as description
from delivery
where basis = 'nation' and export_musd > 0

union all

-- How far the customs' pattern was moved to meet the totals of the tables.
select
    'customs_destination_fitted' as assumption,
    province,
    sector,
    sum(abs(export_musd - prior_musd)) / 2 as amount,
    'Destinations as customs have them, brought to China''s exports of the product by region in the global table'
    || case when bool_or(is_traced) then ', with a trace of China''s own pattern' else '' end as description
from {{ computed('export_destination') }}
group by province, sector

union all

select assumption, province, sector, amount, description
from {{ ref('int_assumption__customs') }}

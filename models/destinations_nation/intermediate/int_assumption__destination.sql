{{ config(tags=['linked']) }}
-- Grain: one row per stand-in of destinations, province and sector: what it moves, in million USD.
select
    'export_destination_stand_in' as assumption,
    province,
    sector,
    export_musd as amount,
    'Role trade is missing: a province''s exports are spread over countries and users as '
    || 'China''s exports of the product'
        as description
from {{ computed('province_export') }}
where export_musd > 0

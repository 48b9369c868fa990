{{ config(tags=['assemble']) }}
-- Grain: one row per producing province, sector and province that adds the product to its stocks, or draws it down.
-- Single-province tables do not say where stocks come from: from the province itself.
select
    province as from_province,
    sector,
    province as to_province,
    inventory_musd
from {{ ref('int_province__account') }}
where inventory_musd <> 0

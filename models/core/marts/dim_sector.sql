-- Grain: one row per sector code of every classification an edition may run in.
select
    code,
    name,
    sector_group,
    classification
from {{ ref('sector') }}

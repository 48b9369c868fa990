{{ config(tags=['prepare', 'gtap_identity']) }}
-- Every activity makes its own commodity alone: the linked table has one set of sectors.
select commodity, agent, from_region, value_musd
from {{ source('raw', 'gtap_flow') }}
where header = 'MAKB' and commodity <> agent and value_musd <> 0

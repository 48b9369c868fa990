-- Every producing sector of the global table has its place in the edition's sectors: none is dropped.
select distinct cells.from_sector as sector_without_concordance
from {{ source('raw', 'global_table') }} as cells
left join {{ ref('stg_global_sector') }} as concordance on cells.from_sector = concordance.from_code
where concordance.from_code is null

-- Every sector of the provincial tables, as row or column, has its place in the edition's sectors: none is dropped.
with used as (
    select row_code as code
    from {{ ref('stg_provincial_table') }}
    where row_kind = 'sector'
    union
    select column_code as code
    from {{ ref('stg_provincial_table') }}
    where column_kind = 'sector'
)

select used.code as sector_without_concordance
from used
left join {{ ref(var('provincial_classification') ~ '__' ~ var('sector_classification')) }} as concordance
    on used.code = concordance.from_code
where concordance.from_code is null

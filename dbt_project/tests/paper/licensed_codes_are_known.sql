{{ config(tags=['prepare']) }}
-- Every code of the licensed files has its place in a concordance: nothing is dropped.
select 'product ' || product_code as code_without_place
from {{ source('raw', 'sector_output') }}
where product_code not in (select known.product_code from {{ ref('yearbook_product') }} as known)
union
select 'ammonia category ' || product_category as code_without_place
from {{ source('raw', 'ammonia') }}
where product_category not in (select known.product_category from {{ ref('nh3_product__gtap65') }} as known)
union
select 'inventory sector ' || source_sector as code_without_place
from {{ source('raw', 'sector_emission') }}
where
    source_sector <> 'TOTAL'
    and source_sector not in (select known.meic_sector from {{ ref('gains_emf30__gtap65') }} as known)
union
select 'subsector ' || source_sector as code_without_place
from {{ source('raw', 'subsector_emission') }}
where
    source_sector <> 'SUM'
    and source_sector not in (select known.source_sector from {{ ref('gains_emf30__gtap65') }} as known)
union
select 'sector ' || row_code as code_without_place
from {{ source('raw', 'provincial_mrio') }}
where
    row_kind = 'sector'
    and row_code not in (select known.from_code from {{ ref('cn42_2017__gtap65') }} as known)
union
select 'GTAP commodity ' || commodity as code_without_place
from {{ source('raw', 'gtap_flow') }}
where
    header = 'MAKB'
    and commodity not in (
        select known.code
        from {{ ref('sector') }} as known
        where known.classification = '{{ var("sector_classification") }}'
    )
union
select 'yearbook pair ' || product.from_code || ' ' || product.to_code as code_without_place
from {{ ref('yearbook_product') }} as product
anti join {{ ref('cn42_2017__gtap65') }} as pair
    on
        product.from_code = pair.from_code
        and product.to_code = pair.to_code

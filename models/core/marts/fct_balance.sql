-- Grain: one row per edition, year, block, region that balancing moved.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    block,
    region,
    iterations,
    max_residual,
    prior_musd,
    balanced_musd,
    structural_change_share
from {{ ref('int_mrio__balance') }}

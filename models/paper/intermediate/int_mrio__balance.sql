{{ config(tags=['linked']) }}
-- Grain: one row per block of the linked table and using region: how far balancing moved it from its prior.
select
    blocks.block,
    blocks.region,
    run.iterations,
    run.max_residual,
    blocks.prior_musd,
    blocks.balanced_musd,
    blocks.moved_musd / nullif(blocks.prior_musd, 0) as structural_change_share
from {{ computed('balance_block') }} as blocks
cross join {{ computed('balance_run') }} as run

{{ config(tags=['linked']) }}
-- Grain: one row per block of the linked table and region: how far balancing moved it from its prior.
with {{ cell_blocks() }}

select
    cell_blocks.block,
    cell_blocks.region,
    run.iterations,
    run.max_residual,
    cell_blocks.prior_musd,
    cell_blocks.balanced_musd,
    cell_blocks.moved_musd / nullif(cell_blocks.prior_musd, 0) as structural_change_share
from cell_blocks
cross join run

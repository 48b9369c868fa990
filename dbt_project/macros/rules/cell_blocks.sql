{#- How far balancing moved the cells of the linked table from their prior, by block and region: the expressions
    run, before, after and cell_blocks of a model. Whatever gives the flows between provinces, cells are compared alike. -#}
{% macro cell_blocks() %}
run as (

    select iterations, max_residual
    from {{ computed('balance_run') }}

),

before as (

    select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
    from {{ ref('int_mrio__prior') }}

),

after as (

    select from_region, from_sector, to_region, user_kind, user_code, block, value_musd
    from {{ ref('int_mrio__cell') }}
    where block in ('local', 'interprovincial', 'import')

),

cell_blocks as (

    select
        coalesce(before.block, after.block) as block,
        coalesce(before.to_region, after.to_region) as region,
        sum(coalesce(before.value_musd, 0)) as prior_musd,
        sum(coalesce(after.value_musd, 0)) as balanced_musd,
        sum(abs(coalesce(after.value_musd, 0) - coalesce(before.value_musd, 0))) as moved_musd
    from before
    full outer join after
        on
            before.from_region = after.from_region
            and before.from_sector = after.from_sector
            and before.to_region = after.to_region
            and before.user_kind = after.user_kind
            and before.user_code = after.user_code
    group by all

)
{% endmacro %}

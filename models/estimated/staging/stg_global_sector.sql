{% set own = var('global_classification', var('sector_classification')) %}
{{ config(tags=['prepare']) }}
-- Grain: one row per sector of the global table and sector of the edition that it goes to.
{% if own == var('sector_classification') %}
    select
        code as from_code,
        code as to_code,
        cast(1 as double) as weight
    from {{ ref('sector') }}
    where classification = '{{ own }}'
{% else %}
    select from_code, to_code, weight
    from {{ ref(own ~ '__' ~ var('sector_classification')) }}
    union all
    -- Tables of other publishers come in the edition's own sectors (docs/bring/world.md).
    select
        own_sector.code as from_code,
        own_sector.code as to_code,
        cast(1 as double) as weight
    from {{ ref('sector') }} as own_sector
    anti join {{ ref(own ~ '__' ~ var('sector_classification')) }} as concordance
        on own_sector.code = concordance.from_code
    where own_sector.classification = '{{ var("sector_classification") }}'
{% endif %}

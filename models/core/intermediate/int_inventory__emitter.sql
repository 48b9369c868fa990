-- Grain: one row per emitter of the inventory (a sector of the edition, or a code of outside_source) with its groups.
{{ config(tags=['prepare']) }}
with emitter as (

    select
        'sector_group' as emitter_kind,
        code as emitter,
        sector_group as emitter_group
    from {{ ref('sector') }}
    where classification = '{{ var("sector_classification") }}'
    union all
    select
        'outside_source' as emitter_kind,
        code as emitter,
        code as emitter_group
    from {{ ref('outside_source') }}

)

select
    emitter.emitter,
    emitter.emitter_kind,
    emitter.emitter_group,
    grouping_seed.emission_group
from emitter
left join {{ ref('emission_group') }} as grouping_seed
    on
        emitter.emitter_kind = grouping_seed.emitter_kind
        and emitter.emitter_group = grouping_seed.emitter_code

-- Grain: one row per edition, year: what it is made of.
{% set is_paper = var('kind') == 'paper' %}
{% set scale_rule = 'as_published' if is_paper else 'global_table' if var('scale_to_global', false) else 'as_booked' %}
{% set own_world = var('global_classification', var('sector_classification')) %}
{% set export_concept = '' if is_paper else var('export_total_concept') %}
with made as (

    select
        count(distinct region.code) filter (where region.kind = 'province') as provinces,
        count(distinct region.code) filter (where region.kind <> 'province') as foreign_regions,
        count(distinct output.sector) as sectors
    from {{ ref('fct_mrio_output') }} as output
    inner join {{ ref('region') }} as region on output.region = region.code
    where output.output_musd > 0

),

-- A landed table of another publisher comes in the edition's own sectors (docs/bring/world.md).
world as (

    {% if is_paper %}
        select '{{ own_world }}' as classification
    {% else %}
        select
            case
                when bool_and(own.code is not null) then '{{ var("sector_classification") }}'
                else '{{ own_world }}'
            end as classification
        from {{ source('raw', 'global_table') }} as landed
        left join {{ ref('sector') }} as own
            on
                landed.from_sector = own.code
                and own.classification = '{{ var("sector_classification") }}'
    {% endif %}

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    '{{ var("kind") }}' as kind,
    contains('{{ var("edition") }}', '(synthetic)') as is_synthetic,
    '{{ var("sector_classification") }}' as sector_classification,
    nullif('{{ var("provincial_classification", "") }}', '') as provincial_classification,
    world.classification as global_classification,
    cast({{ var('provincial_table_year', var('year')) }} as integer) as provincial_table_year,
    '{{ scale_rule }}' as scale_rule,
    nullif('{{ export_concept }}', '') as export_total_concept,
    'by_consumer' as returned_exports,
    'current' as prices,
    made.provinces,
    made.foreign_regions,
    made.sectors
from made
cross join world

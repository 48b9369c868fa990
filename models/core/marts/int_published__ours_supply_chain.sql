-- Grain: one row per figure_id on supply chains that the marts of this edition can answer, in the statement's unit.
-- Layers are counted from the final product abroad, as the paper does: the global variant answers. p48 counts buyers
-- abroad among the other regions. p49 is of what provinces export themselves: the domestic variant.
{{ config(schema='intermediate') }}

with named_sector as (
    select
        concept,
        sector
    from {{ ref('published_sector') }}
    where classification = '{{ var("sector_classification") }}'
),

layer as (
    select
        variant,
        layer,
        producer_province,
        producer_sector,
        producer_province = exporter_province as is_local,
        sum(emission_t) as emission_t
    from {{ ref('fct_production_layer') }}
    where pollutant = 'APE'
    group by all
),

flow_share as (
    select
        asked.figure_id,
        100 * share.share as ours
    from {{ ref('fct_layer_flow_share') }} as share
    inner join
        (
            values
            ('p48a', 'to_other_regions', '1->0'),
            ('p48b', 'to_other_regions', '2->1'),
            ('p48c', 'to_other_regions', '3->2'),
            ('p56a', 'inland_driven_by_east_coast', '1->0'),
            ('p56b', 'inland_driven_by_east_coast', '2->1'),
            ('p56c', 'inland_driven_by_east_coast', '3->2'),
            ('p57a', 'east_coast_driven_by_inland', '1->0'),
            ('p57b', 'east_coast_driven_by_inland', '2->1'),
            ('p57c', 'east_coast_driven_by_inland', '3->2')
        ) as asked (figure_id, measure, flow)
        on share.measure = asked.measure and share.flow = asked.flow
    where share.variant = 'global' and share.pollutant = 'APE'
),

sector_in_layer as (
    select
        asked.figure_id,
        100 * sum(case when named_sector.sector is not null then layer.emission_t else 0 end)
        / sum(layer.emission_t) as ours
    from layer
    inner join
        (
            values
            ('p49a', 'domestic', 'PL1', 'ferrous metals', true),
            ('p49b', 'domestic', 'PL3', 'ferrous metals', true),
            ('p53a', 'global', 'PL1', 'electricity', false),
            ('p53b', 'global', 'PL3', 'electricity', false)
        ) as asked (figure_id, variant, layer, concept, only_local)
        on
            layer.variant = asked.variant
            and layer.layer = asked.layer
            and (layer.is_local or not asked.only_local)
    left join named_sector
        on
            asked.concept = named_sector.concept
            and layer.producer_sector = named_sector.sector
    group by asked.figure_id
),

layer_of_place as (
    select
        asked.figure_id,
        100 * sum(case when layer.layer = asked.layer then layer.emission_t else 0 end)
        / sum(layer.emission_t) as ours
    from layer
    inner join
        (
            values
            ('p50a', 'PL0', 'CN-JL'),
            ('p50b', 'PL0', 'CN-BJ'),
            ('p51', 'PL4+', 'China'),
            ('p52a', 'PL4+', 'CN-QH'),
            ('p52b', 'PL4+', 'CN-NM'),
            ('p52c', 'PL4+', 'CN-SX')
        ) as asked (figure_id, layer, place)
        on asked.place in ('China', layer.producer_province)
    where layer.variant = 'global'
    group by asked.figure_id
),

hunan as (
    select
        destination.is_east_coast as to_east_coast,
        flow.to_region = 'CN-GD' as to_guangdong,
        flow.emission_t
    from {{ ref('fct_layer_flow') }} as flow
    inner join {{ ref('dim_region') }} as destination on flow.to_region = destination.code
    where
        flow.variant = 'global'
        and destination.kind = 'province'
        and flow.pollutant = 'APE'
        and flow.flow = '1->0'
        and flow.from_region = 'CN-HN'
        and flow.to_region != 'CN-HN'
),

interprovincial_path as (
    select
        exporter_province,
        ape_t
    from {{ ref('fct_supply_chain_path') }}
    where scope = 'pair' and exporter_province != emitter_province
    order by ape_t desc
    limit 20
),

hebei as (
    select
        asked.figure_id,
        100 * sum(case when named_sector.sector is not null then emission.emission_t else 0 end)
        / sum(emission.emission_t) as ours
    from {{ ref('fct_export_emission') }} as emission
    inner join (values ('p60a', 'CN-GD'), ('p60b', 'CN-ZJ')) as asked (figure_id, exporter)
        on emission.exporter_province = asked.exporter
    left join named_sector
        on
            named_sector.concept = 'ferrous metals'
            and emission.producer_sector = named_sector.sector
    where emission.producer_province = 'CN-HE' and emission.pollutant = 'APE'
    group by asked.figure_id
),

answer as (
    select
        figure_id,
        ours
    from flow_share
    union all
    select
        figure_id,
        ours
    from sector_in_layer
    union all
    select
        figure_id,
        ours
    from layer_of_place
    union all
    select
        'p58a' as figure_id,
        100 * sum(case when to_east_coast then emission_t else 0 end) / sum(emission_t) as ours
    from hunan
    union all
    select
        'p58b' as figure_id,
        100 * sum(case when to_guangdong then emission_t else 0 end) / sum(emission_t) as ours
    from hunan
    where to_east_coast
    union all
    select
        'p59a' as figure_id,
        count(*) filter (where exporter_province = 'CN-GD') as ours
    from interprovincial_path
    union all
    select
        'p59b' as figure_id,
        sum(ape_t) filter (where exporter_province = 'CN-GD') / 1e6 as ours
    from interprovincial_path
    union all
    select
        figure_id,
        ours
    from hebei
)

-- What a small economy does not have gives no answer.
select
    figure_id,
    ours
from answer
where ours is not null

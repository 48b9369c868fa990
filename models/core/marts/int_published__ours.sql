-- Grain: one row per figure_id that the marts of this edition can answer, in the unit of the statement.
-- The paper's figures leave out exports that return into Chinese final demand; z01 and l01 to l04 keep them.
-- What the paper calls direct and indirect is the reading final_producer (docs/method.md).
{{ config(schema='intermediate') }}

with named_sector as (
    select
        concept,
        sector
    from {{ ref('published_sector') }}
    where classification = '{{ var("sector_classification") }}'
),

ferrous_metals as (
    select sector
    from named_sector
    where concept = 'ferrous metals'
),

embodied as (
    select
        producer_province as province,
        producer_sector as sector,
        exporter_province,
        demand_category,
        product_use,
        consumer_region = '{{ var("home_region") }}' as is_returned,
        sum(output_musd) as output_musd
    from {{ ref('fct_export_output') }}
    group by all
),

driven as (
    select
        embodied.province,
        embodied.sector,
        embodied.exporter_province,
        embodied.demand_category,
        embodied.product_use,
        embodied.is_returned,
        intensity.pollutant,
        embodied.output_musd * intensity.emission_t_per_musd as emission_t
    from embodied
    inner join {{ ref('fct_emission_intensity') }} as intensity
        on
            embodied.province = intensity.province
            and embodied.sector = intensity.sector
),

abroad as (
    select
        province,
        sector,
        exporter_province,
        demand_category,
        product_use,
        pollutant,
        emission_t
    from driven
    where not is_returned
),

export_volume as (
    select
        'p17' as figure_id,
        'all' as pollutant,
        export.export_musd as whole,
        region.is_inland as is_part
    from {{ ref('fct_export_value') }} as export
    inner join {{ ref('dim_region') }} as region on export.province = region.code
),

-- Which of a place's emissions are not called for by final goods made there: the paper's reading.
final_producer as (
    select
        embodied.producer_province as province,
        embodied.is_direct,
        sum(embodied.output_musd * intensity.emission_t_per_musd) as emission_t
    from {{ ref('fct_export_reading') }} as embodied
    inner join {{ ref('fct_emission_intensity') }} as intensity
        on
            embodied.producer_province = intensity.province
            and embodied.producer_sector = intensity.sector
    where
        embodied.reading = 'final_producer'
        and embodied.consumer_region != '{{ var("home_region") }}'
        and intensity.pollutant = 'APE'
    group by all
),

indirect as (
    select
        place.figure_id,
        'APE' as pollutant,
        final_producer.emission_t as whole,
        not final_producer.is_direct as is_part
    from final_producer
    inner join {{ ref('dim_region') }} as region on final_producer.province = region.code
    inner join
        (
            values
            ('p19', 'China'),
            ('p20', 'coast'),
            ('p21', 'CN-JL'),
            ('p22', 'CN-QH'),
            ('p23', 'CN-NM'),
            ('p61', 'inland')
        ) as place (figure_id, name)
        on
            place.name in ('China', final_producer.province)
            or (place.name = 'coast' and region.is_east_coast)
            or (place.name = 'inland' and region.is_inland)
),

of_sector as (
    select
        asked.figure_id,
        abroad.pollutant,
        abroad.emission_t as whole,
        named_sector.sector is not null as is_part
    from abroad
    inner join
        (
            values
            ('p39', 'PM25_other', 'ferrous metals'),
            ('p40', 'CO', 'ferrous metals'),
            ('p41', 'SO2', 'ferrous metals'),
            ('p42', 'NH3', 'two of agriculture')
        ) as asked (figure_id, pollutant, concept)
        on abroad.pollutant = asked.pollutant
    left join named_sector
        on
            asked.concept = named_sector.concept
            and abroad.sector = named_sector.sector
),

hebei_in_metals as (
    select
        'p44' as figure_id,
        pollutant,
        emission_t as whole,
        province = 'CN-HE' as is_part
    from abroad
    where pollutant = 'APE' and sector in (select ferrous_metals.sector from ferrous_metals)
),

consumption_driven as (
    select
        'p46' as figure_id,
        pollutant,
        emission_t as whole,
        demand_category in ('household', 'government') as is_part
    from abroad
    where pollutant in ('NOx', 'NH3', 'BC', 'OC')
),

capital_driven_metals as (
    select
        asked.figure_id,
        abroad.pollutant,
        abroad.emission_t as whole,
        abroad.demand_category = 'capital' as is_part
    from abroad
    inner join
        (values ('p47a', 'CO'), ('p47b', 'SO2'), ('p47c', 'PM25_other')) as asked (figure_id, pollutant)
        on abroad.pollutant = asked.pollutant
    where abroad.sector in (select ferrous_metals.sector from ferrous_metals)
),

-- Which of the consumed products that call for emissions are buildings and manufactures.
consumed_output as (
    select
        producer_province,
        producer_sector,
        consumed_sector,
        sum(output_musd) as output_musd
    from {{ ref('fct_consumed_product_output') }}
    where consumer_region != '{{ var("home_region") }}'
    group by producer_province, producer_sector, consumed_sector
),

consumed_products as (
    select
        'p38' as figure_id,
        intensity.pollutant,
        consumed_output.output_musd * intensity.emission_t_per_musd as whole,
        consumed.sector_group = 'construction' or consumed.sector_group like '% industry' as is_part
    from consumed_output
    inner join {{ ref('fct_emission_intensity') }} as intensity
        on
            consumed_output.producer_province = intensity.province
            and consumed_output.producer_sector = intensity.sector
    inner join {{ ref('dim_sector') }} as consumed on consumed_output.consumed_sector = consumed.code
    where intensity.pollutant = 'APE'
),

-- Shares of all emissions of China: households and what lies outside the footprint are in the whole.
asked_of_inventory as (
    select
        asked.figure_id,
        asked.measure,
        asked.pollutant
    from
        (
            values
            ('l01', 'SO2', 'SO2'),
            ('l02', 'NOx', 'NOx'),
            ('l03', 'CO', 'CO'),
            ('l04', 'BC', 'BC'),
            ('z01_low', 'SO2', 'SO2'),
            ('z01_low', 'NOx', 'NOx'),
            ('z01_low', 'primary PM2.5', 'BC'),
            ('z01_low', 'primary PM2.5', 'OC'),
            ('z01_low', 'primary PM2.5', 'PM25_other'),
            ('z01_high', 'SO2', 'SO2'),
            ('z01_high', 'NOx', 'NOx'),
            ('z01_high', 'primary PM2.5', 'BC'),
            ('z01_high', 'primary PM2.5', 'OC'),
            ('z01_high', 'primary PM2.5', 'PM25_other')
        ) as asked (figure_id, measure, pollutant)
),

share_of_inventory as (
    select
        asked.figure_id,
        asked.measure as pollutant,
        inventory.emission_t as whole,
        0 as part
    from asked_of_inventory as asked
    inner join {{ ref('fct_emission_inventory') }} as inventory on asked.pollutant = inventory.pollutant
    union all
    select
        asked.figure_id,
        asked.measure as pollutant,
        0 as whole,
        driven.emission_t as part
    from asked_of_inventory as asked
    inner join driven on asked.pollutant = driven.pollutant
),

contribution as (
    select
        figure_id,
        pollutant,
        whole,
        case when is_part then whole else 0 end as part
    from export_volume
    union all
    select
        figure_id,
        pollutant,
        whole,
        case when is_part then whole else 0 end as part
    from indirect
    union all
    select
        figure_id,
        pollutant,
        whole,
        case when is_part then whole else 0 end as part
    from of_sector
    union all
    select
        figure_id,
        pollutant,
        whole,
        case when is_part then whole else 0 end as part
    from hebei_in_metals
    union all
    select
        figure_id,
        pollutant,
        whole,
        case when is_part then whole else 0 end as part
    from consumption_driven
    union all
    select
        figure_id,
        pollutant,
        whole,
        case when is_part then whole else 0 end as part
    from capital_driven_metals
    union all
    select
        figure_id,
        pollutant,
        whole,
        case when is_part then whole else 0 end as part
    from consumed_products
    union all
    select
        figure_id,
        pollutant,
        whole,
        part
    from share_of_inventory
),

percentage as (
    select
        figure_id,
        pollutant,
        100 * sum(part) / nullif(sum(whole), 0) as ours
    from contribution
    group by figure_id, pollutant
),

-- Exported as final products or as intermediates, by the exporting province.
use_of_exports as (
    select
        exporter_province,
        coalesce(sum(emission_t) filter (where product_use = 'final'), 0) as final_t,
        coalesce(sum(emission_t) filter (where product_use = 'intermediate'), 0) as intermediate_t
    from abroad
    where pollutant = 'APE'
    group by exporter_province
),

-- Where Liaoning's exports go, and whose consumption is behind what they emit: empty without such a region.
liaoning as (
    select
        'p36a' as figure_id,
        100 * sum(exported.export_musd) filter (where destination.world_region = 'Rest of Asia')
        / nullif(sum(exported.export_musd), 0) as ours
    from {{ ref('fct_export_value') }} as exported
    inner join {{ ref('dim_region') }} as destination on exported.destination = destination.code
    where exported.province = 'CN-LN'
    union all
    select
        'p36b' as figure_id,
        100 * sum(driven_by.emission_t) filter (where consumer.world_region = 'Rest of Asia')
        / nullif(sum(driven_by.emission_t), 0) as ours
    from {{ ref('fct_export_emission') }} as driven_by
    inner join {{ ref('dim_region') }} as consumer on driven_by.consumer_region = consumer.code
    where
        driven_by.exporter_province = 'CN-LN'
        and driven_by.pollutant = 'APE'
        and driven_by.consumer_region != '{{ var("home_region") }}'
)

-- A statement on several pollutants holds for all of them when it holds for the lowest.
select
    figure_id,
    case figure_id when 'z01_high' then max(ours) else min(ours) end as ours
from percentage
group by figure_id
union all
select
    'p54a' as figure_id,
    sum(final_t) / 1e6 as ours
from use_of_exports
union all
select
    'p54b' as figure_id,
    sum(intermediate_t) / 1e6 as ours
from use_of_exports
union all
select
    asked.figure_id,
    use_of_exports.intermediate_t / nullif(use_of_exports.final_t, 0) as ours
from use_of_exports
inner join
    (values ('p55a', 'CN-JL'), ('p55b', 'CN-NM'), ('p55c', 'CN-BJ'), ('p55d', 'CN-GD'))
        as asked (figure_id, province)
    on use_of_exports.exporter_province = asked.province
union all
select
    figure_id,
    ours
from liaoning

-- Grain: one row per figure_id that the marts of this edition can answer, in percent like the statements.
-- The paper's figures leave out exports that return into Chinese final demand; z01, l01 and l02 keep them.
{{ config(schema='intermediate') }}

with embodied as (
    select
        producer_province as province,
        producer_sector as sector,
        demand_category,
        producer_province != exporter_province as is_indirect,
        consumer_region = 'CHN' as is_returned,
        sum(output_musd) as output_musd
    from {{ ref('fct_export_output') }}
    group by all
),

driven as (
    select
        embodied.province,
        embodied.sector,
        embodied.demand_category,
        embodied.is_indirect,
        embodied.is_returned,
        intensity.pollutant,
        region.is_inland,
        region.china_region,
        embodied.output_musd * intensity.emission_t_per_musd as emission_t
    from embodied
    inner join {{ ref('fct_emission_intensity') }} as intensity
        on
            embodied.province = intensity.province
            and embodied.sector = intensity.sector
    inner join {{ ref('dim_region') }} as region on embodied.province = region.code
),

abroad as (
    select
        province,
        sector,
        demand_category,
        is_indirect,
        pollutant,
        is_inland,
        china_region,
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

-- Which of a place's emissions are driven by other provinces' exports.
indirect as (
    select
        place.figure_id,
        abroad.pollutant,
        abroad.emission_t as whole,
        abroad.is_indirect as is_part
    from abroad
    inner join
        (
            values
            ('p19', 'China'),
            ('p20', 'East Coast'),
            ('p21', 'CN-JL'),
            ('p22', 'CN-QH'),
            ('p23', 'CN-NM'),
            ('p61', 'inland')
        ) as place (figure_id, name)
        on
            place.name in ('China', abroad.china_region, abroad.province)
            or (place.name = 'inland' and abroad.is_inland)
    where abroad.pollutant = 'APE'
),

-- Basic metals (c12) and agriculture (c1) are the classes of WIOD that hold the paper's narrower sectors.
of_sector as (
    select
        asked.figure_id,
        abroad.pollutant,
        abroad.emission_t as whole,
        abroad.sector = asked.sector as is_part
    from abroad
    inner join
        (
            values
            ('p39', 'PM25_other', 'c12'),
            ('p40', 'CO', 'c12'),
            ('p41', 'SO2', 'c12'),
            ('p42', 'NH3', 'c1')
        ) as asked (figure_id, pollutant, sector)
        on abroad.pollutant = asked.pollutant
),

hebei_in_metals as (
    select
        'p44' as figure_id,
        pollutant,
        emission_t as whole,
        province = 'CN-HE' as is_part
    from abroad
    where pollutant = 'APE' and sector = 'c12'
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
        'p47c' as figure_id,
        pollutant,
        emission_t as whole,
        demand_category = 'capital' as is_part
    from abroad
    where pollutant = 'PM25_other' and sector = 'c12'
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
)

-- What is said of several pollutants holds for all of them when it holds for the lowest.
select
    figure_id,
    case figure_id when 'z01_high' then max(ours) else min(ours) end as ours
from percentage
group by figure_id

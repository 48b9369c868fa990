{% set own = var('demand_classification', var('sector_classification')) %}
{% set is_concorded = own != var('sector_classification') %}
{{ config(tags=['prepare']) }}
-- Grain: one row per producing region and sector, using region and category: how a table without categories is parted.
-- Inventories count with fixed capital: both are capital (METHOD), and a year's stocks say nothing about another's.
{% if is_concorded %}
    with structure as (

        select
            origin.to_region as from_region,
            sector.to_code as from_sector,
            destination.to_region,
            case
                when source.demand_category in ('households', 'npish') then 'households'
                when source.demand_category in ('gfcf', 'inventories') then 'gfcf'
                else source.demand_category
            end as to_code,
            sum(source.value_musd * sector.weight) as value_musd
        from {{ source('raw', 'demand_structure') }} as source
        inner join {{ ref(own ~ '__' ~ var('sector_classification')) }} as sector
            on source.from_sector = sector.from_code
        inner join {{ ref('global_region') }} as origin
            on source.from_region = origin.from_region and origin.classification = '{{ own }}'
        inner join {{ ref('global_region') }} as destination
            on source.to_region = destination.from_region and destination.classification = '{{ own }}'
        group by all

    ),

    positive as (

        select from_region, from_sector, to_region, to_code, value_musd
        from structure
        where value_musd > 0

    ),

    -- A country that the structure has within a region is parted as that region.
    regions as (

        select distinct
            world.from_region as region,
            coalesce(common.common_region, world.from_region) as structure_region
        from {{ source('raw', 'global_table') }} as world
        left join {{ ref('common_region') }} as common on world.from_region = common.code

    ),

    wanted as (

        select
            origin.region as from_region,
            origin.structure_region as from_structure,
            sectors.code as from_sector,
            destination.region as to_region,
            destination.structure_region as to_structure
        from regions as origin
        cross join regions as destination
        cross join {{ ref('sector') }} as sectors
        where sectors.classification = '{{ var("sector_classification") }}'

    ),

    -- A deal that the structure lacks is parted as the region's demand for the product, else as all its demand.
    candidate as (

        select
            wanted.from_region,
            wanted.from_sector,
            wanted.to_region,
            positive.to_code,
            positive.value_musd,
            1 as place
        from wanted
        inner join positive
            on
                wanted.from_structure = positive.from_region
                and wanted.from_sector = positive.from_sector
                and wanted.to_structure = positive.to_region

        union all

        select
            wanted.from_region,
            wanted.from_sector,
            wanted.to_region,
            positive.to_code,
            sum(positive.value_musd) as value_musd,
            2 as place
        from wanted
        inner join positive
            on wanted.from_sector = positive.from_sector and wanted.to_structure = positive.to_region
        group by all

        union all

        select
            wanted.from_region,
            wanted.from_sector,
            wanted.to_region,
            positive.to_code,
            sum(positive.value_musd) as value_musd,
            3 as place
        from wanted
        inner join positive on wanted.to_structure = positive.to_region
        group by all

    ),

    chosen as (

        select from_region, from_sector, to_region, to_code, value_musd, place
        from candidate
        qualify place = min(place) over (partition by from_region, from_sector, to_region)

    )

    select
        from_region,
        from_sector,
        to_region,
        to_code,
        value_musd / sum(value_musd) over (partition by from_region, from_sector, to_region) as demand_share,
        place
    from chosen
{% else %}
    -- The global table has categories of its own: nothing is parted.
    select
        cast(null as varchar) as from_region,
        cast(null as varchar) as from_sector,
        cast(null as varchar) as to_region,
        cast(null as varchar) as to_code,
        cast(null as double) as demand_share,
        cast(null as integer) as place
    where false
{% endif %}

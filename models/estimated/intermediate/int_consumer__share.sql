{% set own = var('consumer_classification', var('sector_classification')) %}
{{ config(tags=['marts']) }}
-- Grain: one row per consuming region that has several countries, country, producing sector, demand category and use of
-- the exported product: the country's share of China's output that serves the region (role consumer_output).
{% if own != var('sector_classification') %}
    with own_region as (

        select distinct from_region as region
        from {{ source('raw', 'global_table') }}

    ),

    -- A country that the world table has apart is no part of the rest of the world there.
    served as (

        select
            country.to_region as consumer_region,
            source.consumer_country,
            sector.to_code as producer_sector,
            source.demand_category,
            source.product_use,
            sum(source.output_musd * sector.weight) as output_musd
        from {{ source('raw', 'consumer_output') }} as source
        inner join {{ ref(own ~ '__' ~ var('sector_classification')) }} as sector
            on source.producer_sector = sector.from_code
        inner join {{ ref('global_region') }} as country
            on source.consumer_country = country.from_region and country.classification = '{{ own }}'
        where
            source.consumer_country = country.to_region
            or source.consumer_country not in (select own_region.region from own_region)
        group by all

    ),

    -- A year in which stocks fall more than capital is bought says nothing about another year.
    positive as (

        select *
        from served
        where output_musd > 0

    ),

    divided_region as (

        select consumer_region
        from positive
        group by consumer_region
        having count(distinct consumer_country) > 1

    ),

    need as (

        select distinct demand_category, product_use
        from positive

    ),

    wanted as (

        select
            divided_region.consumer_region,
            sectors.code as producer_sector,
            need.demand_category,
            need.product_use
        from divided_region
        cross join {{ ref('sector') }} as sectors
        cross join need
        where sectors.classification = '{{ var("sector_classification") }}'

    ),

    -- What the older year lacks is divided as the region's demand of the category and use for all sectors.
    candidate as (

        select
            wanted.consumer_region,
            positive.consumer_country,
            wanted.producer_sector,
            wanted.demand_category,
            wanted.product_use,
            positive.output_musd,
            1 as place
        from wanted
        inner join positive using (consumer_region, producer_sector, demand_category, product_use)

        union all

        select
            wanted.consumer_region,
            positive.consumer_country,
            wanted.producer_sector,
            wanted.demand_category,
            wanted.product_use,
            sum(positive.output_musd) as output_musd,
            2 as place
        from wanted
        inner join positive
            on
                wanted.consumer_region = positive.consumer_region
                and wanted.demand_category = positive.demand_category
                and wanted.product_use = positive.product_use
        group by all

    ),

    chosen as (

        select *
        from candidate
        qualify place = min(place) over (
            partition by consumer_region, producer_sector, demand_category, product_use
        )

    )

    select
        consumer_region,
        consumer_country,
        producer_sector,
        demand_category,
        product_use,
        output_musd / sum(output_musd) over (
            partition by consumer_region, producer_sector, demand_category, product_use
        ) as country_share
    from chosen
{% else %}
    -- The global table has countries of its own, or nothing divides its regions.
    select
        cast(null as varchar) as consumer_region,
        cast(null as varchar) as consumer_country,
        cast(null as varchar) as producer_sector,
        cast(null as varchar) as demand_category,
        cast(null as varchar) as product_use,
        cast(null as double) as country_share
    where false
{% endif %}

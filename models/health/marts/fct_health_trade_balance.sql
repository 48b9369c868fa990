-- Grain: one row per edition, year, engine, party, region: exports, the value added in them, and deaths.
-- party: exporter (a province and what its exports cause anywhere), consumer (a foreign region and what its demand
-- causes), province (the value added that it earns for foreign demand, and the deaths that its own people bear).
with deaths_per_t as (

    select
        edition,
        year,
        engine,
        producer_province,
        emission_group,
        pollutant,
        sum(deaths_per_t) as deaths_per_t
    from {{ ref('fct_health_sensitivity') }}
    group by all

),

caused as (

    select
        flow.exporter_province,
        flow.consumer_region,
        deaths_per_t.engine,
        sum(flow.emission_t * deaths_per_t.deaths_per_t) as deaths
    from {{ ref('fct_export_group_emission') }} as flow
    inner join deaths_per_t
        on
            flow.producer_province = deaths_per_t.producer_province
            and flow.emission_group = deaths_per_t.emission_group
            and flow.pollutant = deaths_per_t.pollutant
    where flow.consumer_region != '{{ var("home_region") }}'
    group by all

),

foreign_emission as (

    select
        producer_province,
        emission_group,
        pollutant,
        sum(emission_t) as emission_t
    from {{ ref('fct_export_group_emission') }}
    where consumer_region != '{{ var("home_region") }}'
    group by all

),

borne as (

    select
        sensitivity.engine,
        sensitivity.receptor as region,
        sum(foreign_emission.emission_t * sensitivity.deaths_per_t) as deaths
    from {{ ref('fct_health_sensitivity') }} as sensitivity
    inner join foreign_emission
        on
            sensitivity.producer_province = foreign_emission.producer_province
            and sensitivity.emission_group = foreign_emission.emission_group
            and sensitivity.pollutant = foreign_emission.pollutant
    group by all

),

embodied as (

    select
        flow.producer_province,
        flow.exporter_province,
        flow.consumer_region,
        sum(flow.output_musd * made.value_added_musd / nullif(made.output_musd, 0)) as value_added_musd
    from {{ ref('fct_export_output') }} as flow
    inner join {{ ref('fct_mrio_output') }} as made
        on
            flow.producer_province = made.region
            and flow.producer_sector = made.sector
    where flow.consumer_region != '{{ var("home_region") }}'
    group by all

),

parties as (

    select
        'exporter' as party,
        exporter_province as region,
        engine,
        sum(deaths) as deaths
    from caused
    group by all
    union all
    select
        'consumer' as party,
        consumer_region as region,
        engine,
        sum(deaths) as deaths
    from caused
    group by all
    union all
    select
        'province' as party,
        region,
        engine,
        deaths
    from borne

),

gained as (

    select
        'exporter' as party,
        exporter_province as region,
        sum(value_added_musd) as value_added_musd
    from embodied
    group by all
    union all
    select
        'consumer' as party,
        consumer_region as region,
        sum(value_added_musd) as value_added_musd
    from embodied
    group by all
    union all
    select
        'province' as party,
        producer_province as region,
        sum(value_added_musd) as value_added_musd
    from embodied
    group by all

),

traded as (

    select
        'exporter' as party,
        province as region,
        sum(export_musd) as export_musd
    from {{ ref('fct_export_value') }}
    group by all
    union all
    select
        'consumer' as party,
        destination as region,
        sum(export_musd) as export_musd
    from {{ ref('fct_export_value') }}
    group by all

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    parties.engine,
    parties.party,
    parties.region,
    traded.export_musd,
    gained.value_added_musd,
    parties.deaths,
    1e3 * parties.deaths / nullif(traded.export_musd, 0) as deaths_per_billion_usd,
    1e3 * parties.deaths / nullif(gained.value_added_musd, 0) as deaths_per_billion_usd_value_added
from parties
left join gained on parties.party = gained.party and parties.region = gained.region
left join traded on parties.party = traded.party and parties.region = traded.region

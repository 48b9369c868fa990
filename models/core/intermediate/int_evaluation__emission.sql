{{ config(tags=['prepare']) }}
-- Grain: one row per year, province, emission group and pollutant: emissions of the years whose air was observed.
-- In years with the nation's totals the provinces sum to them, by the rule of int_inventory__source: one factor for
-- each group of sectors and pollutant. Without them the inventory stands as published, carried on after its last year.
with source_group as (

    select
        emission.source_year,
        emission.province,
        emission.emission_group,
        emission.source_sector,
        emission.pollutant,
        emission.emission_t,
        emission.inventory_t,
        grouping_seed.total_group
    from {{ ref('int_evaluation__source') }} as emission
    left join {{ ref('national_total_group') }} as grouping_seed
        on {{ in_total_group('emission', 'reas32') }}

),

inventory_group as (

    select
        source_year,
        total_group,
        pollutant,
        sum(inventory_t) as inventory_t
    from source_group
    group by source_year, total_group, pollutant

),

national_year as (

    select distinct source_year
    from {{ ref('int_inventory__national_group') }}

),

in_use as (

    select
        source_group.source_year,
        source_group.province,
        source_group.emission_group,
        source_group.source_sector,
        source_group.pollutant,
        source_group.emission_t as published_t,
        -- A group of which the nation has nothing emits nothing.
        case
            when national_year.source_year is null then source_group.emission_t
            else source_group.inventory_t * coalesce(national.national_t / nullif(inventory_group.inventory_t, 0), 0)
        end as emission_t
    from source_group
    left join national_year on source_group.source_year = national_year.source_year
    left join inventory_group
        on
            source_group.source_year = inventory_group.source_year
            and source_group.total_group = inventory_group.total_group
            and source_group.pollutant = inventory_group.pollutant
    left join {{ ref('int_inventory__national_group') }} as national
        on
            source_group.source_year = national.source_year
            and source_group.total_group = national.total_group
            and source_group.pollutant = national.pollutant

)

select
    source_year,
    province,
    emission_group,
    pollutant,
    sum(emission_t order by source_sector) as emission_t,
    sum(published_t order by source_sector) as published_t
from in_use
group by source_year, province, emission_group, pollutant

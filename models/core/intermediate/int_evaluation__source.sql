{{ config(tags=['prepare']) }}
-- Grain: one row per year, province, source sector and pollutant: the inventory in the years whose air was observed.
-- Years after its last have the last year's emissions (inventory_t), and those times the national change since then
-- (emission_t); what the change is not known of stays as it was. Raw roles and seeds alone: nothing here waits for the
-- linked table.
-- In every kind of edition, so that runs with and without concentrations prepare the same; empty without the role.
with emission as (

    {{ optional_raw('evaluation_emission', {
        'province': 'varchar', 'source_sector': 'varchar', 'pollutant': 'varchar', 'source_year': 'bigint',
        'emission_t': 'double'
    }) }}

),

inventory as (

    select max(source_year) as last_year
    from emission

),

grouped as (

    select
        emission.source_year,
        emission.province,
        grouping_seed.emission_group,
        emission.source_sector,
        emission.pollutant,
        emission.emission_t
    from emission
    inner join {{ ref('emission_group') }} as grouping_seed
        on
            emission.source_sector = grouping_seed.emitter_code
            and grouping_seed.emitter_kind = 'reas32'

),

change as (

    select
        later.source_year,
        later.emission_group,
        later.pollutant,
        later.emission_tg / last_known.emission_tg as ratio
    from {{ ref('emission_trend') }} as later
    inner join inventory on later.source_year > inventory.last_year
    inner join {{ ref('emission_trend') }} as last_known
        on
            inventory.last_year = last_known.source_year
            and later.emission_group = last_known.emission_group
            and later.pollutant = last_known.pollutant
    where last_known.emission_tg > 0

),

later_year as (

    select distinct trend.source_year
    from {{ ref('emission_trend') }} as trend
    inner join inventory on trend.source_year > inventory.last_year

),

every_year as (

    select
        source_year,
        province,
        emission_group,
        source_sector,
        pollutant,
        emission_t,
        emission_t as inventory_t
    from grouped
    union all
    select
        later_year.source_year,
        grouped.province,
        grouped.emission_group,
        grouped.source_sector,
        grouped.pollutant,
        grouped.emission_t * coalesce(change.ratio, 1) as emission_t,
        grouped.emission_t as inventory_t
    from grouped
    inner join inventory on grouped.source_year = inventory.last_year
    cross join later_year
    left join change
        on
            later_year.source_year = change.source_year
            and grouped.emission_group = change.emission_group
            and grouped.pollutant = change.pollutant

),

particles as (

    select
        source_year,
        province,
        emission_group,
        source_sector,
        coalesce(sum(emission_t) filter (where pollutant = 'PM2.5'), 0) as pm25_emission_t,
        coalesce(sum(emission_t) filter (where pollutant = 'BC'), 0) as bc_emission_t,
        coalesce(sum(emission_t) filter (where pollutant = 'OC'), 0) as oc_emission_t,
        coalesce(sum(inventory_t) filter (where pollutant = 'PM2.5'), 0) as pm25_inventory_t,
        coalesce(sum(inventory_t) filter (where pollutant = 'BC'), 0) as bc_inventory_t,
        coalesce(sum(inventory_t) filter (where pollutant = 'OC'), 0) as oc_inventory_t
    from every_year
    group by source_year, province, emission_group, source_sector

)

select
    source_year,
    province,
    emission_group,
    source_sector,
    pollutant,
    emission_t,
    inventory_t
from every_year
where pollutant <> 'PM2.5'
union all
select
    source_year,
    province,
    emission_group,
    source_sector,
    'PM25_other' as pollutant,
    {{ other_particles('pm25_emission_t', ['bc_emission_t', 'oc_emission_t']) }} as emission_t,
    {{ other_particles('pm25_inventory_t', ['bc_inventory_t', 'oc_inventory_t']) }} as inventory_t
from particles

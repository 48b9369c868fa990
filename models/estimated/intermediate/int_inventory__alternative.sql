-- Grain: one row per province, emitter and pollutant: the inventory with the provinces' shares of a second one in
-- each group of sectors and pollutant that both have. The nation's totals and the division within a province stay.
-- No rows without the role alternative_emission.
{{ config(tags=['prepare']) }}
with second as (

    {{ optional_raw('alternative_emission', {
        'province': 'varchar', 'source_sector': 'varchar', 'pollutant': 'varchar', 'emission_t': 'double'
    }) }}

),

second_group as (

    select
        second.province,
        grouping_seed.total_group,
        second.pollutant,
        sum(second.emission_t) as emission_t
    from second
    inner join {{ ref('national_total_group') }} as grouping_seed
        on {{ in_total_group('second', 'ceds8') }}
    group by second.province, grouping_seed.total_group, second.pollutant

),

first_group as (

    select
        province,
        total_group,
        pollutant,
        sum(emission_t) as emission_t
    from {{ ref('int_inventory__source') }}
    where total_group is not null
    group by province, total_group, pollutant

),

province_factor as (

    select
        first_group.province,
        first_group.total_group,
        first_group.pollutant,
        second_group.emission_t
        / nullif(
            sum(second_group.emission_t) over (
                partition by first_group.total_group, first_group.pollutant
            ), 0
        )
        * sum(first_group.emission_t) over (partition by first_group.total_group, first_group.pollutant)
        / first_group.emission_t as factor
    from first_group
    inner join second_group
        on
            first_group.province = second_group.province
            and first_group.total_group = second_group.total_group
            and first_group.pollutant = second_group.pollutant
    where first_group.emission_t > 0

),

source_group as (

    select distinct
        source_sector,
        pollutant,
        total_group
    from {{ ref('int_inventory__source') }}

)

select
    allocation.province,
    coalesce(move.moved_to_sector, allocation.sector) as sector,
    allocation.pollutant,
    sum(allocation.emission_t * coalesce(province_factor.factor, 1)) as emission_t
from {{ ref('int_inventory__allocation') }} as allocation
left join {{ ref('int_inventory__move') }} as move
    on
        allocation.province = move.province
        and allocation.sector = move.sector
left join source_group
    on
        allocation.source_sector = source_group.source_sector
        and allocation.pollutant = source_group.pollutant
left join province_factor
    on
        allocation.province = province_factor.province
        and source_group.total_group = province_factor.total_group
        and allocation.pollutant = province_factor.pollutant
where exists (select 1 from second)
group by allocation.province, coalesce(move.moved_to_sector, allocation.sector), allocation.pollutant
having sum(allocation.emission_t * coalesce(province_factor.factor, 1)) <> 0

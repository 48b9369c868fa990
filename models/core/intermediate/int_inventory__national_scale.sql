-- Grain: one row per group of sectors and pollutant: what an inventory of an older year is multiplied by, so
-- that its provinces sum to the nation's total of the edition's year. No rows where the inventory is of the
-- edition's year, or where the edition has no national totals.
{{ config(tags=['prepare']) }}
with older as (

    select min(vintage_year) as inventory_year
    from {{ source('raw', 'provenance') }}
    where role = 'sector_emission'
    having min(vintage_year) < {{ var('year') }}

),

national as (

    {{ optional_raw('national_emission', {
        'source_sector': 'varchar', 'pollutant': 'varchar', 'source_year': 'integer', 'emission_t': 'double'
    }) }}

),

-- The pollutants of the analysis: other primary PM2.5 is PM2.5 less BC less OC, as by province.
national_pollutant as (

    select
        source_sector,
        pollutant,
        emission_t
    from national
    where source_year = {{ var('year') }} and pollutant <> 'PM2.5'
    union all
    select
        source_sector,
        'PM25_other' as pollutant,
        case when pollutant = 'PM2.5' then emission_t else -emission_t end as emission_t
    from national
    where source_year = {{ var('year') }} and pollutant in ('PM2.5', 'BC', 'OC')

),

national_group as (

    select
        grouping_seed.total_group,
        national_pollutant.pollutant,
        sum(national_pollutant.emission_t) as national_t
    from national_pollutant
    inner join {{ ref('national_total_group') }} as grouping_seed
        on
            national_pollutant.source_sector = grouping_seed.source_sector
            and grouping_seed.source = 'meic'
            and (national_pollutant.pollutant = 'NH3') = (grouping_seed.species = 'NH3')
    group by grouping_seed.total_group, national_pollutant.pollutant

),

inventory_group as (

    select
        grouping_seed.total_group,
        published.pollutant,
        sum(published.emission_t) as inventory_t
    from {{ ref('int_inventory__published') }} as published
    inner join {{ ref('national_total_group') }} as grouping_seed
        on
            published.source_sector = grouping_seed.source_sector
            and grouping_seed.source = 'reas32'
            and (published.pollutant = 'NH3') = (grouping_seed.species = 'NH3')
    group by grouping_seed.total_group, published.pollutant

)

select
    national_group.total_group,
    national_group.pollutant,
    older.inventory_year,
    coalesce(inventory_group.inventory_t, 0) as inventory_t,
    national_group.national_t,
    national_group.national_t / nullif(inventory_group.inventory_t, 0) as scale_factor
from national_group
left join inventory_group
    on
        national_group.total_group = inventory_group.total_group
        and national_group.pollutant = inventory_group.pollutant
cross join older
where national_group.national_t <> 0 or inventory_group.inventory_t <> 0

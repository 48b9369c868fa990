-- Grain: one row per group of sectors and pollutant: what an inventory of an older year is multiplied by, so
-- that its provinces sum to the nation's total of the edition's year. No rows where the inventory is of the
-- edition's year (unless it is bundled and the edition asks for it), or where the edition has no national totals.
{{ config(tags=['prepare']) }}
with older as (

    select min(vintage_year) as inventory_year
    from {{ source('raw', 'provenance') }}
    where role = 'sector_emission'
    having
        min(vintage_year) < {{ var('year') }}
        or (
            '{{ var("inventory_to_national_total", "older") }}' = 'bundled'
            and min(vintage_year) = {{ var('year') }}
            and bool_and(is_bundled)
        )

),

national_group as (

    select
        total_group,
        pollutant,
        national_t
    from {{ ref('int_inventory__national_group') }}
    where source_year = {{ var('year') }}

),

inventory_group as (

    select
        grouping_seed.total_group,
        published.pollutant,
        sum(published.emission_t) as inventory_t
    from {{ ref('int_inventory__published') }} as published
    inner join {{ ref('national_total_group') }} as grouping_seed
        on {{ in_total_group('published', 'reas32') }}
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

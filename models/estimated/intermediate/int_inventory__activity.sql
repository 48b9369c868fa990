{{ config(tags=['prepare']) }}
{% set edition_list = var('sector_classification') %}
-- Grain: one row per source sector of the inventory and activity: what the sector is made of, and what locates it.
-- The list is the first that names all of the inventory's sectors: the user's own concordance, REAS's, MEIC's, the
-- edition's sectors, those of the provincial tables.
with own as (

    {{ optional_raw('emission_concordance', {
        'source_sector': 'varchar', 'to_code': 'varchar', 'weight': 'double'
    }) }}

),

-- Emitters outside the footprint have the same code in every list of sectors.
edition_sector as (

    select code
    from {{ ref('sector') }}
    where classification = '{{ edition_list }}'
    union all
    select code
    from {{ ref('outside_source') }}
    where code <> 'no_table'

),

table_sector as (

    select from_code, to_code, weight
    from {{ ref(var('provincial_classification') ~ '__' ~ edition_list) }}
    union all
    select code as from_code, code as to_code, 1 as weight
    from {{ ref('outside_source') }}
    where code <> 'no_table'

),

offered as (

    select
        1 as place,
        'own concordance' as list,
        source_sector,
        to_code as activity,
        to_code,
        'weight' as locate_by,
        null as proxy_sector,
        null as proxy_pollutant,
        weight
    from own

    union all

    select
        2 as place,
        'reas32' as list,
        source_sector,
        activity,
        to_code,
        locate_by,
        proxy_sector,
        proxy_pollutant,
        1 as weight
    from {{ ref('reas32__' ~ edition_list) }}

    union all

    select
        3 as place,
        'meic5' as list,
        source_sector,
        activity,
        to_code,
        locate_by,
        proxy_sector,
        proxy_pollutant,
        1 as weight
    from {{ ref('meic5__' ~ edition_list) }}

    union all

    select
        4 as place,
        '{{ edition_list }}' as list,
        code as source_sector,
        code as activity,
        code as to_code,
        'single' as locate_by,
        null as proxy_sector,
        null as proxy_pollutant,
        1 as weight
    from edition_sector

    union all

    select
        5 as place,
        '{{ var("provincial_classification") }}' as list,
        from_code as source_sector,
        to_code as activity,
        to_code,
        'weight' as locate_by,
        null as proxy_sector,
        null as proxy_pollutant,
        weight
    from table_sector

),

published as (

    select
        source_sector,
        count(*) over () as sectors
    from {{ ref('stg_sector_emission') }}
    group by source_sector

),

fitting as (

    select offered.place
    from offered
    inner join published on offered.source_sector = published.source_sector
    group by offered.place
    having count(distinct offered.source_sector) = max(published.sectors)

)

select
    list,
    source_sector,
    activity,
    to_code,
    locate_by,
    proxy_sector,
    proxy_pollutant,
    cast(weight as double) as weight
from offered
where place = (select min(fitting.place) from fitting)

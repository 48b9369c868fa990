-- Grain: one row per province and sector without output there: the nearest sector that has some.
{{ config(tags=['prepare']) }}
with province_list as (

    select distinct province
    from {{ ref('int_province__output') }}

),

producing as (

    select
        province,
        sector
    from {{ ref('int_province__output') }}
    where output_musd > 0

),

idle as (

    select
        province_list.province,
        sector.code as sector
    from province_list
    cross join {{ ref('sector') }} as sector
    left join producing
        on
            province_list.province = producing.province
            and sector.code = producing.sector
    where
        sector.classification = '{{ var("sector_classification") }}'
        and producing.sector is null

)

select
    idle.province,
    idle.sector,
    arg_min(nearest.nearest_sector, nearest.place) as moved_to_sector
from idle
inner join {{ ref('nearest_sector') }} as nearest
    on
        idle.sector = nearest.sector
        and nearest.classification = '{{ var("sector_classification") }}'
inner join producing
    on
        idle.province = producing.province
        and nearest.nearest_sector = producing.sector
group by idle.province, idle.sector

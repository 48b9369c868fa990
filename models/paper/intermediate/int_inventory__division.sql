{{ config(tags=['prepare']) }}
-- Grain: one row per interpolation, province, inventory sector, subsector, emitter and pollutant: its part of the
-- province's emission of the inventory sector (eq. 3, then sectoral output; ammonia of agriculture by product).
with table_province as (

    select distinct province
    from {{ ref('int_province__output') }}

),

subsector as (

    select distinct
        source_sector,
        meic_sector
    from {{ ref('gains_emf30__gtap65') }}

),

subsector_share as (

    select
        gains.method,
        subsector.meic_sector,
        gains.source_sector,
        gains.pollutant,
        gains.emission_t / sum(gains.emission_t) over (
            partition by gains.method, subsector.meic_sector, gains.pollutant
        ) as share
    from {{ ref('int_inventory__gains') }} as gains
    inner join subsector using (source_sector)
    where gains.emission_t > 0

),

emitter as (

    select
        table_province.province,
        mapping.source_sector,
        mapping.meic_sector,
        mapping.to_code,
        coalesce(made.output_musd, 0) as output_musd,
        sum(coalesce(made.output_musd, 0)) over (
            partition by table_province.province, mapping.source_sector
        ) as total_musd,
        count(*) over (partition by table_province.province, mapping.source_sector) as emitters
    from {{ ref('gains_emf30__gtap65') }} as mapping
    cross join table_province
    left join {{ ref('int_province__output') }} as made
        on
            table_province.province = made.province
            and mapping.to_code = made.sector

),

emitter_share as (

    select
        province,
        source_sector,
        meic_sector,
        to_code,
        case when total_musd > 0 then output_musd / total_musd else 1.0 / emitters end as share
    from emitter

),

ammonia as (

    select
        measured.province,
        product.to_code,
        sum(measured.emission_t * product.weight) as emission_t
    from {{ source('raw', 'ammonia') }} as measured
    inner join {{ ref('nh3_product__gtap65') }} as product using (product_category)
    group by all

),

ammonia_share as (

    select
        province,
        to_code,
        emission_t / sum(emission_t) over (partition by province) as share
    from ammonia
    where emission_t > 0

),

interpolation as (

    select distinct method
    from {{ ref('int_inventory__gains') }}

),

by_gains as (

    select
        subsector_share.method,
        emitter_share.province,
        subsector_share.meic_sector,
        subsector_share.source_sector as activity,
        emitter_share.to_code as sector,
        subsector_share.pollutant,
        subsector_share.share * emitter_share.share as share,
        'gains' as division
    from subsector_share
    inner join emitter_share
        on
            subsector_share.source_sector = emitter_share.source_sector
            and subsector_share.meic_sector = emitter_share.meic_sector
    where emitter_share.share > 0

),

by_product as (

    select
        interpolation.method,
        ammonia_share.province,
        'agriculture' as meic_sector,
        'agricultural products' as activity,
        ammonia_share.to_code as sector,
        'NH3' as pollutant,
        ammonia_share.share,
        'ammonia by product' as division
    from ammonia_share
    cross join interpolation

),

known as (

    select method, province, meic_sector, activity, sector, pollutant, share, division
    from by_gains
    anti join by_product using (method, province, meic_sector, pollutant)
    union all
    select method, province, meic_sector, activity, sector, pollutant, share, division
    from by_product

),

-- What GAINS does not know of an inventory sector goes to all sectors that it may concern, by output.
wanted as (

    select
        interpolation.method,
        emitted.province,
        emitted.source_sector as meic_sector,
        emitted.pollutant
    from {{ ref('int_inventory__source') }} as emitted
    cross join interpolation
    inner join table_province using (province)
    where emitted.emission_t > 0

),

unknown as (

    select method, province, meic_sector, pollutant
    from wanted
    anti join known using (method, province, meic_sector, pollutant)

),

place as (

    select distinct
        emitter.province,
        emitter.meic_sector,
        emitter.to_code,
        emitter.output_musd
    from emitter

),

by_output as (

    select
        unknown.method,
        unknown.province,
        unknown.meic_sector,
        'any' as activity,
        place.to_code as sector,
        unknown.pollutant,
        case
            when sum(place.output_musd) over all_places > 0
                then place.output_musd / sum(place.output_musd) over all_places
            else 1.0 / count(*) over all_places
        end as share,
        'output' as division
    from unknown
    inner join place
        on
            unknown.province = place.province
            and unknown.meic_sector = place.meic_sector
    window all_places as (
        partition by unknown.method, unknown.province, unknown.meic_sector, unknown.pollutant
    )

)

select method, province, meic_sector, activity, sector, pollutant, share, division
from known
union all
select method, province, meic_sector, activity, sector, pollutant, share, division
from by_output
where share > 0

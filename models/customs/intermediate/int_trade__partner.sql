{{ config(tags=['prepare']) }}
-- Grain: one row per partner of the customs: the region of the world table that it lies in.
-- A country that the world table has not, nor has in a region of several, is the rest of the world.
{% if var('kind', 'concentration') == 'paper' %}
    select
        partner_code,
        to_code as region
    from {{ ref('customs_partner__gtap11') }}
{% else %}
    with region as (

        select region
        from {{ ref('int_trade__world_region') }}

    ),

    member as (

        select
            members.iso3,
            members.region
        from {{ ref('world_region_member') }} as members
        inner join region on members.region = region.region

    )

    select
        partner.partner_code,
        coalesce(own.region, member.region, 'ROW') as region
    from {{ ref('customs_partner__gtap11') }} as partner
    left join region as own on partner.iso3 = own.region
    left join member on partner.iso3 = member.iso3
{% endif %}

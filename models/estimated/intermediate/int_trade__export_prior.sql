{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector that makes anything: where exports are expected before they are balanced.
with propensity as (

    select
        accounts.sector,
        max(totals.export_musd) / nullif(sum(accounts.output_musd), 0) as export_share_of_output
    from {{ ref('int_province__account') }} as accounts
    inner join {{ ref('int_trade__sector_total') }} as totals using (sector)
    group by accounts.sector

)

-- A trace of the national propensity goes everywhere: a product with exports and none booked needs a place.
-- Where provincial totals are not met later, a province that does not book exports starts from its own total.
select
    accounts.province,
    accounts.sector,
    case when booking.exports_booked_apart then accounts.export_booked_musd else 0 end
    + accounts.output_musd * coalesce(propensity.export_share_of_output, 0)
    * case when booking.exports_booked_apart then {{ var('trace_share') }} else 1 end
    {%- if var('export_total_concept') == 'booked' %}
        * case
            when booking.exports_booked_apart then 1
            else totals.published_export_musd / nullif(
                sum(accounts.output_musd * coalesce(propensity.export_share_of_output, 0))
                    over (partition by accounts.province),
                0
            )
        end
    {%- endif %} as prior_musd,
    {{ var('export_cap_share') }} * (accounts.output_musd - greatest(accounts.inventory_musd, 0)) as cap_musd,
    booking.exports_booked_apart as is_booked
from {{ ref('int_province__account') }} as accounts
inner join {{ ref('provincial_trade_booking') }} as booking
    on
        accounts.province = booking.province
        and booking.classification = '{{ var("provincial_classification") }}'
left join propensity on accounts.sector = propensity.sector
inner join {{ ref('int_trade__province_total') }} as totals on accounts.province = totals.province
where accounts.output_musd > 0

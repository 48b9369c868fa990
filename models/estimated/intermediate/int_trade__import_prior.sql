{{ config(tags=['prepare']) }}
-- Grain: one row per province and sector with use: where imports are expected before they are balanced.
with booking as (

    select province, imports_booked_apart
    from {{ ref('provincial_trade_booking') }}
    where classification = '{{ var("provincial_classification") }}'

),

-- What the reporting provinces import per unit of their exports stands in where imports are not booked apart.
ratio as (

    select sum(accounts.import_booked_musd) / sum(accounts.export_booked_musd) as import_per_export
    from {{ ref('int_province__account') }} as accounts
    inner join booking using (province)
    where booking.imports_booked_apart

),

patterned as (

    select
        accounts.province,
        accounts.sector,
        accounts.use_musd,
        accounts.import_booked_musd,
        totals.import_musd,
        booking.imports_booked_apart,
        accounts.use_musd
        * coalesce(totals.import_musd / nullif(sum(accounts.use_musd) over (partition by accounts.sector), 0), 0)
            as pattern_musd
    from {{ ref('int_province__account') }} as accounts
    inner join booking on accounts.province = booking.province
    inner join {{ ref('int_trade__sector_total') }} as totals on accounts.sector = totals.sector

),

-- Imports booked above all use are bought for others (oil by headquarters, gas at the border), and some of the nation's
-- imports no table books (transport, trade): both go where the product is used and not imported yet.
moved as (

    select
        *,
        {% if var('unplaced_imports_by_use', false) %}
            least(import_booked_musd, {{ var('import_cap_share') }} * use_musd) as import_kept_musd,
            (
                sum(greatest(import_booked_musd - {{ var('import_cap_share') }} * use_musd, 0))
                    over (partition by sector)
                + greatest(import_musd - sum(import_booked_musd) over (partition by sector), 0)
            )
            * greatest({{ var('import_cap_share') }} * use_musd - import_booked_musd, 0)
            / nullif(
                sum(greatest({{ var('import_cap_share') }} * use_musd - import_booked_musd, 0))
                    over (partition by sector),
                0
            ) as import_received_musd
        {% else %}
            import_booked_musd as import_kept_musd,
            cast(0 as double) as import_received_musd
        {% endif %}
    from patterned

)

select
    patterned.province,
    patterned.sector,
    case
        when patterned.imports_booked_apart
            then
                patterned.import_kept_musd + coalesce(patterned.import_received_musd, 0)
                + {{ var('trace_share') }} * patterned.pattern_musd
        else
            patterned.pattern_musd / sum(patterned.pattern_musd) over (partition by patterned.province)
            * exports.export_musd * ratio.import_per_export
    end as prior_musd,
    {{ var('import_cap_share') }} * patterned.use_musd as cap_musd,
    patterned.imports_booked_apart as is_booked
from moved as patterned
inner join {{ ref('int_trade__province_total') }} as exports on patterned.province = exports.province
cross join ratio
where patterned.use_musd > 0

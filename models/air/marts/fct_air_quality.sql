-- Grain: one row per edition, year, place_kind, place, period_kind, period, pollutant.
-- year is the edition's; the periods run over all years of the observations.
{{ config(tags=['air']) }}
with now as (
    select
        place.place_kind,
        place.place,
        place.period_kind,
        place.period,
        period.period_start,
        period.period_end,
        place.pollutant,
        place.mean_ug_m3,
        place.heavy_day_share,
        place.aqi_basis,
        place.aggregation,
        place.member_count,
        place.expected_member_count,
        place.completeness_share,
        place.interpolated_share,
        coalesce(place.completeness_share >= {{ var('min_completeness_share') }}, false) as is_complete
    from {{ ref('int_air__place_period') }} as place
    inner join {{ ref('int_air__period') }} as period
        on place.period_kind = period.period_kind and place.period = period.period
),

compared as (
    select
        now.place_kind,
        now.place,
        now.period_kind,
        now.period,
        now.period_start,
        now.period_end,
        now.pollutant,
        now.mean_ug_m3,
        now.heavy_day_share,
        now.aqi_basis,
        now.aggregation,
        now.member_count,
        now.expected_member_count,
        now.completeness_share,
        now.interpolated_share,
        now.is_complete,
        case when now.is_complete then before.mean_ug_m3 end as mean_before_ug_m3,
        case when now.is_complete then before.heavy_day_share end as heavy_day_share_before,
        (make_date(year(now.period_end), 12, 31) - now.period_end) / 365.0
        + (now.period_end - now.period_start + 1) / 730.0 as years_left
    from now
    left join now as before
        on
            now.place_kind = before.place_kind
            and now.place = before.place
            and now.period_kind = before.period_kind
            and now.pollutant = before.pollutant
            and now.period_start - interval 1 year = before.period_start
            and before.is_complete
)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    compared.place_kind,
    compared.place,
    compared.period_kind,
    compared.period,
    compared.pollutant,
    coalesce(place_name.name, compared.place) as place_name,
    case
        when compared.place_kind = 'key_region' then true
        when compared.place_kind = 'province' then control.province is not null
        when compared.place_kind = 'city' then control_city.city is not null
    end as is_key_control,
    compared.period_start,
    compared.period_end,
    compared.mean_ug_m3,
    compared.mean_ug_m3 / nullif(compared.mean_before_ug_m3, 0) - 1 as change_share,
    compared.mean_ug_m3 / standard.national_annual_ug_m3 as national_standard_ratio,
    compared.mean_ug_m3 / standard.who_annual_ug_m3 as who_guideline_ratio,
    compared.heavy_day_share,
    compared.heavy_day_share - compared.heavy_day_share_before as heavy_day_share_change,
    case
        when compared.period_kind = 'day' or not compared.is_complete then null
        when compared.heavy_day_share = 0 then true
        when compared.period_kind = 'year' then false
        -- On the straight line from the year before, is it none by the end of the year?
        else
            compared.heavy_day_share
            + compared.years_left * (compared.heavy_day_share - compared.heavy_day_share_before)
            <= 0
    end as is_on_track_to_none,
    compared.aqi_basis,
    compared.aggregation,
    cast(compared.member_count as integer) as member_count,
    cast(compared.expected_member_count as integer) as expected_member_count,
    compared.completeness_share,
    compared.interpolated_share,
    compared.is_complete
from compared
left join {{ ref('int_air__place_name') }} as place_name
    on compared.place_kind = place_name.place_kind and compared.place = place_name.place
left join {{ ref('air_quality_standard') }} as standard on compared.pollutant = standard.pollutant
left join {{ ref('province_group') }} as control
    on
        compared.place_kind = 'province'
        and compared.place = control.province
        and control.group_code = 'KEY_CONTROL'
left join {{ ref('key_region_city') }} as control_city
    on compared.place_kind = 'city' and compared.place = control_city.city

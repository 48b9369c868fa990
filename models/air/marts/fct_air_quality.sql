-- Grain: one row per edition, year, place_kind, place, period_kind, period, pollutant.
-- year is the edition's; the periods run over all years of the observations. A mean of a place with too few member
-- days is withheld: it would be a mean of those that happen to be there.
{{ config(tags=['air']) }}
with place_period as (
    select
        place.place_kind,
        place.place,
        place.period_kind,
        place.period,
        period.period_start,
        period.period_end,
        place.pollutant,
        place.mean_ug_m3,
        place.mean_without_dust_ug_m3,
        place.dust_day_share,
        place.prefecture_mean_ug_m3,
        place.heavy_day_share,
        place.heavy_member_count,
        place.without_dust_member_count,
        place.aqi_basis,
        place.mean_over,
        place.aggregation,
        place.member_count,
        place.expected_member_count,
        place.completeness_share,
        place.interpolated_share,
        coalesce(place.completeness_share >= {{ var('min_completeness_share') }}, false) as is_complete,
        -- A day of one member may be a filled one.
        place.completeness_share >= {{ var('min_completeness_share') }}
        or (place.period_kind = 'day' and place.expected_member_count = 1) as is_shown
    from {{ ref('int_air__place_period') }} as place
    inner join {{ ref('int_air__period') }} as period
        on place.period_kind = period.period_kind and place.period = period.period
),

now as (
    select
        place_kind,
        place,
        period_kind,
        period,
        period_start,
        period_end,
        pollutant,
        case when is_shown then mean_ug_m3 end as mean_ug_m3,
        case when is_shown then mean_without_dust_ug_m3 end as mean_without_dust_ug_m3,
        case when is_shown then dust_day_share end as dust_day_share,
        case when is_shown then prefecture_mean_ug_m3 end as prefecture_mean_ug_m3,
        case when is_shown then heavy_day_share end as heavy_day_share,
        case when is_shown then heavy_member_count end as heavy_member_count,
        case when is_shown and mean_without_dust_ug_m3 is not null then without_dust_member_count end
            as without_dust_member_count,
        aqi_basis,
        mean_over,
        aggregation,
        member_count,
        expected_member_count,
        completeness_share,
        interpolated_share,
        is_complete
    from place_period
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
        now.mean_without_dust_ug_m3,
        now.dust_day_share,
        now.prefecture_mean_ug_m3,
        now.heavy_day_share,
        now.heavy_member_count,
        now.without_dust_member_count,
        now.aqi_basis,
        now.mean_over,
        now.aggregation,
        now.member_count,
        now.expected_member_count,
        now.completeness_share,
        now.interpolated_share,
        now.is_complete,
        now.mean_ug_m3 / nullif(before.mean_ug_m3, 0) - 1 as change_share,
        now.mean_without_dust_ug_m3 / nullif(before.mean_without_dust_ug_m3, 0) - 1 as change_without_dust_share,
        now.heavy_day_share - before.heavy_day_share as heavy_day_share_change,
        before.mean_over in ('cities', 'station')
        and {{ is_across_reporting_change('before.period_start', 'now.period_end') }} as is_across_reporting_change,
        (make_date(year(now.period_end), 12, 31) - now.period_end) / 365.0
        + (now.period_end - now.period_start + 1) / 730.0 as years_left
    from now
    left join now as before
        on
            now.place_kind = before.place_kind
            and now.place = before.place
            and now.period_kind = before.period_kind
            and now.pollutant = before.pollutant
            and now.mean_over = before.mean_over
            and now.is_complete
            and before.is_complete
            and now.period_start - interval 1 year = before.period_start
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
    case compared.place_kind when 'city' then city.province when 'province' then compared.place end as province,
    case when compared.place_kind = 'city' then city.is_in_nation end as is_in_nation,
    compared.period_start,
    compared.period_end,
    compared.mean_ug_m3,
    compared.mean_without_dust_ug_m3,
    compared.prefecture_mean_ug_m3,
    official.mean_ug_m3 as official_mean_ug_m3,
    compared.change_share,
    compared.change_without_dust_share,
    official.change_share as official_change_share,
    case when compared.change_share is not null then compared.is_across_reporting_change end
        as is_across_reporting_change,
    case
        when compared.change_share is not null then 'computed'
        when official.change_share is not null then 'official'
        else 'none'
    end as change_basis,
    compared.mean_ug_m3 / standard.national_annual_ug_m3 as national_standard_ratio,
    compared.mean_ug_m3 / standard.who_annual_ug_m3 as who_guideline_ratio,
    compared.heavy_day_share,
    compared.heavy_day_share_change,
    official.heavy_day_share as official_heavy_day_share,
    official.heavy_day_share_change as official_heavy_day_share_change,
    cast(compared.heavy_member_count as integer) as heavy_member_count,
    cast(compared.without_dust_member_count as integer) as without_dust_member_count,
    compared.dust_day_share,
    case
        -- The index of a mean over area is not the index of any place in it.
        when compared.period_kind = 'day' or not compared.is_complete or compared.mean_over = 'area' then null
        when compared.heavy_day_share = 0 then true
        when compared.period_kind = 'year' then false
        -- On the straight line from the year before, is it none by the end of the year?
        else compared.heavy_day_share + compared.years_left * compared.heavy_day_share_change <= 0
    end as is_on_track_to_none,
    compared.aqi_basis,
    compared.mean_over,
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
left join {{ ref('int_air__official') }} as official
    on
        compared.place_kind = official.place_kind
        and compared.place = official.place
        and compared.period = official.period
        and compared.pollutant = official.pollutant
left join {{ ref('province_group') }} as control
    on
        compared.place_kind = 'province'
        and compared.place = control.province
        and control.group_code = 'KEY_CONTROL'
left join {{ ref('city') }} as city on compared.place_kind = 'city' and compared.place = city.code
left join {{ ref('key_region_city') }} as control_city
    on compared.place_kind = 'city' and compared.place = control_city.city

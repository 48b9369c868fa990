-- Grain: one row per year, group of sectors and pollutant of the analysis: the nation's totals (role national_emission)
-- in the groups that they share with the provincial inventory. Empty where an edition has none.
{{ config(tags=['prepare']) }}
with national as (

    {{ optional_raw('national_emission', {
        'source_sector': 'varchar', 'pollutant': 'varchar', 'source_year': 'integer', 'emission_t': 'double'
    }) }}

),

-- Other primary PM2.5 is PM2.5 less BC less OC, as by province; here a group may give less than nothing.
national_pollutant as (

    select
        source_year,
        source_sector,
        pollutant,
        emission_t
    from national
    where pollutant <> 'PM2.5'
    union all
    select
        source_year,
        source_sector,
        'PM25_other' as pollutant,
        case when pollutant = 'PM2.5' then emission_t else -emission_t end as emission_t
    from national
    where pollutant in ('PM2.5', 'BC', 'OC')

)

select
    national_pollutant.source_year,
    grouping_seed.total_group,
    national_pollutant.pollutant,
    sum(national_pollutant.emission_t) as national_t
from national_pollutant
inner join {{ ref('national_total_group') }} as grouping_seed
    on {{ in_total_group('national_pollutant', 'meic') }}
group by national_pollutant.source_year, grouping_seed.total_group, national_pollutant.pollutant

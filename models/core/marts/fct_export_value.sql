-- Grain: one row per edition, year, province, sector, destination that is exported to.
with cell as (
    select
        edition,
        year,
        from_region,
        from_sector,
        to_region,
        value_musd
    from {{ ref('fct_mrio_flow') }}
    union all
    select
        edition,
        year,
        from_region,
        from_sector,
        to_region,
        value_musd
    from {{ ref('fct_mrio_final_demand') }}
),

export as (
    select
        cell.edition,
        cell.year,
        cell.from_region as province,
        cell.from_sector as sector,
        cell.to_region as destination,
        sum(cell.value_musd) as export_musd
    from cell
    inner join {{ ref('dim_region') }} as origin
        on cell.from_region = origin.code and origin.kind = 'province'
    inner join {{ ref('dim_region') }} as destination
        on cell.to_region = destination.code and destination.kind = 'foreign'
    group by cell.edition, cell.year, cell.from_region, cell.from_sector, cell.to_region
),

-- What one dollar of a province's export emits in all provinces, f (I - A_PP)^-1: one column a pollutant.
intensity as (
    select
        multiplier.province,
        multiplier.sector,
        {% for pollutant, prefix in [
            ('NOx', 'nox'), ('SO2', 'so2'), ('CO', 'co'), ('NH3', 'nh3'),
            ('BC', 'bc'), ('OC', 'oc'), ('PM25_other', 'pm25_other'),
        ] %}
            sum(multiplier.domestic_multiplier_t_per_musd)
            filter (where multiplier.pollutant = '{{ pollutant }}')
                as {{ prefix }}_t_per_musd,
        {% endfor %}
        sum(multiplier.domestic_multiplier_t_per_musd / pollutant.ape_coefficient) as ape_t_per_musd
    from {{ computed('export_intensity') }} as multiplier
    inner join {{ ref('dim_pollutant') }} as pollutant
        on multiplier.pollutant = pollutant.code and not pollutant.is_index
    group by multiplier.province, multiplier.sector
)

select
    export.edition,
    export.year,
    export.province,
    export.sector,
    export.destination,
    export.export_musd,
    coalesce(intensity.nox_t_per_musd, 0) as nox_t_per_musd,
    coalesce(intensity.so2_t_per_musd, 0) as so2_t_per_musd,
    coalesce(intensity.co_t_per_musd, 0) as co_t_per_musd,
    coalesce(intensity.nh3_t_per_musd, 0) as nh3_t_per_musd,
    coalesce(intensity.bc_t_per_musd, 0) as bc_t_per_musd,
    coalesce(intensity.oc_t_per_musd, 0) as oc_t_per_musd,
    coalesce(intensity.pm25_other_t_per_musd, 0) as pm25_other_t_per_musd,
    coalesce(intensity.ape_t_per_musd, 0) as ape_t_per_musd
from export
left join intensity
    on
        export.province = intensity.province
        and export.sector = intensity.sector
where export.export_musd != 0

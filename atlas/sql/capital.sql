-- Emissions that exports drive, by what the foreign final demand is for.
with embodied as (
    select
        producer_province as province,
        producer_sector as sector,
        demand_category,
        sum(output_musd) as output_musd
    from fct_export_output
    where edition = '{{ edition }}' and year = {{ year }}
    group by producer_province, producer_sector, demand_category
)

select
    intensity.pollutant,
    embodied.demand_category,
    sum(embodied.output_musd * intensity.emission_t_per_musd) as driven_t,
    sum(embodied.output_musd * intensity.emission_t_per_musd)
    / nullif(
        sum(sum(embodied.output_musd * intensity.emission_t_per_musd)) over (partition by intensity.pollutant), 0
    ) as share
from embodied
inner join fct_emission_intensity as intensity using (province, sector)
where intensity.edition = '{{ edition }}' and intensity.year = {{ year }}
group by intensity.pollutant, embodied.demand_category
order by intensity.pollutant, embodied.demand_category

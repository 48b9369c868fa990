-- Emissions on cells are those of the province, by scenario, group and pollutant.
-- Rows: what differs by more than 1e-9.
{{ config(tags=['marts']) }}
select
    scenario,
    province,
    emission_group,
    pollutant,
    province_t,
    gridded_t
from {{ computed('gridding_closure') }}
where abs(gridded_t - province_t) > 1e-9 * abs(province_t)

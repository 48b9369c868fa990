-- Grain: one row per receptor, pollutant, producer province and producer sector. A view: it joins as it is read.
{{ config(tags=['driven'], materialized='view') }}
select
    answer.receptor,
    answer.pollutant,
    answer.producer_province,
    emitter.emitter as producer_sector,
    answer.sensitivity_ug_m3_per_t
from {{ computed('pm25_sensitivity') }} as answer
inner join {{ ref('int_inventory__emitter') }} as emitter on answer.emission_group = emitter.emission_group
where emitter.emitter_kind = 'sector_group' and answer.engine = 'reduced'

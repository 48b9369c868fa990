-- Grain: one row per edition, year, step, pollutant: exports' share of China's emissions as linking goes on.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    step,
    pollutant,
    export_t as emission_t,
    share as emission_share
from {{ ref('int_footprint__step') }}

-- Grain: one row per edition, year, assumption, topic, province, sector.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    assumption,
    topic,
    province,
    sector,
    amount,
    unit,
    description,
    source
from {{ ref('int_assumption__all') }}

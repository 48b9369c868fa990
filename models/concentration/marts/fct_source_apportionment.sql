-- Grain: one row per edition, year, province, season, source: self-made share beside a published range.
select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    published.province,
    published.season,
    published.list_round,
    ours.emission_year,
    ours.self_made_share,
    published.self_made_low_share,
    published.self_made_high_share,
    ours.self_made_share between published.self_made_low_share
    and published.self_made_high_share as is_within,
    published.concept,
    published.source
from {{ ref('source_apportionment') }} as published
left join {{ computed('source_apportionment') }} as ours
    on
        published.province = ours.province
        and published.season = ours.season

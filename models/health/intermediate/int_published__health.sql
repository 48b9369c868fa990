{{ config(tags=['marts']) }}
-- Grain: one row per figure_id on deaths: what this edition says of its own year, and what differs.
with per_consumer as (

    select
        trade.deaths,
        region.world_region in ('USA', 'Western Europe') as is_west
    from {{ ref('fct_health_trade_balance') }} as trade
    inner join {{ ref('dim_region') }} as region on trade.region = region.code
    where trade.party = 'consumer'

),

exported as (

    select
        sum(deaths) as deaths,
        sum(deaths) filter (where is_west) as of_west
    from per_consumer

),

whole as (

    select sum(deaths) as deaths
    from {{ computed('health_outcome') }}

)

select
    figure.figure_id,
    figure.source,
    figure.where_in_source || case when figure.source_at_hand then '' else ' (not at hand)' end as where_in_source,
    figure.statement,
    figure.theirs,
    case figure.measure
        when 'china' then whole.deaths
        when 'exports' then exported.deaths
        when 'export_share' then 100 * exported.deaths / whole.deaths
        when 'west' then exported.of_west
    end as ours,
    figure.unit,
    figure.concept_year || ', ' || figure.method as concept,
    'Theirs: ' || figure.concept_year || ', ' || figure.method
    || '; ours: {{ var("year") }}, {{ var("health_curve", "gemm") }} {{ var("health_outcome", "NCD+LRI") }}'
    || ' on the air of the embedded engine' as why_not
from {{ ref('published_health_figure') }} as figure
cross join whole
cross join exported

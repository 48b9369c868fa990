-- Grain: one row per edition, year, place, pollutant: the consumer at the top, and who else comes first how often.
with first_in_draws as (

    select
        place,
        pollutant,
        consumer_region,
        is_first_at_point,
        draws,
        first_draws / draws as first_share
    from {{ computed('rank_stability') }}

),

top_consumer as (

    select
        place,
        pollutant,
        consumer_region,
        draws,
        first_share
    from first_in_draws
    where is_first_at_point

),

rival as (

    select
        place,
        pollutant,
        arg_max(consumer_region, (first_share, consumer_region)) as consumer_region,
        max(first_share) as first_share
    from first_in_draws
    where not is_first_at_point
    group by place, pollutant

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    top_consumer.place,
    top_consumer.pollutant,
    top_consumer.consumer_region as top_consumer_region,
    top_consumer.first_share as top_first_share,
    rival.consumer_region as rival_consumer_region,
    coalesce(rival.first_share, 0) as rival_first_share,
    top_consumer.draws
from top_consumer
left join rival
    on
        top_consumer.place = rival.place
        and top_consumer.pollutant = rival.pollutant

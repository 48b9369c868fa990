-- Every stand-in for data that are missing, and how much it moves; the engine's parameters, which move nothing
-- by their own size, last.
select
    assumption,
    topic,
    unit,
    count(*) as cases,
    sum(abs(amount)) as amount_moved,
    any_value(description order by description) as for_example,
    any_value(source order by source) as source
from fct_assumption
where edition = '{{ edition }}' and year = {{ year }}
group by assumption, topic, unit
order by topic = 'atmosphere' asc, topic asc, unit asc, amount_moved desc nulls last, assumption asc

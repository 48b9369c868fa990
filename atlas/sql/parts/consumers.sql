-- Consumers of the edition by region of the world. A region with one consumer goes by that consumer's name: where the
-- table has Japan alone of East Asia, the bar says Japan.
select
    code,
    case
        when world_region is null or count(*) over (partition by world_region) = 1 then name
        else world_region
    end as called
from dim_region
where
    kind <> 'province'
    and code in (
        select consumer_region from fct_export_output
        where edition = '{{ edition }}' and year = {{ year }}
    )

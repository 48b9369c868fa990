{{ config(tags=['marts']) }}
-- Grain: one row per consuming region that is divided into countries: what rests on the division, in million USD.
select
    'consumer_country_derived' as assumption,
    'linking' as topic,
    cast(null as varchar) as province,
    cast(null as varchar) as sector,
    sum(output_musd) as amount,
    'million USD' as unit,
    'Output that serves ' || consumer_region || ', divided over ' || count(distinct consumer_country)
    || ' countries as China''s output for them in the table of role consumer_output, by sector, category and use'
        as description,
    'docs/open_2017.md' as source
from {{ ref('fct_export_country') }}
where is_derived
group by consumer_region

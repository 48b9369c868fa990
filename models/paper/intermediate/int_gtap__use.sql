{{ config(tags=['prepare']) }}
-- Grain: one row per commodity, region and user (activity or final-demand category): purchases at home and imported.
with purchases as (

    select
        commodity,
        to_region as region,
        case substr(header, 3, 1) when 'F' then 'intermediate' else 'final_demand' end as block,
        case substr(header, 3, 1)
            when 'F' then agent
            when 'P' then 'households'
            when 'G' then 'government'
            else 'gfcf'
        end as to_code,
        header like 'VM%' as is_import,
        value_musd
    from {{ source('raw', 'gtap_flow') }}
    where header in ('VDFB', 'VMFB', 'VDPB', 'VMPB', 'VDGB', 'VMGB', 'VDIB', 'VMIB')

)

select
    commodity,
    region,
    block,
    to_code,
    coalesce(sum(value_musd) filter (where not is_import), 0) as domestic_musd,
    coalesce(sum(value_musd) filter (where is_import), 0) as import_musd
from purchases
group by all

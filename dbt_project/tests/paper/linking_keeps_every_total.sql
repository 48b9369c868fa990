-- Before balancing the blocks hold what they come from: the table's output, exports, imports and flows, to 1e-9.
with pairs as (

    select
        'output' as what,
        (select sum(output_musd) from {{ ref('int_province__output') }}) as ours,
        (
            select sum(value_musd)
            from {{ ref('stg_provincial_mrio') }}
            where row_kind = 'sector' and column_code = 'GO'
        ) as theirs

    union all

    select
        'flows between and within provinces' as what,
        (select sum(value_musd) from {{ ref('int_province__flow') }}) as ours,
        (
            select sum(value_musd)
            from {{ ref('stg_provincial_mrio') }}
            where row_kind = 'sector' and column_kind in ('sector', 'final_demand')
        ) as theirs

    union all

    select
        'imports by user' as what,
        (select sum(import_musd) from {{ ref('int_trade__import_use') }}) as ours,
        (
            select sum(value_musd)
            from {{ ref('stg_provincial_mrio') }}
            where row_kind = 'import' and column_kind in ('sector', 'final_demand')
        ) as theirs

    {% if var('export_level', 'table') == 'table' %}
        union all

        select
            'exports' as what,
            (
                select sum(exports.export_musd * purchasers.share)
                from {{ ref('int_trade__export') }} as exports
                inner join {{ ref('int_trade__export_use') }} as purchasers using (sector, region)
            ) as ours,
            (
                select sum(value_musd)
                from {{ ref('stg_provincial_mrio') }}
                where row_kind = 'sector' and column_code = 'EX'
            ) as theirs
    {% endif %}

)

select what, ours, theirs
from pairs
where not abs(ours - theirs) <= 1e-9 * abs(theirs)

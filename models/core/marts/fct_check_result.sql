-- Grain: one row per edition, year, gate, suite, check_name, scope.
-- Built with the other marts and once more after the last gate, which checks the marts themselves.
{{ config(tags=['check_result']) }}

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    gate,
    suite,
    check_name,
    scope,
    measured,
    tolerance,
    passed,
    severity,
    detail
from {{ source('meta', 'check_result') }}

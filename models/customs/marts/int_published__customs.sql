-- Grain: one row per figure_id that customs files answer, in the unit of the statement.
{{ config(schema='intermediate') }}

-- Exports of goods: the largest difference of a province's customs, of the regimes that count, from its table.
select
    'p62' as figure_id,
    100 * max(abs(deviation_share)) as ours
from {{ ref('fct_trade_deviation') }}
where flow = 'export' and sector = 'all' and regimes = 'included'
having max(abs(deviation_share)) is not null

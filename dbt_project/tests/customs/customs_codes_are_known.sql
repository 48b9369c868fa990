{{ config(tags=['prepare']) }}
-- Every code of the customs files has its place in a concordance: nothing is dropped.
select 'partner ' || partner_code as code_without_place
from {{ source('raw', 'trade') }}
where partner_code not in (select known.partner_code from {{ ref('customs_partner__gtap11') }} as known)
union
select 'regime ' || regime_code as code_without_place
from {{ source('raw', 'trade') }}
where regime_code not in (select known.regime_code from {{ ref('trade_regime') }} as known)
union
select 'commodity ' || commodity_code as code_without_place
from {{ source('raw', 'trade') }}
where commodity_code not in (select known.commodity_code from {{ ref('int_trade__commodity') }} as known)

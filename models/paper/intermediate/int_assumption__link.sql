{{ config(tags=['linked']) }}
-- Grain: one row per stand-in of the linking, province and sector where it has them: what it moves, in million USD.
with rate as (

    select cny_per_usd
    from {{ ref('exchange_rate') }}
    where year = {{ var('table_year') }}

),

stand_in as (

    select
        'yearbook_price_missing' as assumption,
        valued.province,
        product.to_code as sector,
        valued.value_10k_cny / 100 / rate.cny_per_usd as amount,
        'No price of ' || valued.product_code || ' in the province''s yearbook: the mean of those that have one'
            as description
    from {{ ref('int_yearbook__value') }} as valued
    inner join {{ ref('yearbook_product') }} as product on valued.product_code = product.product_code
    cross join rate
    where valued.is_mean_price and valued.value_10k_cny is not null and product.weight > 0

    union all

    select
        'sector_split_by_national_weights' as assumption,
        shares.province,
        shares.to_code as sector,
        sum(made.output_musd) as amount,
        'The yearbook states no output for the province''s sector ' || shares.from_code
        || ': parted by the weights of the nation' as description
    from {{ ref('int_province__share') }} as shares
    inner join {{ ref('int_province__output') }} as made
        on
            shares.province = made.province
            and shares.to_code = made.sector
    where shares.basis = 'national'
    group by shares.province, shares.to_code, shares.from_code

    union all

    select
        'table_error_column' as assumption,
        from_province as province,
        row_code as sector,
        value_musd as amount,
        'The table''s error column: balancing spreads it over the row' as description
    from {{ ref('stg_provincial_mrio') }}
    where column_code = 'ERR' and abs(value_musd) > 0.5

    union all

    select
        'export_destination_stand_in' as assumption,
        province,
        sector,
        sum(export_musd) as amount,
        case basis
            when 'china' then 'No customs export: over countries as China''s exports in the world table'
            else 'No customs export, none of China in the world table: over countries as the world''s trade'
        end as description
    from {{ ref('int_trade__export') }}
    where basis <> 'customs'
    group by province, sector, basis

    union all

    select
        'import_origin_stand_in' as assumption,
        province,
        sector,
        sum(import_musd) as amount,
        'No customs import: China''s imports in the world table, by the province''s part of all imports' as description
    from {{ ref('int_trade__import_use') }}
    where basis <> 'customs'
    group by province, sector

    union all

    select
        'import_users_stand_in' as assumption,
        province,
        sector,
        sum(import_musd) as amount,
        'A user with imports in the table and none in the national structure: the products of the whole province'
            as description
    from {{ ref('int_trade__import_use') }}
    where not has_structure
    group by province, sector

    union all

    select assumption, province, sector, amount, description
    from {{ ref('int_assumption__customs') }}

    union all

    select
        'world_imports_without_user' as assumption,
        cast(null as varchar) as province,
        trade.commodity as sector,
        sum(trade.value_musd * shares.share) as amount,
        'Imports for which the world table books no user: to ' || shares.basis as description
    from {{ ref('int_gtap__trade') }} as trade
    inner join {{ ref('int_gtap__import_share') }} as shares
        on
            trade.commodity = shares.commodity
            and trade.to_region = shares.region
    where shares.basis <> 'imports'
    group by trade.commodity, shares.basis

    union all

    select
        'final_demand_scaled' as assumption,
        cast(null as varchar) as province,
        cast(null as varchar) as sector,
        (scale_factor - 1) * final_demand_musd as amount,
        'Value added and final demand of the world are made equal: the provinces'' final demand times '
        || round(scale_factor, 4) as description
    from {{ ref('int_mrio__final_demand_scale') }}

)

select
    assumption,
    'linking' as topic,
    province,
    sector,
    sum(amount) as amount,
    case assumption when 'commodity_code_shortened' then 'codes' else 'million USD' end as unit,
    string_agg(distinct description, '; ' order by description) as description,
    'docs/licensed_linking.md' as source
from stand_in
group by assumption, province, sector

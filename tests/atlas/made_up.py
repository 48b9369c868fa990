"""A small synthetic published file: three editions, one with everything, one plain, one of observations.

Numbers come from a hash of their keys: no economy, but every sum can be checked.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

FULL, PLAIN, OBSERVED = "made-up", "made-up-plain", "seen"
NASTY = """</script><b>bold?</b> "quoted", 'so' & forth"""
_PROVINCES = """
('CN-BJ', 'Beijing', '北京', 'Beijing-Tianjin'), ('CN-HE', 'Hebei', '河北', 'North'),
('CN-SX', 'Shanxi', '山西', 'North'), ('CN-LN', 'Liaoning', '辽宁', 'Northeast'),
('CN-JS', 'Jiangsu', '江苏', 'East Coast'), ('CN-ZJ', 'Zhejiang', '浙江', 'East Coast'),
('CN-SD', 'Shandong', '山东', 'East Coast'), ('CN-GD', 'Guangdong', '广东', 'East Coast'),
('CN-HA', 'Henan', '河南', 'Central'), ('CN-SC', 'Sichuan', '四川', 'Southwest'),
('CN-SN', 'Shaanxi', '陕西', 'Northwest')
"""
_ECONOMY = f"""
create table dim_region as
select code, name, name_zh, 'province' as kind, china_region, 'China' as world_region,
    china_region = 'East Coast' as is_east_coast
from (values {_PROVINCES}) as province (code, name, name_zh, china_region)
union all select *, null from (values
    ('CHN', 'China', '中国', 'home', null, 'China'),
    ('USA', 'United States', '美国', 'foreign', null, 'USA'),
    ('DEU', 'Germany', '德国', 'foreign', null, 'Western Europe'),
    ('FRA', 'France', '法国', 'foreign', null, 'Western Europe'),
    ('JPN', 'Japan', '日本', 'foreign', null, 'Rest of East Asia'),
    ('KOR', 'South Korea', '韩国', 'foreign', null, 'Rest of East Asia'),
    ('ROW', 'Rest of the world', null, 'foreign', null, 'Rest of the world'));
create table dim_sector as from (values
    ('c1', 'Agriculture, hunting, forestry and fishing', 'agriculture', 'agriculture', 'Agriculture'),
    ('c12', 'Basic metals', 'materials industry', 'metals', 'Metals'),
    ('c17', 'Electricity', 'power', 'power_water', 'Electricity, gas, water')
) as sector (code, name, sector_group, common_sector, common_name);
create table province as select code from dim_region where kind = 'province';
create table consumer as select code from dim_region where kind <> 'province' and code <> 'KOR';
create table edition as from (values ('{FULL}', 2007), ('{PLAIN}', 2007)) as edition (edition, year);
create macro draw(key) as 1.0 * (hash(key) % 9973 + 1) / 100;

create table fct_emission_intensity as
select edition, year, p.code as province, s.code as sector, pollutant,
    draw('intensity' || p.code || s.code || pollutant) as emission_t_per_musd
from edition, province as p, dim_sector as s, (values ('SO2'), ('NOx'), ('APE')) as pollutant (pollutant);
create table fct_emission_inventory as
select edition, year, province, sector, pollutant,
    900000 * draw('inventory' || province || pollutant) as emission_t
from fct_emission_intensity;
create table fct_export_output as
select edition, year, p.code as producer_province, s.code as producer_sector, e.code as exporter_province,
    c.code as consumer_region, demand_category, product_use,
    draw(p.code || s.code || e.code || c.code || demand_category || product_use)
    * if(c.code = 'JPN' and demand_category = 'capital', -0.01, 1) as output_musd
from edition, province as p, dim_sector as s, province as e, consumer as c,
    (values ('household'), ('government'), ('capital')) as demand (demand_category),
    (values ('final'), ('intermediate')) as product (product_use);
create table fct_export_reading as
select edition, year, 'exporter' as reading, producer_province, producer_sector,
    exporter_province as attributed_region, consumer_region, producer_province = exporter_province as is_direct,
    sum(output_musd) as output_musd
from fct_export_output group by all
union all
select edition, year, 'final_producer', producer_province, producer_sector,
    if(product_use = 'final', exporter_province, 'abroad') as attributed, consumer_region,
    producer_province = attributed, sum(output_musd)
from fct_export_output group by all;
create table fct_export_country as
select edition, year, producer_province, producer_sector, consumer_region,
    if(consumer_region = 'ROW', country, consumer_region) as consumer_country,
    consumer_region = 'ROW' as is_derived,
    sum(output_musd * if(consumer_region = 'ROW', part, 1)) as output_musd
from fct_export_output, (values ('KOR', 0.25), ('ROW', 0.75)) as c (country, part)
where consumer_region = 'ROW' or country = 'ROW' group by all;
create table fct_consumed_product_output as
select edition, year, producer_province, producer_sector, consumer_region, s.code as consumed_sector,
    demand_category, output_musd * draw('product' || s.code) as output_musd
from fct_export_output, dim_sector as s where product_use = 'final' and exporter_province = 'CN-GD';
create table fct_export_value as
select edition, year, p.code as province, s.code as sector, c.code as destination,
    100 * draw('value' || p.code || c.code) as export_musd
from edition, province as p, dim_sector as s, consumer as c where c.code <> 'CHN';
create table fct_production_layer_output as
select edition, year, 'domestic' as variant, layer, producer_province, producer_sector, exporter_province,
    sum(output_musd * share) as output_musd
from fct_export_output, (values ('PL0', 0.4), ('PL1', 0.3), ('PL2', 0.15), ('PL3', 0.1), ('PL4+',
    0.05)) as l (layer, share)
group by all;
create table fct_layer_flow as
select edition, year, 'domestic' as variant, pollutant, flow, p.code as from_region, e.code as to_region,
    1000 * draw(pollutant || flow || p.code || e.code) as emission_t
from edition, province as p, province as e, (values ('SO2'), ('NOx'), ('APE')) as q (pollutant),
    (values ('1->0'), ('2->1'), ('3->2')) as f (flow);
create table fct_province_transfer as
select edition, year, pollutant, p.code as province, e.code as partner_province,
    draw(p.code || e.code) as driven_elsewhere_t, draw(e.code || p.code) as driven_here_t,
    draw(p.code || e.code) - draw(e.code || p.code) as disparity_t
from edition, province as p, province as e, (values ('SO2'), ('APE')) as q (pollutant) where p.code <> e.code
union all
select edition, year, pollutant, p.code, 'all', draw(p.code), draw('here' || p.code),
    draw(p.code) - draw('here' || p.code)
from edition, province as p, (values ('SO2'), ('APE')) as q (pollutant);
create table fct_supply_chain_path as
select edition, year, scope, scope_exporter, 1 as demand_sign, rank,
    'Hebei: Basic metals -> Guangdong ' || rank as path,
    1 as layer, 1000.0 / rank as ape_t, 0.1 / rank as ape_share, 10.0 / rank as so2_t, 20.0 / rank as nox_t
from edition, (values ('overall', 'all'), ('exporter', 'CN-GD')) as s (scope, scope_exporter), range(1,
    21) as r (rank);
create table fct_health_burden as
select edition, year, 'reduced' as engine, scenario, 'gemm' as curve, cause, p.code as province, age_group,
    1e7 as province_persons, 1e6 as age_group_persons, 5000.0 as all_deaths,
    draw('deaths' || p.code || cause || age_group) as deaths, 0.8 * deaths as p05_deaths,
    1.2 * deaths as p95_deaths, deaths / 10 as deaths_per_100k
from edition, province as p, (values ('Base'), ('I_EX')) as scenario (scenario),
    (values ('NCD+LRI'), ('IHD'), ('stroke'), ('COPD'), ('LC'), ('LRI')) as cause (cause),
    (values ('25-29'), ('80+')) as age (age_group)
where edition = '{FULL}';
create table fct_health_trade_balance as
select edition, year, 'reduced' as engine, case kind when 'foreign' then 'consumer' else kind end as party,
    code as region, 100.0 as export_musd, 80.0 as value_added_musd, draw('borne' || code) as deaths,
    10 * deaths as deaths_per_billion_usd, 12.5 * deaths as deaths_per_billion_usd_value_added
from edition, dim_region where kind in ('foreign', 'province') and code <> 'KOR' and edition = '{FULL}';
create table fct_change as
select '{FULL}' as edition, 2007 as year, '{PLAIN}' as base_edition, 1997 as base_year,
    p.code as producer_province, c.code as consumer_region, pollutant, factor,
    'base_year' as prices, draw(p.code || factor) - 50 as change_t
from province as p, consumer as c, (values ('SO2'), ('APE')) as q (pollutant),
    (values ('emission_intensity'), ('export_volume'), ('product_mix')) as f (factor);
create table fct_change_total as
select edition, year, base_edition, base_year, producer_province, consumer_region, pollutant, 900.0 as before_t,
    900 + sum(change_t) as after_t
from fct_change group by all;
create table fct_change_pair as
select distinct edition, year, base_edition, base_year, true as is_decomposed, 11 as provinces, '' as left_out,
    24 as sectors, 5040 as orders, 1e-16 as residual_share, 'One rule differs.' as caution, '' as why_not,
    'base_year' as prices, 'An office' as price_note
from fct_change;
create table fct_change_sector as
select edition, year, base_edition, base_year, common_sector as producer_sector, consumer_region, pollutant,
    factor, prices, sum(change_t * part) as change_t
from fct_change, (values ('agriculture', -0.2), ('metals', 0.5), ('power_water', 0.7)) as s (common_sector, part)
group by all;
create table fct_change_interval as
with foreign_change as (
    select edition, year, base_edition, base_year, producer_province as place, pollutant, factor,
        sum(change_t) as point_t
    from fct_change where consumer_region <> 'CHN' group by all
), with_nation as (
    from foreign_change
    union all by name
    select edition, year, base_edition, base_year, 'CHN' as place, pollutant, factor, sum(point_t) as point_t
    from foreign_change group by all
), with_whole as (
    from with_nation
    union all by name
    select edition, year, base_edition, base_year, place, pollutant, 'change' as factor, sum(point_t) as point_t
    from with_nation group by all
)
select edition, year, base_edition, base_year, prices, place, 'foreign' as consumers, pollutant, factor,
    point_t * if(prices = 'current', 1.5, 1) as point_t, point_t - 5 as p05_t, point_t as median_t,
    point_t + 3 as p95_t, 0.97 as same_sign_share, 1000 as draws, 1 as seed
from with_whole, (values ('base_year'), ('current')) as p (prices);
create table fct_mrio_output as select edition, year from edition;
create table fct_pm25_history as
select '{FULL}' as edition, 2007 as year, record, record_kind, 'population' as weighting, p.code as province,
    2000 + y as record_year, draw(p.code || record || y) as pm25_ug_m3
from province as p, range(0, 9) as r (y),
    (values ('aqli_2023', 'satellite'), ('caqra', 'reanalysis')) as s (record, record_kind)
union all
select '{FULL}', 2007, 'reduced', 'engine', 'population', code, 2007, 40.0 from province;
create table fct_published_figure as
select edition, year, figure_id, statement, theirs, ours, unit, 5.0 as tolerance, comparable, why_not,
    'share' as concept,
    'Fig 1' as where_in_source, 'paper' as source
from edition, (values ('f1', '{NASTY.replace("'", "''")}', 20.0, 21.5, '%', true, null),
    ('f2', 'Another year', 40.0, 31.0, '%', false, 'another year'), ('f3', 'Not answered', 1.0, null, 'Mt',
    false, 'no data')
) as f (figure_id, statement, theirs, ours, unit, comparable, why_not);
create table fct_check_result as
select edition, year, 'identity' as gate, 'adds_up' as check_name, 'fct_export_output' as scope, 1e-15 as measured,
    1e-9 as tolerance, true as passed, 'error' as severity, 'all of it' as detail from edition;
create table fct_assumption as
select edition, year, 'gravity' as assumption, 'linking' as topic, 'million USD' as unit, 5.0 as amount,
    'Trade by gravity' as description, 'docs' as source, null as province from edition
union all
select edition, year, 'export_destination_stand_in', 'linking', 'million USD', sum(export_musd) / 4,
    'Destinations of the nation', 'docs', province
from fct_export_value where province = 'CN-HE' group by edition, year, province;
create table fct_uncertainty as
select edition, year, result, code as place, 'all' as pollutant, 'all' as part, 'deaths' as unit,
    draw('drawn' || code || result) as point_value, 0.8 * point_value as p05_value, point_value as median_value,
    1.3 * point_value as p95_value, 100 as draws
from edition, dim_region, (values ('export_pm25'), ('export_deaths')) as r (result)
where kind <> 'foreign' and edition = '{FULL}';
create table fct_provenance as
select edition, year, 'global_table' as role, 'Table' as title, 'Someone' as producer, 'CC BY' as licence,
    'Cite' as terms_of_use, 2007 as vintage_year, date '2026-01-02' as accessed_date, 12 as loaded_rows,
    true as is_bundled,
    'a.csv' as original_file_name, 'abc' as original_sha256, 'Someone (2007)' as citation from edition;
"""
_AIR = f"""
create table fct_pm25_province as
select '{FULL}' as edition, 2007 as year, 'reduced' as engine, scenario, p.code as province, 'year' as season,
    'population' as weighting, component, share * draw('air' || p.code || component) as pm25_ug_m3
from province as p, (values ('sulfate'), ('nitrate'), ('soa')) as c (component),
    (values ('Base', 1.0), ('I_EX', 0.8), ('I_EXDIR', 0.95), ('I_EXEAST', 0.9)) as s (scenario, share);
create table fct_pm25_attribution as
select '{FULL}' as edition, 2007 as year, 'reduced' as engine, r.code as receptor, e.code as producer_province,
    'power' as emission_group, e.code as exporter_province, c.code as consumer_region, 'sulfate' as component,
    0.01 * draw('over' || r.code || e.code || c.code) as pm25_ug_m3
from (select code from dim_region where kind <> 'foreign') as r, province as e, consumer as c;
create table fct_pm25_reading as
select edition, year, engine, reading, receptor, attributed_region, is_direct,
    consumer_region = 'CHN' as is_returned,
    sum(pm25_ug_m3) as pm25_ug_m3
from (
    select *, 'exporter' as reading, exporter_province as attributed_region,
        producer_province = exporter_province as is_direct from fct_pm25_attribution
    union all
    select *, 'final_producer', 'abroad', false from fct_pm25_attribution
) group by all;
create table fct_model_evaluation_place as
select '{FULL}' as edition, 2007 as year, 'province_people' as observation, code as place, 'PM2.5' as pollutant,
    'year' as season, 'edition_year' as period, 50.0 as modelled_ug_m3, 55.0 as observed_ug_m3
from province where code <> 'CN-SN';
create table fct_exposure as
select '{FULL}' as edition, 2007 as year, 'reduced' as engine, scenario, place as province,
    1.0 * t as threshold_ug_m3,
    1e6 * greatest(0, 100 - share * t) as people_above_persons
from (values ('CHN'), ('CN-HE')) as p (place), range(0, 100) as r (t), (values ('Base', 1.0), ('I_EX',
    1.2)) as s (scenario, share);
create table fct_air_quality as
select '{OBSERVED}' as edition, 2018 as year, kind as place_kind, code as place, 'quarter' as period_kind,
    period, 'PM2.5' as pollutant,
    name as place_name, draw('seen' || code || period) as mean_ug_m3, if(period like '2017%', null,
    -0.1) as change_share,
    0.02 as heavy_day_share, 'cities' as mean_over,
    false as is_on_track_to_none, 1.0 as completeness_share, 'PM only' as aqi_basis
from (select 'province' as kind, code, name from dim_region where kind = 'province' union all select 'nation',
    'CHN', 'China') as place,
    (values ('2017Q4'), ('2018Q3'), ('2018Q4')) as q (period);
create table fct_weather_adjusted_change as
select '{OBSERVED}' as edition, 2018 as year, method, '2018Q4' as period, code as place, name as place_name,
    -10.0 as observed_change_pp,
    -4.0 as weather_part_pp, -6.0 as emission_part_pp, -9.0 as emission_low_pp, -3.0 as emission_high_pp,
    0.9 as interval_share,
    0.7 as skill_r2, true as is_skilled, true as is_emission_clear
from dim_region, (values ('counterfactual'), ('normalised')) as m (method) where kind = 'province';
drop table province; drop table consumer; drop table edition;
create schema meta;
create table meta.release as
select edition, year, md5(edition) as fingerprint, timestamp '2026-01-01' as finished_at,
    timestamp '2026-01-01' as published_at
from (values ('{FULL}', 2007), ('{PLAIN}', 2007), ('{OBSERVED}', 2018)) as r (edition, year);
"""


def write_published(path: Path) -> None:
    """Write the synthetic published file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path), config={"threads": "1"}) as connection:
        connection.execute("create schema marts; use marts;")
        connection.execute(_ECONOMY)
        connection.execute(_AIR)
        connection.execute("drop macro draw")

"""The review's page begins with a quarter that most provinces have."""

from __future__ import annotations

import duckdb

from atlas.tables import ask

ROWS = """
create table dim_region as select * from (values ('CN-BJ', '北京'), ('CN-HE', '河北')) as r(code, name_zh);
create table fct_air_quality as
    select
        'air-open' as edition, 2025 as year, 'province' as place_kind, 'quarter' as period_kind,
        'PM2.5' as pollutant, period, place, place as place_name, mean_ug_m3,
        0.1 as change_share, 'cities' as mean_over,
        0.0 as heavy_day_share, true as is_on_track_to_none, 1.0 as completeness_share, 'all' as aqi_basis
    from (values
        ('2025Q3', 'CN-BJ', 20.0), ('2025Q1', 'CN-BJ', 40.0), ('2025Q1', 'CN-HE', 50.0), ('2024Q4', 'CN-BJ', 30.0),
        ('2025Q2', 'CN-BJ', 25.0), ('2025Q2', 'CN-HE', null)
    ) as rows(period, place, mean_ug_m3);
"""


def test_the_quarter_of_most_provinces_comes_first_and_then_the_newest() -> None:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        found = ask(connection, "air_quarter", "air-open", 2025)
    assert found.rows.distinct("period") == ["2025Q1", "2025Q3", "2025Q2", "2024Q4"]
    assert [row["place"] for row in found.rows][:2] == ["CN-HE", "CN-BJ"]

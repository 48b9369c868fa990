"""The query of docs/queries.md over industry, observed air and exports, on a release that has all three."""

from __future__ import annotations

import re

import duckdb

from tests.queries import DOCS
from warehouse.home import Home

BLOCK = re.compile(r"```SQL\n(.*?)```", re.DOTALL)


def test_the_query_that_joins_industry_air_and_exports_runs(air_home: Home) -> None:
    (query,) = BLOCK.findall((DOCS / "queries.md").read_text(encoding="utf-8"))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{air_home.published_file}' as published (read_only)")
        for mart in ("fct_air_quality", "fct_weather_adjusted_change"):
            connection.execute(
                f"create view {mart} as"
                f" select * replace ('air-caqra' as edition) from published.marts.{mart}"
            )
        connection.execute(
            "create view fct_industrial_output as select * replace ('air-open' as edition, 2025 as year,"
            " replace(period, '2025', '2024') as period) from published.marts.fct_industrial_output"
            " where period = '2025Q1'"
        )
        connection.execute("create view dim_region as from published.marts.dim_region")
        connection.execute(
            "create table fct_export_emission as select 'open-2017' as edition, 'CN-NX' as producer_province,"
            " 'SO2' as pollutant, unnest([1.5e5, 0.5e5]) as emission_t"
        )
        connection.execute(
            "create table fct_emission_inventory as select 'open-2017' as edition, 'CN-NX' as province,"
            " 'SO2' as pollutant, 8e5 as emission_t"
        )
        found = connection.execute(query)
        names = [column[0] for column in found.description or ()]
        rows = {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}
    assert len(rows) == 31
    assert rows["Ningxia"]["export_so2_2017_kt"] == 200
    assert rows["Ningxia"]["percent_of_all_so2_2017"] == 25.0
    assert rows["Ningxia"]["pig_iron_change_2024q1_percent"] == 2400.0
    assert rows["Beijing"]["pm25_2018q1_ug_m3"] is not None
    years = {match for name in names for match in re.findall(r"_(20\d\d)", name)}
    assert years == {"2017", "2018", "2024"}, "every column says its year"

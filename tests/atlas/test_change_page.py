"""The page of changes: what its figures say is what the marts hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from atlas.figure import chosen_rows, states
from atlas.page_findings import FACTORS, WHOLE_CHANGE
from atlas.pages import FIGURES
from atlas.pages.change import OTHER_SECTORS, SECTORS_SHOWN
from atlas.tables import Rows, ask
from steps.change_marts import EFFECTS
from tests.atlas.made_up import FULL, PLAIN
from warehouse.home import Home

CHOSEN = {"base": PLAIN, "pollutant": "SO2", "place": "CN-HE"}
KEY = "|".join(CHOSEN.values())


@pytest.fixture(scope="module")
def marts(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        connection.execute("use marts")
        yield connection


def test_every_factor_has_words() -> None:
    assert set(FACTORS) == set(EFFECTS)


def test_a_bar_of_the_waterfall_ends_between_the_ends_of_its_interval(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    figure = FIGURES["change_factors"]
    (bars,) = states(figure, ask(marts, figure.sql, FULL, 2007).rows)[KEY]["data"]
    expected = dict(
        marts.execute(
            "select factor, [p05_t, p95_t] from fct_change_interval where place = 'CN-HE' and pollutant = 'SO2'"
            " and prices = 'base_year' and consumers = 'foreign'"
        ).fetchall()
    )
    names = [name.replace("<br>", " ") for name in bars["y"]]
    titles = {title: factor for factor, title in FACTORS.items()}
    for place, name in enumerate(names[1:-1], start=1):
        low = bars["x"][place] - bars["error_x"]["arrayminus"][place]
        high = bars["x"][place] + bars["error_x"]["array"][place]
        assert [low, high] == pytest.approx(expected[titles[name]], abs=1e-3)
    assert len(names) == 2 + len(expected) - 1
    for ends in ("array", "arrayminus"):
        assert (bars["error_x"][ends][0], bars["error_x"][ends][-1]) == (None, None)


def test_a_release_without_draws_has_bars_without_lines(marts: duckdb.DuckDBPyConnection) -> None:
    figure = FIGURES["change_factors"]
    rows = chosen_rows(figure, ask(marts, figure.sql, FULL, 2007).rows, CHOSEN)
    ends = [rows.columns.index(name) for name in ("low_t", "high_t")]
    without = replace(
        rows,
        values=tuple(
            tuple(None if at in ends else value for at, value in enumerate(row))
            for row in rows.values
        ),
    )
    assert figure.draw is not None
    (bars,) = figure.draw(without, CHOSEN)["data"]
    assert {*bars["error_x"]["array"], *bars["error_x"]["arrayminus"]} == {None}


def test_points_stand_in_both_rules_of_prices_with_their_intervals(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    figure = FIGURES["change_intervals"]
    plot = states(figure, ask(marts, figure.sql, FULL, 2007).rows)[KEY]
    assert [trace["name"] for trace in plot["data"]] == [
        "in prices of the earlier year",
        "in prices of each year",
    ]
    for trace, prices in zip(plot["data"], ("base_year", "current"), strict=True):
        rows = marts.execute(
            "select point_t, p05_t, p95_t from fct_change_interval where place = 'CN-HE' and pollutant = 'SO2'"
            " and consumers = 'foreign' and prices = ? order by point_t",
            [prices],
        ).fetchall()
        found = sorted(
            (x, x - down, x + up)
            for x, down, up in zip(
                trace["x"], trace["error_x"]["arrayminus"], trace["error_x"]["array"], strict=True
            )
        )
        assert [value for row in found for value in row] == pytest.approx(
            [value for row in rows for value in row], abs=1e-3
        )
        assert trace["y"][0] == "The whole change"
    assert "90% interval" in plot["finding"]


def test_the_sentence_names_the_largest_factor_in_prices_of_the_earlier_year() -> None:
    columns = ("prices", "factor", "pollutant", "name", "point_t", "p05_t", "p95_t")
    rows = Rows(
        columns,
        (
            ("base_year", WHOLE_CHANGE, "SO2", "China", -900.0, -950.0, -850.0),
            ("base_year", "emission_intensity", "SO2", "China", -400.0, -450.0, -380.0),
            ("base_year", "export_volume", "SO2", "China", 300.0, 280.0, 320.0),
            ("current", "export_volume", "SO2", "China", 999.0, 900.0, 1100.0),
        ),
    )
    find = FIGURES["change_intervals"].finding
    assert find is not None
    assert find(rows, CHOSEN) == (
        "Emission per dollar of output changed SO2 most: -400 t (90% interval -450 to -380) in China"
    )


def test_sectors_sum_to_the_change_of_all_and_small_ones_are_together() -> None:
    rows = Rows(
        ("pollutant", "name", "factor", "change_t"),
        tuple(
            ("SO2", f"sector {number}", factor, sign * float(number))
            for number in range(1, SECTORS_SHOWN + 4)
            for factor, sign in (("export_volume", 1), ("emission_intensity", -3))
        ),
    )
    figure = FIGURES["change_sectors"]
    assert figure.draw is not None
    plot = figure.draw(rows, CHOSEN)
    names = plot["data"][0]["y"]
    assert names[-1] == OTHER_SECTORS
    assert names[:2] == [f"sector {SECTORS_SHOWN + 3}", f"sector {SECTORS_SHOWN + 2}"]
    assert len(names) == SECTORS_SHOWN + 1
    found: dict[str, float] = defaultdict(float)
    for trace in plot["data"]:
        found[trace["name"]] = sum(trace["x"])
    whole = sum(range(1, SECTORS_SHOWN + 4))
    assert found["Volume of exports"] == whole
    assert found["Emission per dollar of output"] == -3 * whole
    assert figure.finding is not None
    assert figure.finding(rows, CHOSEN) == (
        f"sector {SECTORS_SHOWN + 3}: -28 t of SO2 for exports, of -210 t in all sectors"
    )


def test_sectors_of_the_page_are_those_of_the_mart(marts: duckdb.DuckDBPyConnection) -> None:
    figure = FIGURES["change_sectors"]
    plot = states(figure, ask(marts, figure.sql, FULL, 2007).rows)[f"{PLAIN}|SO2"]
    expected = dict(
        marts.execute(
            "select common_name, sum(change_t) from fct_change_sector inner join (select distinct common_sector,"
            " common_name from dim_sector) on producer_sector = common_sector"
            " where pollutant = 'SO2' and consumer_region <> 'CHN' group by 1"
        ).fetchall()
    )
    names = [name.replace("<br>", " ") for name in plot["data"][0]["y"]]
    found = {
        name: sum(trace["x"][place] for trace in plot["data"]) for place, name in enumerate(names)
    }
    assert found == pytest.approx(expected, rel=1e-5)

"""Queries, rows and drawings of the atlas, on a synthetic release."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import plotly.graph_objects as go
import pytest

from atlas.drawing import complete
from atlas.figure import Figure, chosen_rows, defaults, states
from atlas.pages import FIGURES, PAGES
from atlas.sankey import ALL, OTHERS, SHOWN_PROVINCES, Node, chain_links, draw_chains
from atlas.tables import SQL_FOLDER, Rows, ask, sql_text
from tests.atlas.made_up import FULL, OBSERVED, PLAIN
from warehouse.home import Home


@pytest.fixture(scope="module")
def marts(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        connection.execute("use marts")
        yield connection


def rows_of(marts: duckdb.DuckDBPyConnection, figure: Figure) -> Rows:
    for edition, year in ((FULL, 2007), (OBSERVED, 2018)):
        answer = ask(marts, figure.sql, edition, year)
        if not answer.missing:
            return answer.rows
    pytest.skip(f"the synthetic release has no rows for {figure.name}")


def test_every_query_belongs_to_a_figure_and_every_figure_has_one() -> None:
    queries = {path.stem for path in SQL_FOLDER.glob("*.sql")}
    assert queries == {figure.sql for figure in FIGURES.values()}
    assert len(FIGURES) == sum(len(page.figures) for page in PAGES)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_query_as_shown_says_what_it_is_and_needs_nothing_filled_in(name: str) -> None:
    text = sql_text(FIGURES[name].sql, "it's", 2007)
    assert text.startswith("-- ")
    assert "{{" not in text
    assert "noqa" not in text
    assert "'it''s'" in text


@pytest.mark.parametrize("name", sorted(name for name, each in FIGURES.items() if each.draw))
def test_plotly_accepts_a_figure_for_every_choice(
    name: str, marts: duckdb.DuckDBPyConnection
) -> None:
    figure = FIGURES[name]
    rows = rows_of(marts, figure)
    plots = states(figure, rows) or {"": draw_chains(rows, defaults(figure, rows))}
    for plot in plots.values():
        drawn = go.Figure(complete(plot))
        assert len(drawn.data) >= 1
    shown = "|".join(defaults(figure, rows).values())
    assert figure.live or shown in plots


def test_axes_have_units(marts: duckdb.DuckDBPyConnection) -> None:
    without = []
    for figure in FIGURES.values():
        if figure.draw is None or figure.live:
            continue
        rows = rows_of(marts, figure)
        for plot in states(figure, rows).values():
            bar = [trace.get("colorbar", {}).get("title", {}) for trace in plot["data"]]
            axis = plot["layout"].get("xaxis", {}).get("title", {})
            flow = plot["data"][0].get("valuesuffix", "")
            if not (axis.get("text") or flow or any(title.get("text") for title in bar)):
                without.append(figure.name)
    assert without == []


def test_a_mart_that_is_not_there_is_a_reason(marts: duckdb.DuckDBPyConnection) -> None:
    assert ask(marts, "release_change", FULL, 2007).missing == (
        "This release has no mart fct_release_change yet."
    )
    assert "no rows" in ask(marts, "pm25_map", PLAIN, 2007).missing
    assert "no rows" in ask(marts, "export_map", OBSERVED, 2018).missing


def test_intervals_are_shown_as_soon_as_a_release_has_them() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table dim_region as select 'CHN' as code, 'home' as kind;"
            "create table fct_uncertainty as select 'e' as edition, 1 as year, 'r' as result, place,"
            " 0.5 as low_share from (values ('CHN'), ('CN-HE')) as p (place)"
        )
        answer = ask(connection, "uncertainty", "e", 1)
    assert (answer.rows.columns, answer.rows.values) == (
        ("result", "place", "low_share"),
        (("r", "CHN", 0.5),),
    )


def test_numbers_are_the_marts_to_seven_digits(marts: duckdb.DuckDBPyConnection) -> None:
    rows = ask(marts, "export_map", FULL, 2007).rows
    expected = dict(
        marts.execute(
            "select producer_province, sum(output_musd * emission_t_per_musd) from fct_export_output as o"
            " inner join fct_emission_intensity as i on o.edition = i.edition and producer_province = province"
            " and producer_sector = sector where o.edition = ? and pollutant = 'SO2' group by 1",
            [FULL],
        ).fetchall()
    )
    found = {row["province"]: row["driven_t"] for row in rows if row["pollutant"] == "SO2"}
    assert found == pytest.approx(expected, rel=1e-6)
    assert all(0 < row["indirect_share_exporter"] < 1 for row in rows)


def test_concentrations_are_differences_of_runs(marts: duckdb.DuckDBPyConnection) -> None:
    for row in ask(marts, "pm25_map", FULL, 2007).rows:
        # Without exports 80 % remain of every component; secondary organics do not count as driven.
        assert row["export_ug_m3"] < 0.2 * row["total_ug_m3"]
        # Finished abroad, all of it, in the made-up marts.
        assert row["indirect_share_final_producer"] == 1
        assert row["indirect_share_exporter"] == pytest.approx(1 - 0.05 / 0.2, rel=1e-6)
        assert row["east_coast_share"] == pytest.approx(0.5, rel=1e-6)


def test_chains_carry_the_same_tonnes_through_every_column(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    figure = FIGURES["chains"]
    rows = ask(marts, "chains", FULL, 2007).rows
    part = chosen_rows(figure, rows, {**defaults(figure, rows), "pollutant": "SO2"})
    for emitter in (ALL, "Hebei 河北"):
        links = chain_links(part, emitter, ALL)
        columns = {
            number: sum(value for (source, _), value in links.items() if source.column == number)
            for number in (0, 1, 2)
        }
        assert columns[0] == pytest.approx(columns[1], rel=1e-6)
        assert columns[1] == pytest.approx(columns[2], rel=1e-6)
    provinces = {source.name for source, _ in links if source.column == 2}
    assert len(provinces) == SHOWN_PROVINCES + 1
    assert OTHERS in provinces


def test_a_chosen_consumer_is_the_only_one_and_has_no_layers(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    rows = ask(marts, "chains", FULL, 2007).rows
    part = rows.split(["pollutant"])["APE",]
    links = chain_links(part, "Hebei 河北", "United States")
    assert {target for _, target in links if target.column == 3} == {Node(3, "United States")}
    assert not any(1 in (source.column, target.column) for source, target in links)
    expected = marts.execute(
        "select sum(output_musd * emission_t_per_musd) from fct_export_output as o"
        " inner join fct_emission_intensity as i on o.edition = i.edition and producer_province = province"
        " and producer_sector = sector where o.edition = ? and pollutant = 'APE'"
        " and producer_province = 'CN-HE' and consumer_region = 'USA'",
        [FULL],
    ).fetchall()[0][0]
    into_usa = sum(value for (_, target), value in links.items() if target.name == "United States")
    assert into_usa == pytest.approx(expected, rel=1e-6)

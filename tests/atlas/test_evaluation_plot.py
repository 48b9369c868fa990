"""Figures of the evaluation: what is drawn, and what is said where there is nothing to draw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from atlas.evaluation_plot import draw_evaluation
from warehouse.errors import UserFacingError

go = pytest.importorskip("plotly.graph_objects")


@pytest.fixture
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    con.execute(
        "create table fct_model_evaluation_place as select 'mine' as edition, observation, place,"
        " longitude, latitude, 'PM2.5' as pollutant, season, 'judged' as period,"
        " 50.0 + row_number() over () as modelled_ug_m3, 48.0::double as baseline_ug_m3,"
        " 50.0::double as observed_ug_m3 from (values ('CN-HE', 115.0, 38.0), ('CN-GD', 113.0, 23.0))"
        " as place (place, longitude, latitude), (values ('province_area'), ('province_people'))"
        " as kind (observation), (values ('DJF'), ('MAM'), ('JJA'), ('SON'), ('year')) as s (season)"
    )
    con.execute(
        "create table fct_model_evaluation as select 'mine' as edition, 'PM2.5' as pollutant,"
        " 'judged' as period, 'province_area' as observation, 'DJF' as season, model, r as correlation,"
        " 0.04 as bias_share from (values ('reduced', 0.961), ('smoothed_emission', 0.944))"
        " as skill (model, r)"
    )
    con.execute(
        "create table fct_pm25_grid as select 'mine' as edition, 'Base' as scenario,"
        " 115.0 as longitude, 38.0 as latitude"
    )
    yield con
    con.close()


def test_a_scatter_plot_a_kind_and_a_map(
    marts: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    monkeypatch.setattr(go.Figure, "write_image", lambda figure, *_, **__: drawn.append(figure))
    written = draw_evaluation(marts, "mine", tmp_path / "new", "PM2.5", "judged")
    names = [path.name for path in written if path.suffix == ".html"]
    assert names == [
        "pm25_judged_scatter_province_area.html",
        "pm25_judged_scatter_province_people.html",
        "pm25_judged_bias_map.html",
    ]
    titles = [note.text for note in drawn[0].layout.annotations]
    assert titles[0] == "DJF: r 0.961, NMB +4% (smoothed emissions r 0.944)"
    engine = next(trace for trace in drawn[0].data if trace.name == "engine")
    assert list(engine.text) == ["GD", "HE"]
    assert list(engine.x) == [50.0, 50.0]
    bias = drawn[2].data[1].marker.color
    assert len(bias) == 2
    assert all(0 < share < 0.6 for share in bias)


def test_without_a_browser_pages_are_written_and_no_pictures(
    marts: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_browser(*_: object, **__: object) -> None:
        raise RuntimeError("Kaleido requires Google Chrome to be installed.")

    monkeypatch.setattr(go.Figure, "write_image", no_browser)
    written = draw_evaluation(marts, "mine", tmp_path, "PM2.5", "judged")
    assert {path.suffix for path in written} == {".html"}
    assert "plotly" in written[0].read_text(encoding="utf-8")


def test_nothing_to_draw_is_said(marts: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="no evaluation of CO"):
        draw_evaluation(marts, "mine", tmp_path, "CO", "judged")

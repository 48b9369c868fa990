"""Figures of the evaluation: modelled beside observed by season, and a map of the bias."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from warehouse.errors import UserFacingError

if TYPE_CHECKING:
    import plotly.graph_objects as go

SEASONS = ("DJF", "MAM", "JJA", "SON")
TITLES = {
    "province_area": "provinces, means over area",
    "province_people": "provinces, means over people",
    "province_dense": "provinces, densely populated places",
    "place": "cities",
    "place_dense": "densely populated cities",
}
ENGINE_COLOUR, LINE_COLOUR, EDGE_COLOUR = "#0072b2", "#999999", "#333333"
NEAR_SHARE = 0.16
"""The paper's bias: the map's colours are pale within it."""
WIDTH_PX, SCATTER_HEIGHT_PX, MAP_HEIGHT_PX = 1100, 900, 700


def draw_evaluation(
    con: duckdb.DuckDBPyConnection, edition: str, folder: Path, pollutant: str, period: str
) -> list[Path]:
    """Write one scatter plot for each kind of observation and one map of the bias, as HTML and PNG.

    con: marts are the default schema.  period: calibration or judged.  PNG needs a Chrome or Chromium; without
    one HTML alone is written.  Raises UserFacingError when the edition has nothing to draw.
    """
    places = con.sql(
        "select observation, place, longitude, latitude, season, modelled_ug_m3, baseline_ug_m3,"
        " observed_ug_m3 from fct_model_evaluation_place"
        " where edition = ? and pollutant = ? and period = ? order by all",
        params=[edition, pollutant, period],
    ).pl()
    if places.is_empty():
        raise UserFacingError(
            f"Edition {edition} has no evaluation of {pollutant} for {period}.",
            remedy="Editions with the roles evaluation_emission and evaluation_observation have one.",
        )
    skill = con.sql(
        "select observation, season, model, correlation, bias_share from fct_model_evaluation"
        " where edition = ? and pollutant = ? and period = ?",
        params=[edition, pollutant, period],
    ).pl()
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        f"scatter_{kind}": _scatter(
            places.filter(pl.col("observation") == kind),
            skill.filter(pl.col("observation") == kind),
            f"{pollutant}, {TITLES[kind]}, {_years(period)}",
        )
        for kind in TITLES
        if kind in set(places["observation"])
    }
    mapped = "place" if "place" in set(places["observation"]) else "province_area"
    figures["bias_map"] = _bias_map(
        places.filter((pl.col("observation") == mapped) & (pl.col("season") == "year")),
        _outline(con, edition),
        f"Bias of {pollutant}, {TITLES[mapped]}, year, {_years(period)}",
    )
    name = pollutant.replace(".", "").lower()
    return [
        path
        for kind, figure in figures.items()
        for path in _write(figure, folder / f"{name}_{period}_{kind}")
    ]


def _years(period: str) -> str:
    return {"calibration": "2013-2014 (calibration)", "judged": "2015-2016 (judged)"}[period]


def _scatter(places: pl.DataFrame, skill: pl.DataFrame, title: str) -> go.Figure:
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=2, cols=2, subplot_titles=[_subtitle(skill, s) for s in SEASONS])
    most = 1.12 * float(places.select("modelled_ug_m3", "observed_ug_m3").to_numpy().max())
    labelled = places["place"].n_unique() <= 40
    for place, season in enumerate(SEASONS):
        part = places.filter(pl.col("season") == season)
        where = {"row": place // 2 + 1, "col": place % 2 + 1}
        figure.add_trace(_line([0, most]), **where)
        for name, column, symbol, colour in (
            ("smoothed emissions (no physics)", "baseline_ug_m3", "circle-open", LINE_COLOUR),
            ("engine", "modelled_ug_m3", "circle", ENGINE_COLOUR),
        ):
            if part[column].null_count() == part.height:
                continue
            is_engine = column == "modelled_ug_m3"
            figure.add_trace(
                go.Scatter(
                    x=part["observed_ug_m3"].to_list(),
                    y=part[column].to_list(),
                    text=[code.removeprefix("CN-") for code in part["place"]],
                    mode="markers+text" if is_engine and labelled else "markers",
                    textposition="top center",
                    textfont={"size": 9},
                    marker={"symbol": symbol, "color": colour, "size": 7 if labelled else 4},
                    name=name,
                    legendgroup=name,
                    showlegend=place == 0,
                ),
                **where,
            )
        figure.update_xaxes(title_text="observed, ug/m3", range=[0, most], **where)
        figure.update_yaxes(title_text="modelled, ug/m3", range=[0, most], **where)
    figure.update_layout(title=title, template="plotly_white", legend={"orientation": "h"})
    return figure.update_layout(width=WIDTH_PX, height=SCATTER_HEIGHT_PX)


def _line(ends: Sequence[float]) -> go.Scatter:
    import plotly.graph_objects as go

    return go.Scatter(
        x=ends,
        y=ends,
        mode="lines",
        line={"color": EDGE_COLOUR, "dash": "dot", "width": 1},
        showlegend=False,
        hoverinfo="skip",
    )


def _subtitle(skill: pl.DataFrame, season: str) -> str:
    found = skill.filter(pl.col("season") == season)
    of_model = {model: (r, bias) for _, _, model, r, bias in found.iter_rows() if r is not None}
    engine = of_model.get("reduced")
    line = of_model.get("smoothed_emission")
    text = season if engine is None else f"{season}: r {engine[0]:.3f}, NMB {engine[1]:+.0%}"
    return text if line is None else f"{text} (smoothed emissions r {line[0]:.3f})"


def _outline(con: duckdb.DuckDBPyConnection, edition: str) -> pl.DataFrame:
    """Cells of China, as the ground of the map."""
    cells = con.sql(
        "select distinct longitude, latitude from fct_pm25_grid"
        " where edition = ? and scenario = 'Base' order by all",
        params=[edition],
    )
    frame: pl.DataFrame = cells.pl()
    return frame


def _bias_map(places: pl.DataFrame, cells: pl.DataFrame, title: str) -> go.Figure:
    import plotly.graph_objects as go

    bias = (places["modelled_ug_m3"] / places["observed_ug_m3"] - 1).to_list()
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=cells["longitude"].to_list(),
            y=cells["latitude"].to_list(),
            mode="markers",
            marker={"symbol": "square", "color": "#eeeeee", "size": 5},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    labelled = places.height <= 40
    figure.add_trace(
        go.Scatter(
            x=places["longitude"].to_list(),
            y=places["latitude"].to_list(),
            text=[
                f"{code.removeprefix('CN-')} {share:+.0%}"
                for code, share in zip(places["place"], bias, strict=True)
            ],
            mode="markers+text" if labelled else "markers",
            textposition="top center",
            textfont={"size": 10},
            marker={
                "color": bias,
                "cmin": -0.6,
                "cmax": 0.6,
                "colorscale": [
                    [0.0, "#2166ac"],
                    [0.5 - NEAR_SHARE / 1.2, "#d1e5f0"],
                    [0.5, "#ffffff"],
                    [0.5 + NEAR_SHARE / 1.2, "#fddbc7"],
                    [1.0, "#b2182b"],
                ],
                "size": 16 if labelled else 8,
                "line": {"color": EDGE_COLOUR, "width": 0.7},
                "colorbar": {"title": "modelled over<br>observed less 1", "tickformat": "+.0%"},
            },
            showlegend=False,
        )
    )
    figure.update_xaxes(title_text="degrees east")
    figure.update_yaxes(title_text="degrees north", scaleanchor="x", scaleratio=1.2)
    figure.update_layout(title=title, template="plotly_white")
    return figure.update_layout(width=WIDTH_PX, height=MAP_HEIGHT_PX)


def _write(figure: go.Figure, stem: Path) -> list[Path]:
    """HTML that works offline, and PNG where a browser can draw it."""
    page, picture = stem.with_suffix(".html"), stem.with_suffix(".png")
    figure.write_html(page, include_plotlyjs="directory", div_id=stem.name)
    try:
        figure.write_image(picture, scale=1)
    except (RuntimeError, ValueError, OSError):  # kaleido finds no browser
        return [page]
    return [page, picture]

"""The look that all figures share, and the shapes that several of them use."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from atlas.figure import Plot
from atlas.tables import Record
from warehouse.codes import PROVINCES
from warehouse.regions import REST_OF_WORLD, home_region

ASSETS = Path(__file__).with_name("assets")
INK, QUIET, GRID, BLANK = "#1f2933", "#52606d", "#e4e7eb", "#d5d9de"
# Okabe and Ito (2008), in an order in which neighbours differ in lightness too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#999999", "#F0E442")
# Light to dark in one direction of lightness: readable without colours and in print.
SCALE = [[0.0, "#fff5e1"], [0.25, "#fdcc8a"], [0.5, "#fc8d59"], [0.75, "#c9301d"], [1.0, "#6b0010"]]
HATCH: dict[str, Any] = {
    "shape": "/",
    "fillmode": "overlay",
    "fgcolor": "#ffffff",
    "size": 7,
    "solidity": 0.3,
}
"""How an assumption looks in a bar."""
DOTTED: dict[str, Any] = {**HATCH, "shape": ".", "solidity": 0.4}
"""How a part that is derived from another table looks in a bar."""
LAYER_COLOURS = ("#08306b", "#2b6cb0", "#6ba3d6", "#a9cbe8", "#d5e4f2")
"""Steps in one direction, dark to light: ordered, and readable without colours."""
APART = (REST_OF_WORLD, home_region())
"""Consumers that stand apart, below the others: no country, and what returns to China."""
GREY = COLOURS[6]
_TITLE_LETTERS, _NAME_LETTERS, _NAME_LINES = 56, 28, 2
MOST_TICKS, LETTERS_FROM = 4, 1000
AXIS: dict[str, Any] = {
    "automargin": True,
    "gridcolor": GRID,
    "zerolinecolor": QUIET,
    "linecolor": QUIET,
    "tickcolor": QUIET,
    "fixedrange": True,
}
BASE: dict[str, Any] = {
    "font": {
        "family": "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', Arial, sans-serif",
        "size": 13,
        "color": INK,
    },
    "paper_bgcolor": "#ffffff",
    "plot_bgcolor": "#ffffff",
    "colorway": list(COLOURS),
    "margin": {"l": 8, "r": 12, "t": 12, "b": 64},
    "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": QUIET, "font": {"color": INK}},
    "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
    "dragmode": False,
}
MAP_LAYOUT: dict[str, Any] = {
    "geo": {
        "visible": False,
        "projection": {
            "type": "conic equal area",
            "parallels": [25, 47],
            "rotation": {"lon": 105, "lat": 0},
        },
        "lonaxis": {"range": [79.5, 130.5]},
        "lataxis": {"range": [17.6, 55.0]},
        "bgcolor": "#ffffff",
    },
    "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
}


def layout(**more: Any) -> dict[str, Any]:
    """What a figure adds to the common look; every axis it names gets the common axis."""
    return {
        key: {**AXIS, **value} if key.startswith(("xaxis", "yaxis")) else value
        for key, value in more.items()
    }


def complete(plot: Plot) -> Plot:
    """A figure with the common look, for a drawing outside the site (the site's script does the same)."""
    return {"data": plot["data"], "layout": {**BASE, **plot["layout"]}}


@cache
def province_codes() -> tuple[str, ...]:
    """The codes of all places that the outline has."""
    outline = json.loads((ASSETS / "provinces.json").read_text(encoding="utf-8"))
    return tuple(str(place["id"]) for place in outline["features"])


def with_outline(plot: Plot) -> Plot:
    """A figure that holds the outline itself, for a Plotly that has not read ours."""
    outline = json.loads((ASSETS / "provinces.json").read_text(encoding="utf-8"))
    data = [
        trace | {"geojson": outline} if trace.get("geojson") == "provinces" else trace
        for trace in plot["data"]
    ]
    return {"data": data, "layout": plot["layout"]}


def outline_script() -> str:
    """A script that gives Plotly the outline, and an empty world map so that it never asks the net for one."""
    outline = (ASSETS / "provinces.json").read_text(encoding="utf-8").strip()
    empty = '{"type":"Topology","objects":{},"arcs":[]}'
    return (
        f'window.PlotlyGeoAssets={{"provinces":{outline},"topojson":{{"world_110m":{empty}}}}};\n'
    )


def province_map(
    records: Sequence[Record], column: str, unit: str, hover: str, *, percent: bool = False
) -> Plot:
    """A map of the provinces coloured by a column; places without a row are drawn as places without data.

    records: with province, name, name_zh and the column.  unit: the title of the colour bar.
    hover: Plotly's template; %{customdata[0]} is the name.  percent: the column is a share.
    """
    known = [record for record in records if record[column] is not None]
    blank = [
        code for code in province_codes() if code not in {record["province"] for record in known}
    ]
    line = {"color": "#ffffff", "width": 0.7}
    without = {
        "type": "choropleth",
        "geojson": "provinces",
        "locations": blank,
        "z": [0] * len(blank),
        "colorscale": [[0, BLANK], [1, BLANK]],
        "showscale": False,
        "marker": {"line": line},
        "hovertemplate": "no data<extra></extra>",
        "name": "no data",
        "meta": _pages_of(blank),
    }
    coloured = {
        "type": "choropleth",
        "geojson": "provinces",
        "locations": [record["province"] for record in known],
        "z": [record[column] for record in known],
        "zmin": _least([record[column] for record in known], percent=percent),
        "zmax": max((record[column] for record in known), default=1),
        "customdata": [[label(record), record[column]] for record in known],
        "colorscale": SCALE,
        "marker": {"line": line},
        "colorbar": {
            "title": {"text": unit, "side": "top"},
            "orientation": "h",
            "thickness": 12,
            "len": 0.8,
            "y": -0.02,
            "yanchor": "top",
            "tickformat": _ticks([record[column] for record in known], percent=percent),
            "nticks": MOST_TICKS,
        },
        "hovertemplate": hover + "<extra></extra>",
        "name": unit,
        "meta": _pages_of([record["province"] for record in known]),
    }
    bottom = {**MAP_LAYOUT["margin"], "b": 62}
    return {"data": [without, coloured], "layout": {**MAP_LAYOUT, "margin": bottom}}


def _least(values: Sequence[float], *, percent: bool) -> float:
    """Where the colours begin: at zero; for shares that are all large, at a ten below the least."""
    least = min(values, default=0.0)
    return math.floor(10 * least) / 10 if percent and least > 0.5 else 0.0


def _ticks(values: Sequence[float | None], *, percent: bool) -> str:
    """How an axis writes its ticks: thousands with a letter, what is small as it is (never 50m)."""
    most = max((abs(value) for value in values if value is not None), default=0.0)
    return ".1~%" if percent else "~s" if most >= LETTERS_FROM else ".3~g"


def _pages_of(codes: Sequence[str]) -> dict[str, Any]:
    """What a click on a place of a map opens; places without data of their own have no page."""
    return {"page": "province", "codes": [code if code in PROVINCES else None for code in codes]}


def wrapped(text: str) -> dict[str, str]:
    """The title of an axis in lines; the page's script breaks them again on a phone."""
    return {"text": "<br>".join(textwrap.wrap(text, _TITLE_LETTERS))}


def label(record: Record) -> str:
    """A province's name with its Chinese name beside."""
    chinese = record.get("name_zh")
    return f"{record['name']} {chinese}" if chinese else str(record["name"])


def bars(
    names: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    unit: str,
    percent: bool = False,
    stacked: bool = False,
    hover_unit: str = "",
    colours: Sequence[str] = COLOURS,
) -> Plot:
    """Horizontal bars, the first name at the top. series: name and values; unit: the axis title.

    colours: of the series, in their order.
    """
    form = ":.1%" if percent else ":,.4s"
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [in_lines(str(name)) for name in names],
                "x": list(values),
                "name": name,
                "marker": {"color": colours[place % len(colours)]},
                "hovertemplate": f"%{{y}}<br>{name}: %{{x{form}}} {hover_unit}<extra></extra>",
            }
            for place, (name, values) in enumerate(series)
        ],
        "layout": layout(
            barmode="stack" if stacked else "group",
            bargap=0.25,
            showlegend=len(series) > 1,
            xaxis={
                "title": wrapped(unit),
                "tickformat": _ticks([v for _, values in series for v in values], percent=percent),
                "nticks": MOST_TICKS,
                "tickangle": 0,
            },
            yaxis={"autorange": "reversed", "ticks": "", "showgrid": False, "type": "category"},
            margin={"l": 8, "r": 12, "t": 40 if len(series) > 1 else 12, "b": 64},
        ),
    }


def in_lines(name: str, letters: int = _NAME_LETTERS) -> str:
    """A name beside a bar, in lines that leave room for the bar. letters: how many a line may have."""
    if len(name) <= letters:
        return name
    before, bracket, after = name.partition(" (")
    lines = textwrap.wrap(before, letters, max_lines=_NAME_LINES, placeholder="…")
    lines += [f"({after}"] if bracket else []
    return "<br>".join(lines)


def apart_last(records: Sequence[Record], code: str, amount: str, most: int) -> list[Record]:
    """The largest records by amount; those of `APART` come last and count to no limit."""
    ordered = sorted(records, key=lambda row: -float(row[amount] or 0))
    named = [row for row in ordered if row[code] not in APART]
    return named[:most] + [row for row in ordered if row[code] in APART]


def threshold(axis: str, value: float) -> dict[str, Any]:
    """A dotted line across a figure at a value of an axis."""
    across = "y" if axis == "x" else "x"
    ends = {f"{axis}0": value, f"{axis}1": value, f"{across}0": 0, f"{across}1": 1}
    line = {"color": QUIET, "width": 1, "dash": "dot"}
    return {"type": "line", **ends, f"{across}ref": "paper", "line": line}


def threshold_name(axis: str, value: float, text: str, *, above: bool = False) -> dict[str, Any]:
    """The words beside a line of `threshold`. above: above the figure, where bars would hide them."""
    place: dict[str, Any] = (
        {
            "x": value,
            "y": 1,
            "yref": "paper",
            "xanchor": "left",
            "yanchor": "bottom" if above else "top",
            "xshift": 3,
        }
        if axis == "x"
        else {"y": value, "x": 1, "xref": "paper", "xanchor": "right", "yanchor": "bottom"}
    )
    return {**place, "text": text, "showarrow": False, "font": {"size": 11, "color": QUIET}}


def with_legend(plot: Plot) -> Plot:
    """A figure of bars with its legend, also for one series."""
    margin = {**plot["layout"]["margin"], "t": 40}
    return {**plot, "layout": {**plot["layout"], "showlegend": True, "margin": margin}}


def short(name: str, most: int = 34) -> str:
    """A long name of a sector, cut for a legend."""
    text = str(name)
    return text if len(text) <= most else text[: most - 1].rstrip(" ,;") + "…"

"""Page 5: what was in the air (the quarterly review)."""

from __future__ import annotations

from atlas import air_findings
from atlas.drawing import COLOURS, bars, label, layout, threshold, threshold_name, wrapped
from atlas.figure import Chosen, Figure, Page, Plot, Select, column_options
from atlas.findings import GUIDELINE_UG_M3, STANDARD_UG_M3
from atlas.tables import Rows

OBSERVED = (
    "Observed, or a reanalysis of observations: page Trust names the source. Edition air-open holds means over "
    "cities, air-caqra means over a province's area, not over people or stations: the two are not to be ranked "
    "together. Heavily polluted days count particles alone."
)
ADJUSTED = (
    "Estimated: a statistical model of the weather's part, with an interval; what the model does not explain "
    "counts as emissions. Two methods are shown because they differ where emissions jump."
)


def _quarter(rows: Rows, _: Chosen) -> Plot:
    records = sorted(rows, key=lambda row: -float(row["mean_ug_m3"]))
    plot = bars(
        [label(row) for row in records],
        [("PM2.5", [row["mean_ug_m3"] for row in records])],
        unit="µg/m³ PM2.5, mean of the quarter",
    )
    changes = [row["change_share"] for row in records]
    heavy = [row["heavy_day_share"] for row in records]
    plot["data"][0] |= {
        "customdata": [
            [_percent(change, signed=True), _percent(share)]
            for change, share in zip(changes, heavy, strict=True)
        ],
        # A number without a year before it stays empty: the text above says so.
        "text": ["" if change is None else _percent(change, signed=True) for change in changes],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": 11},
        "hovertemplate": "%{y}<br>%{x:.1f} µg/m³, %{customdata[0]} from a year before<br>"
        "heavily polluted days: %{customdata[1]}<extra></extra>",
    }
    plot["layout"]["shapes"] = [threshold("x", STANDARD_UG_M3), threshold("x", GUIDELINE_UG_M3)]
    plot["layout"]["annotations"] = [
        threshold_name("x", GUIDELINE_UG_M3, "WHO", above=True),
        threshold_name("x", STANDARD_UG_M3, "China's standard", above=True),
    ]
    plot["layout"]["margin"]["t"] = 26
    # Room for the number beside the longest bar.
    plot["layout"]["xaxis"]["range"] = [0, 1.12 * max(float(row["mean_ug_m3"]) for row in records)]
    return plot


def _percent(share: float | None, *, signed: bool = False) -> str:
    if share is None:
        return "no year before" if signed else "not known"
    return f"{100 * share:+.0f}%" if signed else f"{100 * share:.1f}%"


def _series(rows: Rows, _: Chosen) -> Plot:
    known = [row for row in rows if row["mean_ug_m3"] is not None]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": "PM2.5",
                "x": [row["period"] for row in known],
                "y": [row["mean_ug_m3"] for row in known],
                "line": {"color": COLOURS[0], "width": 2},
                "hovertemplate": "%{x}: %{y:.1f} µg/m³<extra></extra>",
            }
        ],
        "layout": layout(
            xaxis={"title": wrapped("quarter"), "type": "category", "nticks": 12},
            yaxis={"title": wrapped("µg/m³ PM2.5, mean of the quarter"), "rangemode": "tozero"},
            shapes=[threshold("y", STANDARD_UG_M3), threshold("y", GUIDELINE_UG_M3)],
            annotations=[
                threshold_name("y", STANDARD_UG_M3, "China's annual standard"),
                threshold_name("y", GUIDELINE_UG_M3, "guideline of the WHO"),
            ],
        ),
    }


def _weather(rows: Rows, _: Chosen) -> Plot:
    records = list(rows)
    names = [label(row) for row in records]

    def points(column: str, name: str, colour: str, symbol: str) -> Plot:
        return {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "y": names,
            "x": [row[column] for row in records],
            "marker": {"color": colour, "symbol": symbol, "size": 9},
            "hovertemplate": f"%{{y}}<br>{name}: %{{x:+.1f}} points<extra></extra>",
        }

    emission = points("emission_part_pp", "emissions' part", COLOURS[3], "diamond")
    middle = [float(row["emission_part_pp"] or 0) for row in records]
    high = [float(row["emission_high_pp"] or m) for row, m in zip(records, middle, strict=True)]
    low = [float(row["emission_low_pp"] or m) for row, m in zip(records, middle, strict=True)]
    emission["error_x"] = {
        "type": "data",
        "symmetric": False,
        "array": [top - m for top, m in zip(high, middle, strict=True)],
        "arrayminus": [m - bottom for bottom, m in zip(low, middle, strict=True)],
        "thickness": 1.2,
        "width": 3,
    }
    return {
        "data": [
            points("observed_change_pp", "observed change", "#1f2933", "circle"),
            points("weather_part_pp", "weather's part", COLOURS[0], "square-open"),
            emission,
        ],
        "layout": layout(
            xaxis={"title": wrapped("change from a year before, percentage points")},
            yaxis={"autorange": "reversed", "type": "category"},
            margin={"l": 8, "r": 12, "t": 40, "b": 64},
        ),
    }


PAGE = Page(
    "air_quality",
    "Air quality review",
    "What was in the air, quarter by quarter, and what of the change did the weather make?",
    (
        Figure(
            "air_quarter",
            "PM2.5 by province",
            "air_quarter",
            "Beside each bar: the change from the same quarter a year before, where that quarter was "
            "observed. Dotted: the guideline of the "
            f"WHO ({GUIDELINE_UG_M3} µg/m³) and China's annual standard ({STANDARD_UG_M3} µg/m³), both for a "
            "year's mean.",
            OBSERVED,
            _quarter,
            (Select("period", "Quarter", column_options("period", ordered=False), "period"),),
            finding=air_findings.quarter,
            height=820,
        ),
        Figure(
            "air_series",
            "A place through the quarters",
            "air_series",
            "The nation, regions and provinces. Quarters with too few days are left out.",
            OBSERVED,
            _series,
            (Select("place", "Place", column_options("place", "name", ordered=False), "place"),),
            finding=air_findings.series,
        ),
        Figure(
            "weather",
            "Weather and emissions",
            "weather",
            "Observed change, the part that the weather made, and the rest, which counts as emissions, with its "
            "90% interval.",
            ADJUSTED,
            _weather,
            (
                Select("period", "Period", column_options("period"), "period"),
                Select("method", "Method", column_options("method"), "method"),
            ),
            finding=air_findings.weather,
            height=820,
        ),
        Figure(
            "industry",
            "Heavy industry, coal power and freight",
            "industry",
            "Output and its change from a year before: bundled to December 2024, then your own tables.",
            "Official statistics.",
            selects=(Select("place", "Place", column_options("place", first="China"), "place"),),
        ),
        Figure(
            "air_published",
            "Published reviews beside ours",
            "air_published",
            "Where ours is empty, this edition does not hold that period or those places.",
            OBSERVED,
        ),
    ),
)

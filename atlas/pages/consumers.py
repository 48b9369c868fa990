"""Page 2: which foreign consumers (Figure 2 of the paper)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atlas import findings
from atlas.drawing import SCALE, bars, label, layout
from atlas.figure import POLLUTANT, Chosen, Figure, Page, Plot, Select, column_options
from atlas.pages.consumption import APART, ESTIMATED, MODELLED
from atlas.tables import Rows

LEADING, LABELLED = 10, 2
UNNAMED = ("Rest of the world", "China")
"""Regions of the world that are never first: no country, and no foreign demand."""


def leading(rows: Rows, _: Chosen) -> Plot:
    """The consumers that drive most emissions of a place, beside their share of its export volume."""
    # Who is not a country, or no foreign one, stands apart, below.
    records = sorted(rows, key=lambda row: -float(row["driven_t"] or 0))
    records = [row for row in records if row["consumer"] not in APART][:LEADING] + [
        row for row in records if row["consumer"] in APART
    ]
    names = [
        f"{record['consumer_name']}{' (returned)' if record['consumer'] == 'CHN' else ''}"
        for record in records
    ]
    series = [
        ("share of emissions driven by exports", [row["emission_share"] for row in records]),
        ("share of the export volume", [row["export_share"] for row in records]),
    ]
    return bars(names, series, unit="share of the place's total", percent=True)


def _heat(rows: Rows, _: Chosen) -> Plot:
    cells = [
        (label(row), str(row["consumed_in"]), float(row["emission_share"] or 0), row["driven_t"])
        for row in rows
    ]
    return _shares(cells, "share of the province's emissions for exports", "consumer")


def _pm25_heat(rows: Rows, _: Chosen) -> Plot:
    """PM2.5 over each place by region of the world that consumes."""
    cells = [
        (label(row), str(row["world_region"]), float(row["export_share"] or 0), row["pm25_ug_m3"])
        for row in rows
        if row["side"] == "consumer"
    ]
    return _shares(cells, "share of the PM2.5 that exports put there", "consumer")


def _partners(rows: Rows, _: Chosen) -> Plot:
    cells = [
        (label(row), str(row["sold_to"]), float(row["export_share"] or 0), row["export_musd"])
        for row in rows
    ]
    return _shares(cells, "share of the province's export volume", "first buyer")


def _shares(cells: Sequence[tuple[str, str, float, Any]], unit: str, columns: str) -> Plot:
    """Places by regions, coloured by share; the two largest named ones of a place carry their number.

    cells: place, region, share and amount, by which places are ordered; shares of one region add up.
    """
    shares: dict[str, dict[str, float]] = {}
    totals: dict[str, float] = {}
    weights: dict[str, float] = {}
    for place, region, part, size in cells:
        of_place = shares.setdefault(place, {})
        of_place[region] = of_place.get(region, 0.0) + part
        totals[place] = totals.get(place, 0.0) + float(size or 0)
        weights[region] = weights.get(region, 0.0) + float(size or 0)
    national = next((place for place in shares if place.split()[0] == "China"), "")
    places = sorted(shares, key=lambda place: (place != national, -totals[place]))
    leading = sorted(weights, key=lambda region: (region in UNNAMED, -weights[region], region))
    named = [region for region in leading if region not in UNNAMED]
    top = {
        place: sorted(named, key=lambda region: -part.get(region, 0.0))[:LABELLED]
        for place, part in shares.items()
    }
    return {
        "data": [
            {
                "type": "heatmap",
                "x": leading,
                "y": places,
                "z": [[shares[place].get(region) for region in leading] for place in places],
                "text": [
                    [
                        f"{shares[place][region]:.0%}"
                        if region in top[place] and region in shares[place]
                        else ""
                        for region in leading
                    ]
                    for place in places
                ],
                "texttemplate": "%{text}",
                "zmin": 0,
                "colorscale": SCALE,
                "xgap": 1,
                "ygap": 1,
                "colorbar": {
                    "title": {"text": unit},
                    "orientation": "h",
                    "thickness": 12,
                    "y": 1.0,
                    "yanchor": "bottom",
                    "tickformat": ".0%",
                },
                "hovertemplate": "%{y}<br>%{x}: %{z:.1%}<extra></extra>",
            }
        ],
        "layout": layout(
            xaxis={"tickangle": -40, "showgrid": False, "title": {"text": columns}},
            yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""},
            margin={"l": 8, "r": 12, "t": 70, "b": 120},
        ),
    }


_TWO_LARGEST = (
    "The two largest named regions of a row carry their number. The rest of the world, which is not a country, "
    "and what returns to China stand last."
)

PAGE = Page(
    "consumers",
    "Consumers",
    "For which foreign consumers does each province pollute, and is it the same as whom it sells to?",
    (
        Figure(
            "leading_consumers",
            "Leading consumers: emissions against export volume",
            "leading_consumers",
            "The ten consumers that drive most, by where the product is finally bought. A consumer whose "
            "first bar is longer buys what is dirtier to make than the average, or buys through third "
            "countries: export volume counts by the first country of destination.",
            ESTIMATED,
            leading,
            (
                Select(
                    "province",
                    "Emissions in",
                    column_options("province", "name", first="all"),
                    "province",
                ),
                POLLUTANT,
            ),
            finding=findings.leading_consumer,
        ),
        Figure(
            "consumer_heat",
            "Every province and region of the world",
            "consumer_heat",
            f"Each row is a province, largest emitter for exports first, and sums to 100 %. {_TWO_LARGEST}",
            ESTIMATED,
            _heat,
            (POLLUTANT,),
            height=900,
            wide=True,
        ),
        Figure(
            "pm25_heat",
            "Who stands behind the PM2.5 over every province",
            "pm25_sources",
            f"Each row is a place, most PM2.5 of exports first, and sums to 100 %. {_TWO_LARGEST}",
            MODELLED,
            _pm25_heat,
            height=900,
            wide=True,
        ),
        Figure(
            "export_partners",
            "Where the exports of every province go first",
            "export_partners",
            "Each row is a province, largest export volume first, and sums to 100 %. Buyers count by the first "
            "country of destination. Where no customs data by province are landed, destinations are those of "
            f"China's exports of each product. {_TWO_LARGEST}",
            ESTIMATED,
            _partners,
            height=900,
            wide=True,
        ),
    ),
)

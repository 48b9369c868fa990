"""Page 2: which foreign consumers (Figure 2 of the paper)."""

from __future__ import annotations

from atlas.drawing import SCALE, bars, label, layout
from atlas.figure import POLLUTANT, Chosen, Figure, Page, Plot, Select, column_options
from atlas.pages.consumption import ESTIMATED
from atlas.tables import Rows

LEADING = 10


def _leading(rows: Rows, _: Chosen) -> Plot:
    records = sorted(rows, key=lambda row: -float(row["driven_t"] or 0))[:LEADING]
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
    shares: dict[str, dict[str, float]] = {}
    totals: dict[str, float] = {}
    for row in rows:
        place, region = label(row), str(row["consumed_in"])
        shares.setdefault(place, {})[region] = float(row["emission_share"] or 0)
        totals[place] = totals.get(place, 0.0) + float(row["driven_t"] or 0)
    national = next((place for place in shares if place == "China"), "")
    places = sorted(shares, key=lambda place: (place != national, -totals[place]))
    regions = {region for part in shares.values() for region in part}
    leading = sorted(regions, key=lambda region: (-shares.get(national, {}).get(region, 0), region))
    return {
        "data": [
            {
                "type": "heatmap",
                "x": leading,
                "y": places,
                "z": [[shares[place].get(region) for region in leading] for place in places],
                "zmin": 0,
                "colorscale": SCALE,
                "xgap": 1,
                "ygap": 1,
                "colorbar": {
                    "title": {"text": "share of the province's emissions for exports"},
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
            xaxis={"tickangle": -40, "showgrid": False, "title": {"text": "consumer"}},
            yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""},
            margin={"l": 8, "r": 12, "t": 70, "b": 120},
        ),
    }


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
            _leading,
            (
                Select(
                    "province",
                    "Emissions in",
                    column_options("province", "name", first="all"),
                    "province",
                ),
                POLLUTANT,
            ),
        ),
        Figure(
            "consumer_heat",
            "Every province and region of the world",
            "consumer_heat",
            "Each row is a province, largest emitter for exports first, and sums to 100 %.",
            ESTIMATED,
            _heat,
            (POLLUTANT,),
            height=900,
            wide=True,
        ),
    ),
)

"""Provinces by region of the world, coloured by share, and the titles of such tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from atlas.drawing import SCALE, in_lines, layout
from atlas.figure import Chosen, Find, Plot
from atlas.page_findings import UNNAMED
from atlas.tables import Rows
from atlas.words import the

LABELLED, ALL_LABELLED, _COLUMN_LETTERS = 2, 8, 14
NATION = "China"
APART_SCALE = [[0.0, "#f2f4f7"], [1.0, "#8a94a3"]]


def shares(cells: Sequence[tuple[str, str, float, Any]], unit: str, columns: str) -> Plot:
    """Places by regions, coloured by share; the two largest named ones of a place carry their number.

    cells: place, region, share and amount, by which places are ordered; shares of one region add up.
    """
    parts: dict[str, dict[str, float]] = {}
    totals: dict[str, float] = {}
    weights: dict[str, float] = {}
    for place, region, part, size in cells:
        of_place = parts.setdefault(place, {})
        of_place[region] = of_place.get(region, 0.0) + part
        totals[place] = totals.get(place, 0.0) + float(size or 0)
        weights[region] = weights.get(region, 0.0) + float(size or 0)
    national = next((place for place in parts if place.split()[0] == NATION), "")
    places = sorted(parts, key=lambda place: (place != national, -totals[place]))
    ordered = sorted(weights, key=lambda region: -weights[region])
    named = [region for region in ordered if region not in UNNAMED]
    apart = [region for region in ordered if region in UNNAMED]
    shown = [*named, *apart]
    # Few columns have room for every number.
    labelled = LABELLED if len(ordered) > ALL_LABELLED else len(named)
    top = {
        place: sorted(named, key=lambda region: -part.get(region, 0.0))[:labelled]
        for place, part in parts.items()
    }

    def trace(regions: Sequence[str], scale: Any, most: float, *, is_named: bool) -> dict[str, Any]:
        """One of two layers over the same cells: what a layer does not colour is empty in it."""
        known = [
            [parts[place].get(region) if region in regions else None for region in shown]
            for place in places
        ]
        return {
            "type": "heatmap",
            "x": [in_lines(region, _COLUMN_LETTERS) for region in shown],
            "y": places,
            "z": known,
            "text": [
                [
                    f"{part:.0%}"
                    if part is not None and (not is_named or region in top[place])
                    else ""
                    for region, part in zip(shown, row, strict=True)
                ]
                for place, row in zip(places, known, strict=True)
            ],
            "texttemplate": "%{text}",
            "hoverongaps": False,
            "zmin": 0,
            "zmax": most,
            "colorscale": scale,
            "showscale": is_named,
            "xgap": 1,
            "ygap": 1,
            "hovertemplate": "%{y}<br>%{x}: %{z:.1%}<extra></extra>",
        }

    most = max((parts[place].get(region, 0.0) for place in places for region in named), default=1.0)
    bar = {
        "title": {"text": unit, "side": "top"},
        "orientation": "h",
        "thickness": 12,
        "y": -0.01,
        "yanchor": "top",
        "tickformat": ".0%",
    }
    return {
        "data": [
            trace(named, SCALE, most, is_named=True) | {"colorbar": bar},
            *([trace(apart, APART_SCALE, 1.0, is_named=False)] if apart else []),
        ],
        "layout": layout(
            xaxis={
                "side": "top",
                "tickangle": 0 if len(ordered) <= ALL_LABELLED else -40,
                "showgrid": False,
                "title": {"text": columns},
            },
            yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""},
            margin={"l": 8, "r": 12, "t": 70, "b": 70},
        ),
    }


def _first(says: str, column: str, part: str) -> Find:
    """A title of a table of provinces: which region comes first in how many."""

    def find(rows: Rows, _: Chosen) -> str:
        parts: dict[str, dict[str, float]] = {}
        for row in rows:
            # Some queries hold exporters beside consumers.
            is_consumer = row.get("side", "consumer") == "consumer"
            if is_consumer and row[column] not in UNNAMED and row["name"] != NATION:
                of_place = parts.setdefault(str(row["name"]), {})
                name = str(row[column])
                of_place[name] = of_place.get(name, 0.0) + float(row[part] or 0)
        firsts = Counter(max(each, key=lambda name: each[name]) for each in parts.values())
        if not firsts:
            return ""
        who, count = firsts.most_common(1)[0]
        text = says.format(who=the(who), count=count, of=len(parts))
        return text[:1].upper() + text[1:]

    return find


EMISSIONS_FIRST = _first(
    "{who} is the first named consumer behind the emissions of {count} of {of} provinces",
    "consumed_in",
    "emission_share",
)
AIR_FIRST = _first(
    "{who} is the first named consumer behind the PM2.5 of exports over {count} of {of} provinces",
    "whose_group",
    "export_share",
)
BUYERS_FIRST = _first(
    "{who} is the first named buyer of {count} of {of} provinces", "sold_to", "export_share"
)

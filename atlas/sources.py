"""Who stands behind the PM2.5 of a place: bars by consumer or exporting province."""

from __future__ import annotations

from collections.abc import Sequence

from atlas.drawing import APART, COLOURS, GREY, HATCH, bars, with_legend
from atlas.figure import Chosen, Plot, Select, fixed
from atlas.tables import Record, Rows
from warehouse.regions import home_region

MOST_SOURCES = 15
HATCHED = (
    "Hatched: assumed, since the destinations of the exporters are those of China's exports of the product. "
    "Grey: the rest of the world, which is not a country, and what returns to China."
)
SIDE = Select(
    "side", "By", fixed(("consumer", "consumer"), ("exporter", "exporting province")), "side"
)


def sources(rows: Rows, chosen: Chosen) -> Plot:
    """The largest consumers or exporters behind the PM2.5 of a place; what is left is one bar.

    Consumers that are not a country or no foreign one stand apart, below. Assumed destinations are hatched.
    """
    records = sorted(rows, key=lambda row: -float(row["pm25_ug_m3"] or 0))
    whole = [record for record in records if record["code"] not in APART]
    named, rest = whole[:MOST_SOURCES], whole[MOST_SOURCES:]
    apart = [record for record in records if record["code"] in APART]
    bundles = [[record] for record in named] + ([rest] if rest else []) + [[each] for each in apart]
    returned = {home_region(): " (returned)"} if chosen["side"] == "consumer" else {}
    names = [
        f"{b[0]['whose']}{returned.get(str(b[0]['code']), '')}"
        if len(b) == 1
        else f"{len(b)} others"
        for b in bundles
    ]
    whose = "consumed there" if chosen["side"] == "consumer" else "exported from there"
    values = [_sum(bundle, "pm25_ug_m3") for bundle in bundles]
    assumed = [_sum(bundle, "assumed_ug_m3") for bundle in bundles]
    known = [value - part for value, part in zip(values, assumed, strict=True)]
    # A remainder of rounding is not a bar.
    kept = [value if value > 1e-6 * max(values, default=0) else 0.0 for value in known]
    is_apart = [bundle[0] in apart for bundle in bundles]
    kinds = [
        (name, part, grey)
        for grey in (False, True)
        for name, part in ((whose, kept), (f"{whose}, assumed", assumed))
    ]
    series = [
        (
            name,
            [value if of == grey else 0.0 for value, of in zip(part, is_apart, strict=True)],
            grey,
        )
        for name, part, grey in kinds
    ]
    shown = [each for each in series if any(each[1])]
    plot = bars(
        names,
        [(name, part) for name, part, _ in shown],
        unit="µg/m³ of PM2.5",
        stacked=True,
        hover_unit="µg/m³",
        colours=[GREY if grey else COLOURS[0] for _, _, grey in shown],
    )
    for trace, (name, _, grey) in zip(plot["data"], shown, strict=True):
        # Grey is explained beside the figure, once.
        trace["showlegend"] = not grey
        if name.endswith("assumed"):
            trace["marker"]["pattern"] = HATCH
    plot = (
        with_legend(plot)
        if any(assumed)
        else {**plot, "layout": {**plot["layout"], "showlegend": False}}
    )
    if chosen["side"] == "consumer":
        codes = [str(b[0]["code"]) if len(b) == 1 else None for b in bundles]
        for trace in plot["data"]:
            trace["meta"] = {"page": "consumer", "codes": codes}
    return plot


def _sum(records: Sequence[Record], column: str) -> float:
    return sum(float(record[column] or 0) for record in records)

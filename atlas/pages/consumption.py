"""Page 1: whose consumption, whose air (Figure 1 of the paper)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from atlas import findings
from atlas.drawing import COLOURS, HATCH, bars, label, layout, province_map, wrapped
from atlas.figure import (
    POLLUTANT,
    Chosen,
    Draw,
    Figure,
    Page,
    Plot,
    Select,
    column_options,
    fixed,
)
from atlas.tables import Record, Rows

STANDARD_UG_M3, GUIDELINE_UG_M3 = 35, 5
"""China's annual standard (GB 3095-2012, class II) and the guideline of the WHO (2021) for PM2.5."""

ESTIMATED = (
    "Estimated: a footprint on official tables and an inventory. Trade between pairs of provinces and the "
    "destinations of each province's exports are estimates (page Trust). Exports that return in Chinese "
    "final demand are included."
)
MODELLED = (
    "Modelled: the embedded transport engine (named reduced), which is linear, with emissions estimated as on "
    "this page. Secondary organics and the background are in totals, never in the export-related part."
)


# Column: its name for one province, the title of the colour bar, whether it is a share.
_EMISSION_MEASURES = {
    "driven_t": ("Emission for exports", "t a year, driven by exports", False),
    "share_of_emissions": ("Share", "share of all emissions of the province", True),
    "indirect_share": (
        "Indirect",
        "share driven through other provinces' exports (reading exporter)",
        True,
    ),
    "east_coast_share": ("East Coast", "share driven by exports of the East Coast", True),
}
_AIR_MEASURES = {
    "export_ug_m3": ("Driven by exports", "µg/m³ PM2.5 driven by exports", False),
    "export_share": ("Share", "share of all PM2.5 over the province", True),
    "indirect_share": (
        "Indirect",
        "share driven by other than direct exports (reading exporter)",
        True,
    ),
    "east_coast_ug_m3": ("East Coast", "µg/m³ driven by exports of the East Coast", False),
    "total_ug_m3": ("All PM2.5", "µg/m³ PM2.5, all sources", False),
}


def _map_of(measures: Mapping[str, tuple[str, str, bool]], unit: str, form: str) -> Draw:
    """A drawing of the measure that is chosen. unit, form: of the amounts among the measures."""

    def draw(rows: Rows, chosen: Chosen) -> Plot:
        name, title, is_share = measures[chosen["measure"]]
        value = "%{z:.1%}" if is_share else f"%{{z{form}}} {unit}"
        hover = f"%{{customdata[0]}}<br>{name}: {value}"
        return province_map(rows.records, chosen["measure"], title, hover, percent=is_share)

    return draw


def _direct_and_indirect(rows: Rows, _: Chosen) -> Plot:
    records = sorted(rows, key=lambda row: -float(row["driven_t"] or 0))
    indirect = [float(r["driven_t"] or 0) * float(r["indirect_share"] or 0) for r in records]
    direct = [float(r["driven_t"] or 0) - part for r, part in zip(records, indirect, strict=True)]
    series = [("own exports", direct), ("supplies to other provinces' exports", indirect)]
    names = [label(record) for record in records]
    return bars(names, series, unit="t a year, driven by exports", stacked=True, hover_unit="t")


def _exposure(rows: Rows, _: Chosen) -> Plot:
    names = {"Base": "all emissions", "I_EX": "without what exports drive"}
    lines = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [row["threshold_ug_m3"] for row in rows if row["scenario"] == scenario],
            "y": [row["people_above_persons"] for row in rows if row["scenario"] == scenario],
            "line": {"color": COLOURS[place], "dash": "dash" if place else "solid", "width": 2},
            "hovertemplate": "%{y:,.4s} people above %{x} µg/m³<extra>" + name + "</extra>",
        }
        for place, (scenario, name) in enumerate(names.items())
    ]
    return {
        "data": lines,
        "layout": layout(
            xaxis={"title": wrapped("PM2.5, µg/m³, mean of the year"), "rangemode": "tozero"},
            yaxis={"title": wrapped("people who breathe more"), "rangemode": "tozero"},
            shapes=[_threshold(GUIDELINE_UG_M3), _threshold(STANDARD_UG_M3)],
            margin={"l": 8, "r": 12, "t": 40, "b": 64},
        ),
    }


MOST_SOURCES = 15
HATCHED = (
    "Hatched: assumed, since the destinations of the exporters are those of China's exports of the product. "
    "Grey: the rest of the world, which is not a country, and what returns to China."
)
SIDE = Select(
    "side", "By", fixed(("consumer", "consumer"), ("exporter", "exporting province")), "side"
)
APART = ("ROW", "CHN")


def sources(rows: Rows, chosen: Chosen) -> Plot:
    """The largest consumers or exporters behind the PM2.5 of a place; what is left is one bar.

    Consumers that are not a country or no foreign one stand apart, below. Assumed destinations are hatched.
    """
    records = sorted(rows, key=lambda row: -float(row["pm25_ug_m3"] or 0))
    whole = [record for record in records if record["code"] not in APART]
    named, rest = whole[:MOST_SOURCES], whole[MOST_SOURCES:]
    apart = [record for record in records if record["code"] in APART]
    bundles = [[record] for record in named] + ([rest] if rest else []) + [[each] for each in apart]
    names = [str(b[0]["whose"]) if len(b) == 1 else f"{len(b)} others" for b in bundles]
    colours = [COLOURS[6] if b[0] in apart else COLOURS[0] for b in bundles]
    values = [_sum(bundle, "pm25_ug_m3") for bundle in bundles]
    assumed = [_sum(bundle, "assumed_ug_m3") for bundle in bundles]
    whose = "consumed there" if chosen["side"] == "consumer" else "exported from there"
    known = [value - part for value, part in zip(values, assumed, strict=True)]
    # A remainder of rounding is not a bar.
    kept = [value if value > 1e-6 * max(values, default=0) else 0.0 for value in known]
    series = [(whose, kept), (f"{whose}, assumed", assumed)]
    plot = bars(
        names,
        [each for each in series if any(each[1])],
        unit="µg/m³ of PM2.5",
        stacked=True,
        hover_unit="µg/m³",
    )
    for trace in plot["data"]:
        trace["marker"] = {"color": colours}
        if trace["name"].endswith("assumed"):
            trace["marker"]["pattern"] = HATCH
    if chosen["side"] == "consumer":
        codes = [str(b[0]["code"]) if len(b) == 1 else None for b in bundles]
        for trace in plot["data"]:
            trace["meta"] = {"page": "consumer", "codes": codes}
    return plot


def _sum(records: Sequence[Record], column: str) -> float:
    return sum(float(record[column] or 0) for record in records)


def _threshold(value: float) -> dict[str, object]:
    line = {"color": "#52606d", "width": 1, "dash": "dot"}
    return {
        "type": "line",
        "x0": value,
        "x1": value,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": line,
    }


_MEASURE = Select(
    "measure",
    "Show",
    fixed(
        ("driven_t", "Emissions driven by exports"),
        ("share_of_emissions", "Their share of the province's emissions"),
        ("indirect_share", "Driven through other provinces' exports (reading exporter)"),
        ("east_coast_share", "Driven by exports of the East Coast"),
    ),
)
_AIR_MEASURE = Select(
    "measure",
    "Show",
    fixed(
        ("export_ug_m3", "PM2.5 driven by exports"),
        ("export_share", "Its share of all PM2.5"),
        ("indirect_share", "Share not from direct exports (reading exporter)"),
        ("east_coast_ug_m3", "PM2.5 driven by exports of the East Coast"),
        ("total_ug_m3", "All PM2.5"),
    ),
)
_ENGINE = Select("engine", "Engine", column_options("engine"), column="engine")

PAGE = Page(
    "consumption",
    "Whose consumption, whose air",
    "How much of each province's pollution is made for foreign consumers?",
    (
        Figure(
            "pm25_map",
            "PM2.5 over each province that exports drive",
            "pm25_map",
            "Mean of the year, weighted by where people live: the run with all emissions less the run without "
            "those that exports drive. What returns to China as its own consumption is left out. Grey: no data.",
            MODELLED,
            _map_of(_AIR_MEASURES, "µg/m³", ":.3g"),
            (_AIR_MEASURE, _ENGINE),
            finding=findings.PM25_MAP,
        ),
        Figure(
            "pm25_sources",
            "For whom, and through whom, PM2.5 comes over a place",
            "pm25_sources",
            "Each bar: PM2.5 over the place, weighted by where people live, that the consumption of a region "
            f"calls for, or that the exports of a province carry, wherever it was emitted. {HATCHED}",
            MODELLED,
            sources,
            (
                Select(
                    "receptor", "Place", column_options("receptor", "name", first="CHN"), "receptor"
                ),
                SIDE,
            ),
            finding=findings.sources,
        ),
        Figure(
            "exposure",
            "People above a level of PM2.5, with and without exports",
            "exposure",
            "Each line: how many people breathe more than a level. The gap is what exports add. Dotted: the "
            f"guideline of the WHO ({GUIDELINE_UG_M3} µg/m³) and China's annual standard ({STANDARD_UG_M3} "
            "µg/m³).",
            MODELLED,
            _exposure,
            (
                Select(
                    "province", "Place", column_options("province", "name", first="CHN"), "province"
                ),
                _ENGINE,
            ),
            finding=findings.exposure(STANDARD_UG_M3),
        ),
        Figure(
            "export_map",
            "Emissions in each province that exports drive",
            "export_map",
            "Coloured by tonnes a year or by share; hover or tap for a province's number. Grey: no data "
            "(Tibet has no input-output table in open editions).",
            ESTIMATED,
            _map_of(_EMISSION_MEASURES, "t", ":,.4s"),
            (_MEASURE, POLLUTANT),
            finding=findings.EXPORT_MAP,
        ),
        Figure(
            "export_bars",
            "For a province's own exports, and for those of others",
            "export_map",
            "Emissions of each province: for what it exports itself, and for what it supplies to "
            "exporters in other provinces.",
            ESTIMATED,
            _direct_and_indirect,
            (POLLUTANT,),
            height=760,
        ),
    ),
)

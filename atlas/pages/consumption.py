"""Page 1: whose consumption, whose air (Figure 1 of the paper)."""

from __future__ import annotations

from collections.abc import Mapping

from atlas import findings
from atlas.drawing import (
    COLOURS,
    bars,
    label,
    layout,
    province_map,
    threshold,
    threshold_name,
    wrapped,
)
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
from atlas.findings import GUIDELINE_UG_M3, STANDARD_UG_M3
from atlas.readings import EXPORTER, FINAL_PRODUCER, READING, column_of, explained
from atlas.sources import HATCHED, SIDE, sources
from atlas.tables import Record, Rows
from warehouse.regions import home_region

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
    "driven_t": ("Emission for exports", "tonnes a year, driven by exports", False),
    "share_of_emissions": ("Share", "share of all emissions of the province", True),
    "indirect_share": (
        "Indirect",
        "share driven through other provinces' exports (reading exporter)",
        True,
    ),
    "indirect_share_final_producer": (
        "Indirect",
        "share for goods that others finish (reading final_producer)",
        True,
    ),
    "east_coast_share": ("East Coast", "share driven by exports of the East Coast", True),
}
_AIR_MEASURES = {
    "export_ug_m3": ("Driven by exports", "µg/m³ PM2.5 driven by exports", False),
    "export_share": ("Share", "share of all PM2.5 over the province", True),
    "indirect_share": (
        "Indirect",
        "share driven by indirect exports (reading exporter)",
        True,
    ),
    "indirect_share_final_producer": (
        "Indirect",
        "share driven by indirect exports (reading final_producer)",
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
        column = column_of(chosen["measure"])
        return province_map(rows.records, column, title, hover, percent=is_share)

    return draw


_PARTS = {
    EXPORTER: ("direct: own exports", "indirect: supplies to other provinces' exports"),
    FINAL_PRODUCER: (
        "direct: final goods it makes itself",
        "indirect: finished in other provinces",
        "indirect: finished abroad",
    ),
}
"""Direct first, in each reading."""


def _shares_of(row: Record, reading: str) -> tuple[float, ...]:
    """The parts of a province's emissions for exports, in the order of `_PARTS`."""
    if reading == EXPORTER:
        indirect = float(row["indirect_share_exporter"] or 0)
        return 1 - indirect, indirect
    elsewhere = float(row["indirect_share_final_producer"] or 0)
    abroad = float(row["finished_abroad_share"] or 0)
    return 1 - elsewhere, elsewhere - abroad, abroad


def _direct_and_indirect(rows: Rows, chosen: Chosen) -> Plot:
    records = sorted(rows, key=lambda row: -float(row["driven_t"] or 0))
    parts = [_shares_of(row, chosen["reading"]) for row in records]
    amounts = [float(row["driven_t"] or 0) for row in records]
    series = [
        (name, [amount * part[place] for amount, part in zip(amounts, parts, strict=True)])
        for place, name in enumerate(_PARTS[chosen["reading"]])
    ]
    names = [label(record) for record in records]
    return bars(
        names, series, unit="tonnes a year, driven by exports", stacked=True, hover_unit="t"
    )


def _exposure(rows: Rows, _: Chosen) -> Plot:
    names = {"Base": "all emissions", "I_EX": "without what exports drive"}
    lines = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [row["threshold_ug_m3"] for row in rows if row["scenario"] == scenario],
            "y": [row["people_above_persons"] / 1e6 for row in rows if row["scenario"] == scenario],
            "line": {"color": COLOURS[place], "dash": "dash" if place else "solid", "width": 2},
            "hovertemplate": "%{y:,.4~g} million people above %{x} µg/m³<extra>"
            + name
            + "</extra>",
        }
        for place, (scenario, name) in enumerate(names.items())
    ]
    return {
        "data": lines,
        "layout": layout(
            xaxis={
                "title": wrapped("PM2.5, µg/m³, mean of the year"),
                "range": [0, _highest(rows)],
            },
            yaxis={
                "title": wrapped("million people who breathe more"),
                "rangemode": "tozero",
                "tickformat": ",",
            },
            shapes=[threshold("x", GUIDELINE_UG_M3), threshold("x", STANDARD_UG_M3)],
            annotations=[
                threshold_name("x", GUIDELINE_UG_M3, "WHO"),
                threshold_name("x", STANDARD_UG_M3, "China's standard"),
            ],
            margin={"l": 8, "r": 12, "t": 40, "b": 64},
        ),
    }


def _highest(rows: Rows) -> float:
    """A little above the highest level that anybody breathes, and above the standard."""
    levels = [float(row["threshold_ug_m3"]) for row in rows if row["people_above_persons"] >= 1]
    return 1.05 * max([*levels, STANDARD_UG_M3 + 10.0])


_MEASURE = Select(
    "measure",
    "Show",
    fixed(
        ("driven_t", "Emissions driven by exports"),
        ("share_of_emissions", "Their share of the province's emissions"),
        ("indirect_share", "Indirect share (reading exporter)"),
        ("indirect_share_final_producer", "Indirect share (reading final_producer)"),
        ("east_coast_share", "Driven by exports of the East Coast"),
    ),
)
_AIR_MEASURE = Select(
    "measure",
    "Show",
    fixed(
        ("export_ug_m3", "PM2.5 driven by exports"),
        ("export_share", "Its share of all PM2.5"),
        ("indirect_share", "Indirect share (reading exporter)"),
        ("indirect_share_final_producer", "Indirect share (reading final_producer)"),
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
            explains=explained,
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
                    "receptor",
                    "Place",
                    column_options("receptor", "name", first=home_region()),
                    "receptor",
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
                    "province",
                    "Place",
                    column_options("province", "name", first=home_region()),
                    "province",
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
            "(some editions have no input-output table of Tibet).",
            ESTIMATED,
            _map_of(_EMISSION_MEASURES, "t", ":,.4s"),
            (_MEASURE, POLLUTANT),
            finding=findings.EXPORT_MAP,
            explains=explained,
        ),
        Figure(
            "export_bars",
            "Direct and indirect, in two readings",
            "export_map",
            "Emissions of each province for exports, in their direct and indirect parts.",
            ESTIMATED,
            _direct_and_indirect,
            (READING, POLLUTANT),
            height=760,
            finding=findings.direct_and_indirect,
            explains=explained,
        ),
    ),
)

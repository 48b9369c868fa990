"""Page: what changed between two years, and why; the record of PM2.5 since 1998."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from atlas import page_findings
from atlas.drawing import (
    COLOURS,
    INK,
    QUIET,
    bars,
    in_lines,
    layout,
    threshold,
    threshold_name,
    wrapped,
)
from atlas.figure import POLLUTANT, Chosen, Figure, Page, Plot, Select, column_options
from atlas.findings import GUIDELINE_UG_M3, STANDARD_UG_M3
from atlas.page_findings import FACTORS
from atlas.tables import Rows

METHOD = (
    "Modelled: structural decomposition of two linked tables, the average over all orders in which seven factors "
    "can change. The table below says in whose prices. Prices `current` are of each year: inflation raises the "
    "volume and lowers the emission per dollar. Exports that come back to China are left out."
)
RECORD = (
    "Satellites (AQLI, CC BY 4.0) weigh cells by the people of 2023, the reanalysis (CAQRA) by those of its "
    "cities, the engine by those of its year. Levels of records differ: follow one line, do not compare two."
)
_KINDS = {"satellite": "satellites", "reanalysis": "reanalysis", "engine": "engine"}


INTERVALS = (
    "Both years' inventories are drawn, each on its own, by the errors of pollutants, sectors and provinces. The "
    "linked tables, the price index and what differs between the sources of the two years are not drawn: read the "
    "intervals as lower bounds."
)
PRICES = {
    "base_year": ("in prices of the earlier year", COLOURS[3], "circle"),
    "current": ("in prices of each year", COLOURS[0], "diamond-open"),
}
"""Rules of prices: in words, colour and symbol."""
SECTORS_SHOWN, OTHER_SECTORS = 11, "All other sectors"


def _waterfall(rows: Rows, _: Chosen) -> Plot:
    """From the earlier year's emission to the later one's, factor by factor."""
    records = {str(row["factor"]): row for row in rows}
    one = rows.records[0]
    factors = [name for name in FACTORS if name in records]
    changes = [float(records[name]["change_t"]) for name in factors]
    begins = list(accumulate(changes, initial=float(one["before_t"])))[:-1]
    names = [str(one["base_year"]), *(FACTORS[name] for name in factors), str(one["later_year"])]
    values = [float(one["before_t"]), *changes, float(one["after_t"])]
    colours = [QUIET, *(COLOURS[3] if change > 0 else COLOURS[0] for change in changes), QUIET]
    plot = bars(names, [("emission", values)], unit="tonnes a year (APE: tonnes of equivalents)")
    plot["data"][0] |= {
        "base": [0.0, *begins, 0.0],
        "marker": {"color": colours},
        "customdata": values,
        "hovertemplate": "%{y}: %{customdata:,.4s} t<extra></extra>",
        "error_x": _whiskers(
            [0.0, *changes, 0.0],
            [None, *(records[name]["low_t"] for name in factors), None],
            [None, *(records[name]["high_t"] for name in factors), None],
        ),
    }
    return plot


def _whiskers(
    middle: Sequence[float],
    low: Sequence[float | None],
    high: Sequence[float | None],
    colour: str = INK,
) -> dict[str, Any]:
    """Lines from low to high around the ends of bars or around points; none where an interval is missing."""
    up = [None if top is None else top - m for top, m in zip(high, middle, strict=True)]
    down = [None if bottom is None else m - bottom for bottom, m in zip(low, middle, strict=True)]
    style = {"color": colour, "thickness": 1.2, "width": 3}
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, **style}


def _intervals(rows: Rows, _: Chosen) -> Plot:
    """A point with its interval for every factor and the whole change, in each rule of prices."""
    titles = {page_findings.WHOLE_CHANGE: "The whole change", **FACTORS}
    data = []
    for rule, (name, colour, symbol) in PRICES.items():
        records = {str(row["factor"]): row for row in rows if row["prices"] == rule}
        if not records:
            continue
        shown = [records[factor] for factor in titles if factor in records]
        points = [float(row["point_t"]) for row in shown]
        whiskers = _whiskers(
            points, [row["p05_t"] for row in shown], [row["p95_t"] for row in shown], colour
        )
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "y": [in_lines(titles[str(row["factor"])]) for row in shown],
                "x": points,
                "marker": {"color": colour, "symbol": symbol, "size": 9},
                "error_x": whiskers,
                "customdata": [
                    [row["p05_t"], row["p95_t"], row["same_sign_share"]] for row in shown
                ],
                "hovertemplate": "%{y}<br>%{x:,.4s} t<br>90 % interval %{customdata[0]:,.4s} to "
                "%{customdata[1]:,.4s} t<br>same sign in %{customdata[2]:.0%} of draws<extra></extra>",
            }
        )
    return {
        "data": data,
        "layout": layout(
            showlegend=True,
            xaxis={"title": wrapped("change, t a year")},
            yaxis={"autorange": "reversed", "type": "category", "showgrid": True},
            margin={"l": 8, "r": 12, "t": 56, "b": 64},
        ),
    }


def _consumers(rows: Rows, _: Chosen) -> Plot:
    return _stacked(
        [(str(row["name"]), str(row["factor"]), float(row["change_t"])) for row in rows],
        [str(name) for name in rows.distinct("name")],
    )


def _sectors(rows: Rows, _: Chosen) -> Plot:
    """The sectors with the largest change, the others as one."""
    change: dict[str, float] = defaultdict(float)
    for row in rows:
        change[str(row["name"])] += float(row["change_t"])
    shown = sorted(change, key=lambda name: -abs(change[name]))[:SECTORS_SHOWN]
    others = [OTHER_SECTORS] if len(change) > len(shown) else []
    cells: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        name = str(row["name"]) if row["name"] in shown else OTHER_SECTORS
        cells[name, str(row["factor"])] += float(row["change_t"])
    return _stacked([(*key, value) for key, value in cells.items()], [*shown, *others])


def _stacked(cells: Sequence[tuple[str, str, float]], names: Sequence[str]) -> Plot:
    """Changes by name and factor as bars: what lowers to the left, what raises to the right."""
    found = {(name, factor): change for name, factor, change in cells}
    series = [
        (title, [found.get((name, factor), 0.0) for name in names])
        for factor, title in FACTORS.items()
    ]
    plot = bars(names, series, unit="change in China, t a year", stacked=True, hover_unit="t")
    plot["layout"]["barmode"] = "relative"
    plot["layout"]["margin"]["t"] = 96
    return plot


def _record(rows: Rows, _: Chosen) -> Plot:
    data = []
    for place, name in enumerate(rows.distinct("record")):
        part = [row for row in rows if row["record"] == name]
        kind = _KINDS[str(part[0]["record_kind"])]
        data.append(
            {
                "type": "scatter",
                "mode": "markers" if len(part) == 1 else "lines+markers",
                "name": f"{kind} ({name})",
                "x": [row["record_year"] for row in part],
                "y": [row["pm25_ug_m3"] for row in part],
                "line": {"color": COLOURS[place % len(COLOURS)], "width": 2},
                "marker": {"size": 11 if len(part) == 1 else 5},
                "hovertemplate": "%{x}: %{y:.1f} µg/m³<extra></extra>",
            }
        )
    years = str(rows.records[0]["edition_years"] or "").split()
    levels = [threshold("y", value) for value in (STANDARD_UG_M3, GUIDELINE_UG_M3)]
    return {
        "data": data,
        "layout": layout(
            xaxis={"title": wrapped("year"), "dtick": 5},
            yaxis={"title": wrapped("µg/m³ PM2.5 that people breathe"), "rangemode": "tozero"},
            shapes=[*levels, *(threshold("x", int(year)) for year in years)],
            annotations=[
                threshold_name("y", STANDARD_UG_M3, "China's standard"),
                threshold_name("y", GUIDELINE_UG_M3, "WHO"),
            ],
            margin={"l": 8, "r": 12, "t": 56, "b": 64},
        ),
    }


_PLACE = Select("place", "Place", column_options("place", "name", ordered=False), column="place")
_BASE = Select(
    "base", "Since", column_options("base_edition", ordered=False), column="base_edition"
)

PAGE = Page(
    "change",
    "What changed, and why",
    "How did the emissions that exports drive change between two years, and which factor carries the change?",
    (
        Figure(
            "change_factors",
            "From one year to the other, factor by factor",
            "change_factors",
            "The first bar is the earlier year, the last one the later year. Each bar between begins where the "
            "one above it ends: orange adds, blue takes away. The thin line at its end is its 90 % interval.",
            f"{METHOD} {INTERVALS}",
            _waterfall,
            finding=page_findings.factors,
            selects=(_BASE, POLLUTANT, _PLACE),
        ),
        Figure(
            "change_intervals",
            "How sure each factor is",
            "change_intervals",
            "Points: the change that a factor made. Lines: its 90 % interval; a short line may hide behind its "
            "point. Where the two rules of prices lie apart, inflation is in the difference.",
            INTERVALS,
            _intervals,
            finding=page_findings.surest,
            selects=(_BASE, POLLUTANT, _PLACE),
        ),
        Figure(
            "change_sectors",
            "Which sectors carry it",
            "change_sectors",
            f"The {SECTORS_SHOWN} emitting sectors with the largest change, in one list of sectors for both years "
            "and over all provinces compared. Bars to the left lower the emission, bars to the right raise it.",
            METHOD,
            _sectors,
            (_BASE, POLLUTANT),
            finding=page_findings.changed_sector,
            height=560,
        ),
        Figure(
            "change_consumers",
            "The same by consumer",
            "change_consumers",
            "Changes in China's emissions for each foreign consumer. Bars to the left lower the emission, bars to "
            "the right raise it.",
            METHOD,
            _consumers,
            (_BASE, POLLUTANT),
        ),
        Figure(
            "change_pairs",
            "What is compared, and what differs in rule",
            "change_pairs",
            "Pairs of editions whose rules are one have an empty caution. residual_share: gap between the factors "
            "and the change.",
            "A record of the run.",
        ),
        Figure(
            "pm25_record",
            "PM2.5 of a province since 1998",
            "pm25_record",
            "Upright dotted lines: the years of the published editions. Level ones: the guideline of the WHO "
            f"({GUIDELINE_UG_M3} µg/m³) and China's annual standard ({STANDARD_UG_M3} µg/m³).",
            RECORD,
            _record,
            (
                Select(
                    "province",
                    "Province",
                    column_options("province", "name"),
                    column="province",
                    default="CN-HE",
                ),
            ),
            finding=page_findings.record,
        ),
    ),
    note="A factor is an accounting term, not a cause: docs/change.md says what may be concluded.",
)

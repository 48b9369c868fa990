"""Page: what changed between two years, and why; the record of PM2.5 since 1998."""

from __future__ import annotations

from itertools import accumulate

from atlas import page_findings
from atlas.drawing import COLOURS, QUIET, bars, layout, threshold, threshold_name, wrapped
from atlas.figure import POLLUTANT, Chosen, Figure, Page, Plot, Select, column_options
from atlas.findings import GUIDELINE_UG_M3, STANDARD_UG_M3
from atlas.tables import Rows

# Volume first and intensity last: so the bars of the waterfall stay above zero.
FACTORS = {
    "export_volume": "Volume of exports",
    "destination": "Which consumers",
    "product_use": "Final goods or intermediates",
    "export_origin": "Which provinces export",
    "product_mix": "Which products",
    "production_structure": "Who supplies whom in China",
    "sector_list": "Lost by the common list of sectors",
    "emission_intensity": "Emission per dollar of output",
}
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
    }
    return plot


def _consumers(rows: Rows, _: Chosen) -> Plot:
    consumers = rows.distinct("name")
    found = {(row["name"], row["factor"]): float(row["change_t"]) for row in rows}
    series = [
        (title, [found.get((name, factor), 0.0) for name in consumers])
        for factor, title in FACTORS.items()
    ]
    plot = bars(
        consumers, series, unit="change in China, tonnes a year", stacked=True, hover_unit="t"
    )
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
            "one above it ends: orange adds, blue takes away.",
            METHOD,
            _waterfall,
            finding=page_findings.factors,
            selects=(
                _BASE,
                POLLUTANT,
                Select(
                    "place", "Place", column_options("place", "name", ordered=False), column="place"
                ),
            ),
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

"""Page 2: which foreign consumers (Figure 2 of the paper)."""

from __future__ import annotations

from atlas import findings, heat, page_findings
from atlas.countries import DERIVED, LEADING_COUNTRIES, SPLIT, countries, names_of
from atlas.drawing import HATCH, apart_last, bars, label
from atlas.figure import POLLUTANT, Chosen, Figure, Page, Plot, Select, column_options
from atlas.pages.consumption import ESTIMATED, MODELLED
from atlas.tables import Rows

LEADING = 10
ASSUMED = (
    "Hatched: most of the bar rests on an assumption, that the exporters' destinations are those "
    "of China's exports."
)


def leading(rows: Rows, _: Chosen) -> Plot:
    """The consumers that drive most emissions of a place, beside their share of its export volume."""
    # Who is not a country, or no foreign one, stands apart, below.
    records = apart_last(list(rows), "consumer", "driven_t", LEADING)
    series = [
        ("share of emissions driven by exports", [row["emission_share"] for row in records]),
        ("share of the export volume", [row["export_share"] for row in records]),
    ]
    plot = bars(names_of(records), series, unit="share of the place's total", percent=True)
    hatched = ["/" if float(row["assumed_share"] or 0) > 0.5 else "" for row in records]
    for trace in plot["data"]:
        trace["marker"]["pattern"] = {**HATCH, "shape": hatched}
        trace["meta"] = {"page": "consumer", "codes": [row["consumer"] for row in records]}
    return plot


def _heat(rows: Rows, _: Chosen) -> Plot:
    cells = [
        (label(row), str(row["consumed_in"]), float(row["emission_share"] or 0), row["driven_t"])
        for row in rows
    ]
    return heat.shares(cells, "share of the province's emissions for exports", "consumer")


def _pm25_heat(rows: Rows, _: Chosen) -> Plot:
    """PM2.5 over each place by region of the world that consumes."""
    cells = [
        (label(row), str(row["whose_group"]), float(row["export_share"] or 0), row["pm25_ug_m3"])
        for row in rows
        if row["side"] == "consumer"
    ]
    return heat.shares(cells, "share of the PM2.5 that exports put there", "consumer")


def _partners(rows: Rows, _: Chosen) -> Plot:
    cells = [
        (label(row), str(row["sold_to"]), float(row["export_share"] or 0), row["export_musd"])
        for row in rows
    ]
    return heat.shares(cells, "share of the province's export volume", "first buyer")


_TWO_LARGEST = (
    "Grey, last: the rest of the world, which is not a country, and what returns to China. With many "
    "regions the two "
    "largest of a row carry their number."
)


EMISSIONS_IN = Select(
    "province", "Emissions in", column_options("province", "name", first="all"), "province"
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
            "countries: export volume counts by the first country of destination. " + ASSUMED,
            ESTIMATED,
            leading,
            (
                EMISSIONS_IN,
                POLLUTANT,
            ),
            finding=findings.leading_consumer,
        ),
        Figure(
            "country_consumers",
            "Consumers by country",
            "country_consumers",
            f"The {LEADING_COUNTRIES} largest, by where the product is finally bought. Dotted: derived. "
            "Grey: the rest of the world, which is not a country, and what returns to China.",
            DERIVED,
            countries,
            (
                SPLIT,
                EMISSIONS_IN,
                POLLUTANT,
            ),
            finding=page_findings.country,
            height=640,
        ),
        Figure(
            "consumer_heat",
            "Every province and region of the world",
            "consumer_heat",
            f"Each row is a province, largest emitter for exports first, and sums to 100%. {_TWO_LARGEST}",
            ESTIMATED,
            _heat,
            (POLLUTANT,),
            finding=heat.EMISSIONS_FIRST,
            height=900,
            wide=True,
        ),
        Figure(
            "pm25_heat",
            "Who stands behind the PM2.5 over every province",
            "pm25_sources",
            f"Each row is a place, most PM2.5 of exports first, and sums to 100%. {_TWO_LARGEST}",
            MODELLED,
            _pm25_heat,
            finding=heat.AIR_FIRST,
            height=900,
            wide=True,
        ),
        Figure(
            "export_partners",
            "Where the exports of every province go first",
            "export_partners",
            "Each row is a province, largest export volume first, and sums to 100%. Buyers count by the first "
            "country of destination. Where no customs data by province are landed, destinations are those of "
            f"China's exports of each product. {_TWO_LARGEST}",
            ESTIMATED,
            _partners,
            finding=heat.BUYERS_FIRST,
            height=900,
            wide=True,
        ),
    ),
)

"""Page: deaths that PM2.5 is associated with, by province, consumer, cause and age."""

from __future__ import annotations

from atlas import findings, page_findings
from atlas.drawing import APART, COLOURS, GREY, apart_last, bars, province_map
from atlas.figure import Chosen, Figure, Page, Plot, Select, column_options, fixed
from atlas.page_findings import CAUSES
from atlas.tables import Rows

LEADING = 15
MEANING = (
    "Deaths are associated, statistical and annual: how many fewer people would have died in the year if everyone "
    "had breathed 2.4 µg/m³ for long. Nobody can be named."
)
MODELLED = (
    "Modelled: PM2.5 of the embedded transport engine (named reduced), relative risks of GEMM (Burnett et al. "
    "2018), death rates and ages of China (GBD 2019). Flows share deaths as they share PM2.5. "
    + MEANING
)
_MEASURES = {
    "deaths": ("Deaths", "deaths a year, all PM2.5", False),
    "deaths_per_100k": ("Deaths", "deaths a year per 100,000 residents", False),
    "export_deaths": ("Deaths", "deaths a year, of foreign demand", False),
    "export_share": ("Share", "share of foreign demand in the deaths", True),
}


def _map(rows: Rows, chosen: Chosen) -> Plot:
    name, title, is_share = _MEASURES[chosen["measure"]]
    value = "%{z:.1%}" if is_share else "%{z:,.3s}"
    hover = f"%{{customdata[0]}}<br>{name}: {value}"
    return province_map(rows.records, chosen["measure"], title, hover, percent=is_share)


def _consumers(rows: Rows, _: Chosen) -> Plot:
    records = apart_last(list(rows), "consumer", "deaths", LEADING)
    series = [("deaths", [record["deaths"] for record in records])]
    names = [str(record["consumer_name"]) for record in records]
    plot = bars(names, series, unit="deaths in China a year", hover_unit="deaths")
    codes = [str(record["consumer"]) for record in records]
    plot["data"][0]["marker"] = {"color": [GREY if code in APART else COLOURS[0] for code in codes]}
    plot["data"][0]["meta"] = {"page": "consumer", "codes": codes}
    return plot


def _ages(rows: Rows, _: Chosen) -> Plot:
    ages = sorted({str(row["age_group"]) for row in rows})
    found = {(row["cause"], row["age_group"]): row["deaths"] for row in rows}
    series = [
        (name, [found.get((cause, age), 0.0) for age in ages]) for cause, name in CAUSES.items()
    ]
    return bars(ages, series, unit="deaths in China a year", stacked=True, hover_unit="deaths")


_ENGINE = Select("engine", "Engine", column_options("engine"), column="engine")

PAGE = Page(
    "health",
    "Deaths",
    "How many deaths is PM2.5 associated with, and whose consumption do they belong to?",
    (
        Figure(
            "health_map",
            "Deaths that PM2.5 is associated with, by province",
            "health_map",
            "Deaths of non-communicable diseases and lower respiratory infections at ages 25 and older, where the "
            "people breathe the air.",
            MODELLED,
            _map,
            (
                Select(
                    "measure",
                    "Show",
                    fixed(
                        ("export_deaths", "Of foreign demand"),
                        ("export_share", "Share of foreign demand"),
                        ("deaths", "All PM2.5"),
                        ("deaths_per_100k", "All PM2.5, per 100,000 residents"),
                    ),
                ),
                _ENGINE,
            ),
            finding=findings.HEALTH_MAP,
        ),
        Figure(
            "health_consumers",
            "Whose consumption: deaths in China by foreign consumer",
            "health_consumers",
            "The fifteen foreign consumers whose demand is associated with most deaths in China, whichever "
            "province exports and wherever it is emitted. Grey: the rest of the world, which is not a country.",
            MODELLED,
            _consumers,
            (_ENGINE,),
            finding=page_findings.health_consumer,
        ),
        Figure(
            "health_ages",
            "Five causes by age",
            "health_ages",
            "Deaths that all PM2.5 is associated with, by age in years. COPD: chronic obstructive "
            "pulmonary disease. "
            "Other non-communicable diseases are not shown.",
            MODELLED,
            _ages,
            (_ENGINE,),
            finding=page_findings.health_cause,
        ),
    ),
    note=MEANING,
)

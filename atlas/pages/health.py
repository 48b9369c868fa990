"""Page: deaths that PM2.5 is associated with, by province, consumer, cause and age."""

from __future__ import annotations

from atlas import findings
from atlas.drawing import bars, province_map
from atlas.figure import Chosen, Figure, Page, Plot, Select, column_options, fixed
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
_CAUSES = ("IHD", "stroke", "COPD", "LC", "LRI")


def _map(rows: Rows, chosen: Chosen) -> Plot:
    name, title, is_share = _MEASURES[chosen["measure"]]
    value = "%{z:.1%}" if is_share else "%{z:,.3s}"
    hover = f"%{{customdata[0]}}<br>{name}: {value}"
    return province_map(rows.records, chosen["measure"], title, hover, percent=is_share)


def _consumers(rows: Rows, _: Chosen) -> Plot:
    records = rows.records[:LEADING]
    series = [("deaths", [record["deaths"] for record in records])]
    names = [str(record["consumer_name"]) for record in records]
    return bars(names, series, unit="deaths in China a year", hover_unit="deaths")


def _ages(rows: Rows, _: Chosen) -> Plot:
    ages = sorted({str(row["age_group"]) for row in rows})
    found = {(row["cause"], row["age_group"]): row["deaths"] for row in rows}
    series = [(cause, [found.get((cause, age), 0.0) for age in ages]) for cause in _CAUSES]
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
            "people breathe the air. " + MEANING,
            MODELLED,
            _map,
            (
                Select(
                    "measure",
                    "Show",
                    fixed(
                        ("deaths", "All PM2.5"),
                        ("deaths_per_100k", "All PM2.5, per 100,000 residents"),
                        ("export_deaths", "Of foreign demand"),
                        ("export_share", "Share of foreign demand"),
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
            "province exports and wherever it is emitted.",
            MODELLED,
            _consumers,
            (_ENGINE,),
        ),
        Figure(
            "health_ages",
            "Five causes by age",
            "health_ages",
            "IHD: ischaemic heart disease; COPD: chronic obstructive pulmonary disease; LC: lung cancer; LRI: "
            "lower respiratory infections. Other non-communicable diseases are not shown.",
            MODELLED,
            _ages,
            (_ENGINE,),
        ),
    ),
    note=MEANING,
)

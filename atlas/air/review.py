"""The review of a period, as CREA writes one each quarter, read from the published marts."""

from __future__ import annotations

import duckdb

from atlas.air import history_queries
from atlas.air.cause_queries import (
    COURSE,
    DRIVEN,
    GAPS,
    INDUSTRY,
    INDUSTRY_PROVINCES,
    LOWERED,
    NOT_TOLD,
    PUBLISHED,
    PUBLISHED_YEAR,
    SPLIT,
    SPLIT_LOOKED,
)
from atlas.air.level_queries import (
    CITIES,
    CITIES_LOOKED,
    COMPLETENESS,
    COMPUTED,
    COMPUTED_LOOKED,
    HEAVY,
    HEAVY_LOOKED,
    ISSUES,
    MISSING,
    NATION,
    OFFICIAL,
    OTHERS,
    OTHERS_LOOKED,
    OTHERS_PROVINCES,
    PERIODS,
    PROVINCES,
    PROVINCES_LOOKED,
    ROSE_LOOKED,
    ROSE_OUTSIDE,
)
from atlas.air.section import Section
from warehouse.database import fetch

_OZONE = (
    "Ozone: the mean of the days' highest 8-hour means; the ministry publishes the 90th percentile. Empty: the "
    "source does not have it, or not of enough days."
)
_REGIONS = Section(
    "Nation and regions",
    NATION,
    "",
    "Without dust: without the days that a rule takes for sand or dust; hold it against the official level; over "
    "the cities (three quarters or more) that have enough days without it. A "
    "mean of fewer than three quarters of a place's days is withheld.",
)
_PROVINCES = Section(
    "Provinces, the most polluted first",
    PROVINCES,
    "",
    "Means over cities (unweighted) or over area, never ranked together. On track to none: of the days that were "
    "observed; empty where the year before is needed and not there.",
    PROVINCES_LOOKED,
)
_CITIES = Section(
    "Cities, the most polluted first",
    CITIES,
    "",
    "Of more than thirty the first fifteen and the last five. Ranked where three quarters of all have "
    "enough days.",
    CITIES_LOOKED,
)
_PERIODS = Section(
    "The year by months, quarters and its half, beside the official figures",
    PERIODS,
    "",
    "Periods with enough days alone.",
)
_COMPUTED = Section(
    "Changes computed from observations of both periods",
    COMPUTED,
    "No place with enough days in both periods.",
    "",
    COMPUTED_LOOKED,
)
_OFFICIAL = Section(
    "Changes as the ministry published them",
    OFFICIAL,
    "",
    "After the deduction of sand and dust. Not ranked with computed ones.",
)
_MISSING = Section(
    "Days of the year before that are missing",
    MISSING,
    "",
    "Days on which fewer than three quarters of the nation's cities or provinces are there. Landed files complete "
    "what is bundled.",
)
_ROSE_OUTSIDE = Section(
    "PM2.5 rose outside the key control regions",
    ROSE_OUTSIDE,
    "No province outside the key control regions had a rise.",
    "",
    ROSE_LOOKED,
)
_HEAVY = Section(
    "Provinces with heavily polluted days",
    HEAVY,
    "No province had a heavily polluted day.",
    "Index above 200 in a city, days of dust included, as in the ministry's figure.",
    HEAVY_LOOKED,
)
_OTHERS = Section("Other pollutants", OTHERS, "", _OZONE)
_OTHERS_PROVINCES = Section(
    "Other pollutants by province",
    OTHERS_PROVINCES,
    "",
    f"Changes are computed. {_OZONE}",
    OTHERS_LOOKED,
)
_DRIVEN = Section(
    "Emissions raised PM2.5: the interval lies above zero",
    DRIVEN,
    "In no place does the interval of the emissions' part lie above zero.",
    "What the model does not explain counts as emissions.",
    SPLIT_LOOKED,
)
_LOWERED = Section("Emissions lowered PM2.5: the interval lies below zero", LOWERED)
_NOT_TOLD = Section("Emissions' part not told from zero, or too little skill", NOT_TOLD)
_INDUSTRY = Section(
    "Heavy industry against a year before",
    INDUSTRY,
    "No table of output that reaches this quarter or year, or one before it.",
    "Change of the provinces that have both years. Where the tables end before the period, the same quarter or "
    "year last held, named in the column period: another one than that of the air.",
)
_INDUSTRY_PROVINCES = Section(
    "Output by province against a year before",
    INDUSTRY_PROVINCES,
    "",
    "Of the period last held, as above. Empty: no output in one of the years, or none published.",
)
_COURSE = Section(
    "Where output rose while PM2.5 fell, and the reverse",
    COURSE,
    "",
    "Whole years, the last year and the last five; PM2.5 that people breathe, from satellites. Both happened: "
    "neither is shown to have made the other.",
)
_HISTORY = Section(
    "Since 1998: PM2.5 that people breathe, by province",
    history_queries.PROVINCES,
    "",
    history_queries.NOTE,
    history_queries.LOOKED,
)
_PUBLISHED = Section(
    "Beside published figures of the period",
    PUBLISHED,
    "",
    "Official particles are after the deduction of dust. Another period: the tables of output end before theirs.",
)
_PUBLISHED_YEAR = Section("The ministry's figures of the year's other periods", PUBLISHED_YEAR)
_GAPS = Section("Not split into weather and emissions", GAPS)
_ISSUES = Section("Left out, filled or doubted in the observations (whole record)", ISSUES)

SECTIONS = (
    _REGIONS,
    _PROVINCES,
    _CITIES,
    _PERIODS,
    _COMPUTED,
    _OFFICIAL,
    _MISSING,
    _ROSE_OUTSIDE,
    _HEAVY,
    _OTHERS,
    _DRIVEN,
    _LOWERED,
    _NOT_TOLD,
    _INDUSTRY,
    _COURSE,
    _HISTORY,
    _PUBLISHED,
    _GAPS,
    _ISSUES,
)
"""The review on the terminal."""

PAGE_SECTIONS = (
    _REGIONS,
    _PROVINCES,
    _CITIES,
    _PERIODS,
    _COMPUTED,
    _OFFICIAL,
    _MISSING,
    _ROSE_OUTSIDE,
    _HEAVY,
    _OTHERS,
    _OTHERS_PROVINCES,
    _DRIVEN,
    _LOWERED,
    _NOT_TOLD,
    Section("The split of every place", SPLIT, "", "Percentage points of the earlier mean."),
    _GAPS,
    _INDUSTRY,
    _INDUSTRY_PROVINCES,
    _COURSE,
    _HISTORY,
    _PUBLISHED,
    _PUBLISHED_YEAR,
    Section(
        "How complete the data are",
        COMPLETENESS,
        "",
        "A place has a mean, and is compared with the year before, only when enough of its days were observed.",
    ),
    _ISSUES,
)
"""The review as a page: the same, other pollutants, the whole split, output by province and completeness."""


_MEANING = {
    "area": "Means over area, of a reanalysis or a table of provinces: not of cities, stations or people. Heavily "
    "polluted days are not told from them",
    "cities": "Every mean is the unweighted mean over cities, as the ministry's",
    "station": "Means of stations",
}


def sources_of(connection: duckdb.DuckDBPyConnection, edition: str, year: int) -> str:
    """What the figures are of, in a line: a reanalysis is not a network of stations."""
    query = """
        select distinct title from fct_provenance
        where edition = ? and year = ? and role = 'observation'
        order by title
    """
    titles = "; ".join(str(title) for (title,) in fetch(connection, query, [edition, year]))
    kinds = fetch(
        connection,
        "select distinct mean_over, aggregation from fct_air_quality where edition = ? and year = ?"
        " and place_kind = 'nation' and period_kind = 'year' order by all",
        [edition, year],
    )
    meaning = "; ".join(_MEANING[str(kind)] for kind, _ in kinds)
    nation = ", ".join(str(aggregation) for _, aggregation in kinds)
    return f"From: {titles}. {meaning}. The nation is the {nation}."

"""What a reader must know of the figures before reading them: said under the heading of a review."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from atlas.air.section import Question, parameters_of


@dataclass(frozen=True)
class Caution:
    """A sentence with places for the columns of a query's one row; no row, no sentence."""

    query: str
    sentence: str


def _places_of(issue: str) -> str:
    """How many places have the issue, and the first twelve of them."""
    return f"""
        select count(distinct place), list_sort(list(distinct place))[:12]
        from fct_air_data_issue
        where edition = $edition and year = $year and issue = '{issue}'
        having count(*) > 0
    """


_ACROSS = Caution(
    """
    select count(distinct place_name), case when count(distinct place_name) = 1 then 'place' else 'places' end
    from fct_air_quality
    where edition = $edition and year = $year and period = $period and is_across_reporting_change
    having count(*) > 0
    """,
    "The changes of {0} {1} compare days before and after 1 September 2018. Since then the network reports "
    "particles at the temperature and pressure of the place and gases at 298.15 K: the same air reads about 8 % "
    "lower (GB 3095-2012, amendment of 2018). That is part of every such change, and counts as emissions where it "
    "is split.",
)
_STATIONS = Caution(
    _places_of("station_without_city"),
    "{0} of the landed stations stand in no known city of the station list, and so in no mean: {1}. Land a list "
    "that has them in station/.",
)
_UNKNOWN = Caution(
    _places_of("unknown_place"),
    "{0} of the landed cities are not known by their names, and stand in no mean: {1}.",
)
_PROVINCES = Caution(
    _places_of("province_of_cities"),
    "{0} of the landed provinces stand in no mean: {1}. This edition has cities of these provinces, and makes the "
    "provinces of them. Land days of cities, or use an edition whose observations are provinces alone.",
)
_CURRENT = Caution(
    """
    select list_sort(list(distinct product))
    from fct_industrial_output as month
    where
        edition = $edition and year = $year and $period not like '____-__' and period_kind = 'month'
        and period between substring($start, 1, 7) and substring($end, 1, 7)
        and not exists (
            select 1 from fct_industrial_output as whole
            where
                whole.edition = $edition and whole.year = $year and whole.product = month.product
                and whole.period = $period
        )
    having count(*) > 0
    """,
    "Output of the period was landed as current values alone (当期值): {0}. Quarters and years need the "
    "accumulated ones (累计值), as January and February are published together.",
)
CAUTIONS = (_ACROSS, _STATIONS, _UNKNOWN, _PROVINCES, _CURRENT)


def cautions(connection: duckdb.DuckDBPyConnection, asked: Question) -> list[str]:
    """The sentences that hold of this review."""
    found = []
    for caution in CAUTIONS:
        rows = connection.execute(caution.query, parameters_of(caution.query, asked)).fetchall()
        found += [caution.sentence.format(*(_listed(value) for value in row)) for row in rows]
    return found


def _listed(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)

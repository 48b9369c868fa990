"""Marts that hold several editions beside each other: what changed between two years, and why.

They are in no working file: who publishes computes them from the marts gathered (steps/change.py). A pair of
editions that was published before, from the same runs and by the same code, is carried over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from warehouse.database import fetch, literal, qualified, quote

PAIR, TOTAL, CHANGE, SECTOR, INTERVAL, PM25 = (
    "fct_change_pair", "fct_change_total", "fct_change", "fct_change_sector", "fct_change_interval",
    "fct_change_pm25",
)  # fmt: skip
RECORD = "change"

_PAIR_KEY: Mapping[str, tuple[str, str]] = {
    "edition": ("varchar not null", "Edition of the later year."),
    "year": ("integer not null", "Later year."),
    "base_edition": ("varchar not null", "Edition of the earlier year."),
    "base_year": ("integer not null", "Earlier year."),
}
_PLACE: Mapping[str, tuple[str, str]] = {
    "producer_province": ("varchar not null", "Province that emits, with a table in both years."),
    "consumer_region": ("varchar not null", "Consumer, of the common list; CHN: returned exports."),
    "pollutant": ("varchar not null", "Pollutant, or the index APE, never summed with the others."),
}  # fmt: skip
_PRICES: tuple[str, str] = (
    "varchar not null",
    "base_year: money of the earlier year, by the role deflator; current: money of each year, so that the "
    "volume holds inflation.",
)
_FACTOR = (
    "What changed: emission_intensity, production_structure, export_volume, destination, product_use, "
    "export_origin, product_mix; sector_list is what the common list loses against the editions' own lists"
)


@dataclass(frozen=True)
class Shape:
    """A mart as it is created. comment: what it holds.  columns: name to type and comment.  key: of the mart."""

    comment: str
    columns: Mapping[str, tuple[str, str]]
    key: tuple[str, ...]


SHAPES: Mapping[str, Shape] = {
    PAIR: Shape(
        "Every two editions of different years: whether their change is split by factor, and what a reader must "
        "know of the comparison. One row per edition, year, base_edition, base_year.",
        {
            **_PAIR_KEY,
            "is_decomposed": ("boolean not null", "Whether the other fct_change marts have rows of this pair."),
            "why_not": ("varchar not null", "Why the pair is not compared; empty where it is."),
            "caution": ("varchar not null", "Where the editions do not keep one rule."),
            "prices": _PRICES,
            "price_note": ("varchar not null", "Whose price index it is, or what is missing."),
            "provinces": ("integer not null", "Provinces that are compared: with a table in both years."),
            "left_out": ("varchar not null", "Left out, with a table in one year alone."),
            "sectors": ("integer not null", "Sectors of the common list with output in both years."),
            "orders": ("integer not null", "Orders of change that the effects are the average of."),
            "residual_share": ("double", "Gap between effects and change, over both emissions."),
        },
        tuple(_PAIR_KEY),
    ),
    TOTAL: Shape(
        "Export-related emissions of both years of a pair, in one list of provinces, consumers and pollutants. "
        "One row per edition, year, base_edition, base_year, producer_province, consumer_region, pollutant.",
        {
            **_PAIR_KEY,
            **_PLACE,
            "before_t": ("double not null", "Emission in the earlier year, t; of APE tonnes of equivalents."),
            "after_t": ("double not null", "Emission in the later year, t."),
        },
        (*_PAIR_KEY, *_PLACE),
    ),
    CHANGE: Shape(
        "What changed export-related emissions between two years, by factor: the average over all orders of "
        "change. Additive over factors, provinces and consumers; the factors sum to after_t less before_t of "
        "fct_change_total. One row per edition, year, base_edition, base_year, producer_province, "
        "consumer_region, pollutant, factor.",
        {
            **_PAIR_KEY,
            **_PLACE,
            "factor": ("varchar not null", f"{_FACTOR}."),
            "prices": _PRICES,
            "change_t": ("double not null", "Change that the factor made, t."),
        },
        (*_PAIR_KEY, *_PLACE, "factor"),
    ),
    SECTOR: Shape(
        "What changed export-related emissions between two years, by producing sector and factor, over the "
        "provinces that are compared: fct_change with sectors in place of provinces. Additive over factors, "
        "sectors and consumers. One row per edition, year, base_edition, base_year, producer_sector, "
        "consumer_region, pollutant, factor.",
        {
            **_PAIR_KEY,
            "producer_sector": ("varchar not null", "Sector that emits: common_sector of dim_sector."),
            "consumer_region": _PLACE["consumer_region"],
            "pollutant": _PLACE["pollutant"],
            "factor": ("varchar not null", f"{_FACTOR}."),
            "prices": _PRICES,
            "change_t": ("double not null", "Change that the factor made, t."),
        },
        (*_PAIR_KEY, "producer_sector", "consumer_region", "pollutant", "factor"),
    ),
    INTERVAL: Shape(
        "How sure each factor is: quantiles of draws of both years' inventories, which are independent; the "
        "linked tables stay. In both rules of prices where an index is known: choose one. One row per edition, "
        "year, base_edition, base_year, prices, place, consumers, pollutant, factor.",
        {
            **_PAIR_KEY,
            "prices": _PRICES,
            "place": ("varchar not null", "Province that emits, or the home region: all that are compared."),
            "consumers": ("varchar not null", "foreign, or all: with exports that come back."),
            "pollutant": _PLACE["pollutant"],
            "factor": ("varchar not null", f"{_FACTOR}; change: all of them."),
            "point_t": ("double not null", "Change that the factor made, without draws, t."),
            "p05_t": ("double not null", "5th percentile, t."),
            "median_t": ("double not null", "Median, t."),
            "p95_t": ("double not null", "95th percentile, t."),
            "same_sign_share": ("double not null", "Share of draws with the sign of point_t."),
            "draws": ("integer not null", "Number of draws."),
            "seed": ("integer not null", "Seed that makes the same draws again."),
        },
        (*_PAIR_KEY, "prices", "place", "consumers", "pollutant", "factor"),
    ),
    PM25: Shape(
        "What changed export-related PM2.5 between two years, by factor, through the mean of both editions' "
        "sensitivities, of pairs that have them. One row per edition, year, base_edition, base_year, engine, "
        "receptor, consumer_region, factor.",
        {
            **_PAIR_KEY,
            "engine": ("varchar not null", "Engine whose sensitivities both editions have."),
            "receptor": ("varchar not null", "Province whose people breathe it, or CHN for all."),
            "consumer_region": _PLACE["consumer_region"],
            "factor": ("varchar not null", f"{_FACTOR}; atmosphere: the sensitivities changed."),
            "prices": _PRICES,
            "change_ug_m3": ("double not null", "Change that the factor made, ug/m3 over people."),
        },
        (*_PAIR_KEY, "engine", "receptor", "consumer_region", "factor"),
    ),
}  # fmt: skip
MARTS = tuple(SHAPES)


@dataclass(frozen=True)
class Pair:
    """Two editions in order of their years."""

    edition: str
    year: int
    base_edition: str
    base_year: int

    @property
    def key(self) -> tuple[str, int, str, int]:
        """The columns that name it in every mart."""
        return (self.edition, self.year, self.base_edition, self.base_year)


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty marts with keys and comments, and the record of what made each pair (meta.change)."""
    for name, shape in SHAPES.items():
        table = qualified("marts", name)
        columns = ", ".join(
            f"{quote(column)} {kind}" for column, (kind, _) in shape.columns.items()
        )
        key = ", ".join(quote(column) for column in shape.key)
        connection.execute(f"create table {table} ({columns}, primary key ({key}))")
        connection.execute(f"comment on table {table} is {literal(shape.comment)}")
        for column, (_, text) in shape.columns.items():
            connection.execute(f"comment on column {table}.{quote(column)} is {literal(text)}")
    columns = (
        "edition varchar, year integer, base_edition varchar, base_year integer, made_from varchar"
    )
    connection.execute(f"create table meta.{RECORD} ({columns})")


def fingerprints(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, int], str]:
    """The run behind each edition and year of the file."""
    rows = fetch(connection, "select edition, year, fingerprint from meta.release order by all")
    return {(str(edition), int(str(year))): str(mark) for edition, year, mark in rows}


def note_made(connection: duckdb.DuckDBPyConnection, pair: Pair, made_from: str) -> None:
    """Record from what the rows of a pair were made."""
    connection.execute(f"insert into meta.{RECORD} values (?, ?, ?, ?, ?)", [*pair.key, made_from])


def carry_over(
    connection: duckdb.DuckDBPyConnection, earlier: str, pair: Pair, made_from: str
) -> bool:
    """Take the rows of a pair from the attached earlier file; False when they were made from something else."""
    has_record = """
        select count(*) from duckdb_tables() where database_name = ? and schema_name = 'meta' and table_name = ?
    """
    if fetch(connection, has_record, [earlier, RECORD]) == [(0,)]:
        return False
    where = "edition = ? and year = ? and base_edition = ? and base_year = ?"
    record = f"select made_from from {qualified(earlier, 'meta', RECORD)} where {where}"
    if fetch(connection, record, list(pair.key)) != [(made_from,)]:
        return False
    for name in MARTS:
        before = qualified(earlier, "marts", name)
        connection.execute(
            f"insert into {qualified('marts', name)} by name select * from {before} where {where}",
            list(pair.key),
        )
    note_made(connection, pair, made_from)
    return True

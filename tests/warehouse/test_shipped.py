"""Results that come with the product are found for the same rows, code and assumptions, and for no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.database import connect, ensure_schemas
from warehouse.shipped import key_of, largest_difference, restore, ship, shipped_frames
from warehouse.tables import Tables

TABLE = "computed.source_apportionment"
READS = ("raw.relief", "raw.emission_grid")
MODULE = "steps.evaluation"
ROWS = pl.DataFrame(
    {
        "province": ["CN-BJ", "CN-TJ"],
        "season": ["year", "year"],
        "emission_year": [2015, 2015],
        "self_made_share": [0.5, 0.25],
    }
)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path / "a.duckdb") as connection:
        ensure_schemas(connection)
        connection.execute(
            "create table raw.relief as select * from (values (1, 2.5e0), (2, 0.1e0)) as t (x, y)"
        )
        yield connection


@pytest.fixture
def tables(con: duckdb.DuckDBPyConnection) -> Tables:
    made = Tables(con, READS, (TABLE,), step="evaluation")
    made.write(TABLE, ROWS)
    return made


def key(tables: Tables, **assumptions: float) -> str:
    return key_of(tables, MODULE, READS, (TABLE,), assumptions)


def test_the_order_of_rows_does_not_matter(con: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    before = key(tables, year=2017)
    con.execute("create or replace table raw.relief as select * from raw.relief order by x desc")
    assert key(tables, year=2017) == before


@pytest.mark.parametrize(
    "change",
    [
        "update raw.relief set y = 0.1000000000000001 where x = 2",
        "delete from raw.relief where x = 2",
        "insert into raw.relief values (2, 0.1e0), (2, 0.1e0)",
        "create or replace table raw.relief as select x, y as z from raw.relief",
        "create table raw.emission_grid as select 1 as x",
    ],
)
def test_another_row_column_or_table_is_another_key(
    con: duckdb.DuckDBPyConnection, tables: Tables, change: str
) -> None:
    before = key(tables, year=2017)
    con.execute(change)
    assert key(tables, year=2017) != before


def test_another_assumption_or_module_is_another_key(tables: Tables) -> None:
    assert key(tables, year=2017) != key(tables, year=2012)
    assert key_of(tables, MODULE, READS, (TABLE,), {}) != key_of(
        tables, "steps.health", READS, (TABLE,), {}
    )


def test_what_was_shipped_is_restored_under_its_contract(tables: Tables, tmp_path: Path) -> None:
    ship(tables, "evaluation", "k", (TABLE,), tmp_path)
    assert shipped_frames("evaluation", "other", tmp_path) == {}
    frames = shipped_frames("evaluation", "k", tmp_path)
    tables.write(TABLE, ROWS.clear())
    assert restore(tables, frames) == 2
    assert largest_difference(tables, frames) == 0.0


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        (ROWS.with_columns(pl.col("self_made_share") * (1 + 1e-6)), 1e-6),
        (ROWS.head(1), float("inf")),
        (ROWS.with_columns(season=pl.lit("DJF")), float("inf")),
    ],
)
def test_a_difference_is_said(tables: Tables, found: pl.DataFrame, difference: float) -> None:
    assert largest_difference(tables, {TABLE: found}) == pytest.approx(difference, rel=1e-3)

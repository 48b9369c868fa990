"""Checksums of published tables: the same figures have the same, in whatever order their rows lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from warehouse.database import fetch, qualified, quote, tables_of
from warehouse.release_change import TABLE as CHANGE_TABLE

# Columns that tell when something ran say nothing about the figures.
RUN_TIME_COLUMNS = ("finished_at", "started_at", "published_at", "seconds")
# What an identity measures is rounding noise: it depends on the order of the rows that are summed.
NOISE_COLUMNS = {"fct_check_result": ("measured", "detail")}


@dataclass(frozen=True)
class PublishedMart:
    """A published table: its rows, and the sum of the hashes of its rows (in any order)."""

    mart: str
    rows: int
    checksum: str


def checksums_of(connection: duckdb.DuckDBPyConnection) -> str:
    """The checksums of the tables of an open release, as ``checksums.csv`` has them."""
    return as_text([summed(connection, table) for table in tables_of(connection, "marts")])


def as_text(marts: Sequence[PublishedMart]) -> str:
    """The file ``checksums.csv``.

    What moved is left out: it depends on the release before, and the same figures have the same checksums.
    """
    named = [mart for mart in marts if mart.mart != CHANGE_TABLE]
    lines = ["mart,rows,checksum", *(f"{m.mart},{m.rows},{m.checksum}" for m in named)]
    return "\n".join(lines) + "\n"


def summed(connection: duckdb.DuckDBPyConnection, table: str) -> PublishedMart:
    """A table of an open release: its rows, and the sum of their hashes."""
    name = qualified("marts", table)
    columns = connection.execute(f"describe {name}").fetchall()
    left_out = (*RUN_TIME_COLUMNS, *NOISE_COLUMNS.get(table, ()))
    hashed = ", ".join(quote(str(row[0])) for row in columns if row[0] not in left_out)
    ((rows, total),) = fetch(connection, f"select count(*), sum(hash({hashed})) from {name}")
    return PublishedMart(table, int(str(rows)), f"{int(str(total or 0)):032x}")

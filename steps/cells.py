"""Large long tables into matrices: DuckDB finds the positions and streams them, so the table is never held."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np
from numpy.typing import NDArray

from compute.frames import Axis, UnknownLabels
from warehouse.database import every_thread

_BATCH_ROWS = 1_000_000


def read_matrix(
    con: duckdb.DuckDBPyConnection,
    query: str,
    rows: Axis,
    row_columns: Sequence[str],
    columns: Axis,
    column_columns: Sequence[str],
    value: str,
) -> NDArray[np.float64]:
    """Sum ``value`` of a query into a matrix, shape (len(rows), len(columns)); cells without rows are zero.

    row_columns, column_columns: the query's columns that hold the axes' labels, in the axes' order.
    Raises UnknownLabels when a row of the query is on neither axis.
    """
    on_row, on_column = _register(con, "rows_axis", rows), _register(con, "columns_axis", columns)
    joined = (
        "select rows_axis.position as row_position, columns_axis.position as column_position,"
        f" cast(cells.{value} as double) as value from ({query}) as cells"
        f" left join rows_axis on {_equal('rows_axis', on_row, row_columns)}"
        f" left join columns_axis on {_equal('columns_axis', on_column, column_columns)}"
    )
    matrix = np.zeros((len(rows), len(columns)))
    try:
        with every_thread(con):
            strays = _scatter(con, joined, matrix)
    finally:
        con.unregister("rows_axis")
        con.unregister("columns_axis")
    if strays:
        raise UnknownLabels(f"{strays} labels in {row_columns} or {column_columns} are on no axis.")
    return matrix


def _scatter(con: duckdb.DuckDBPyConnection, query: str, matrix: NDArray[np.float64]) -> int:
    """Add the rows (row, column, value) of a query to the matrix; returns how many have no place.

    A function of its own: DuckDB answers nothing else while a batch is still held.
    """
    flat, strays = matrix.reshape(-1), 0
    for batch in con.sql(query).to_arrow_reader(_BATCH_ROWS):
        row, column = batch.column(0), batch.column(1)
        strays += row.null_count + column.null_count
        if not strays:
            cells = row.to_numpy() * matrix.shape[1] + column.to_numpy()
            np.add.at(flat, cells, batch.column(2).to_numpy())
    return strays


def _register(con: duckdb.DuckDBPyConnection, name: str, axis: Axis) -> list[str]:
    positions = np.arange(len(axis), dtype=np.int64)
    con.register(name, axis.labels.with_columns(position=positions))
    return axis.names


def _equal(table: str, ours: Sequence[str], theirs: Sequence[str]) -> str:
    pairs = zip(ours, theirs, strict=True)
    return " and ".join(f"{table}.{mine} = cells.{other}" for mine, other in pairs)

"""Sums of the balanced table: cell after cell, as the database adds them."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from compute.frames import Axis
from steps.whole_table import FINAL_DEMAND, SECTOR, _cells, totals

REGIONS, SECTORS = ("A", "B", "C"), tuple(f"s{number:02d}" for number in range(12))
ROWS = Axis.product(region=REGIONS, sector=SECTORS)
COLUMNS = Axis(
    pl.concat(
        pl.DataFrame(
            {
                "region": region,
                "user_kind": [FINAL_DEMAND] * 2 + [SECTOR] * len(SECTORS),
                "user_code": ["gov", "hou", *SECTORS],
            }
        )
        for region in REGIONS
    )
)


@given(st.integers(0, 2**32 - 1))
def test_totals_are_those_of_the_database_to_the_last_bit(seed: int) -> None:
    draws = np.random.default_rng(seed)
    table = draws.lognormal(0, 4, (len(ROWS), len(COLUMNS)))
    table *= draws.random(table.shape) < 0.7
    table -= 2 * table * (draws.random(table.shape) < 0.05)
    flows = pl.concat(_cells(table, ROWS, COLUMNS, SECTOR, "to_sector"))
    demand = pl.concat(_cells(table, ROWS, COLUMNS, FINAL_DEMAND, "user_code"))
    assert flows.height + demand.height == np.count_nonzero(table)
    position = {place: number for number, place in enumerate(COLUMNS.labels.rows())}
    cells = pl.concat(
        [
            flows.rename({"to_sector": "user_code"}).with_columns(user_kind=pl.lit(SECTOR)),
            demand.with_columns(user_kind=pl.lit(FINAL_DEMAND)),
        ],
        how="diagonal_relaxed",
    ).with_columns(pl.col(pl.Categorical).cast(pl.String))
    row = ROWS.positions(cells, ["from_region", "from_sector"])
    column = np.array(
        [position[each] for each in cells.select("to_region", "user_kind", "user_code").rows()]
    )
    assert np.array_equal(table[row, column], cells["value_musd"].to_numpy())
    # In the order of the table, on one thread: as the working file had all cells.
    ordered = cells[np.lexsort((column, row))]  # noqa: F841
    with duckdb.connect(config={"threads": 1}) as con:
        sold = con.sql(
            "select from_region, from_sector, sum(value_musd) from ordered group by all order by all"
        ).fetchall()
        bought = con.sql(
            "select to_region, user_code, sum(value_musd) from ordered where user_kind = 'sector'"
            " group by all order by all"
        ).fetchall()
    found = totals(table, ROWS, COLUMNS)
    assert found.select("region", "sector", "output_musd").rows() == sold
    assert found.select("region", "sector", "input_musd").rows() == bought

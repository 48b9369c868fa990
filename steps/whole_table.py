"""The linked table of editions of kind `paper`: the whole of it is balanced, and written region by region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.balance import BalancedTable, gras
from compute.frames import Axis, to_frame
from steps.cells import read_matrix
from steps.link import table_totals
from warehouse.database import beside_arrays
from warehouse.tables import Assumptions, Tables

Array = NDArray[np.float64]
SECTOR, FINAL_DEMAND = "sector", "final_demand"
Blocks = Mapping[tuple[str, str], str]
"""Supplying and using region to the block of the table that their cells lie in."""


def balance_whole_table(con: Tables, assumptions: Assumptions) -> int:
    """Write the balanced table and what balancing moved; returns the rows of computed.mrio_flow.

    computed.mrio_flow, mrio_final_demand: the cells by kind of user.  mrio_total: their sums by region and sector.
    balance_run, balance_block: residual and moves.

    All regions and users are balanced together (METHOD section 2): rows to gross output, columns to output less
    value added and to final demand.
    """
    with beside_arrays(con.connection):
        return _write_balanced(con, assumptions)


def _write_balanced(con: Tables, assumptions: Assumptions) -> int:
    row_total, column_total = table_totals(con)
    rows = Axis(row_total.select("region", "sector"))
    columns = Axis(column_total.select("region", "user_kind", "user_code"))
    prior = read_matrix(
        con,
        "select from_region, from_sector, to_region, user_kind, user_code, value_musd"
        " from intermediate.int_mrio__prior",
        rows,
        ["from_region", "from_sector"],
        columns,
        ["to_region", "user_kind", "user_code"],
        "value_musd",
    )
    balanced = gras(
        prior,
        row_total["total_musd"].to_numpy(),
        column_total["total_musd"].to_numpy(),
        tolerance=float(assumptions["balance_tolerance"]),
        max_iterations=int(assumptions["balance_max_iterations"]),
        reconcile=float(assumptions["balance_reconcile_share"]),
    )
    con.write("computed.balance_block", moved(prior, balanced, rows, columns, _blocks(con)))
    del prior
    report = pl.DataFrame(
        {"iterations": [balanced.iterations], "max_residual": [balanced.max_residual]}
    )
    con.write("computed.balance_run", report)
    con.write("computed.mrio_total", totals(balanced.table, rows, columns))
    con.write(
        "computed.mrio_final_demand",
        _cells(balanced.table, rows, columns, FINAL_DEMAND, "user_code"),
    )
    return con.write(
        "computed.mrio_flow", _cells(balanced.table, rows, columns, SECTOR, "to_sector")
    )


def moved(
    prior: Array, balanced: BalancedTable, rows: Axis, columns: Axis, block_of: Blocks
) -> pl.DataFrame:
    """By block and using region: sums before and after, and the sum of what every cell moved, million USD."""
    using = columns.labels["region"]
    starts = np.flatnonzero((using != using.shift()).fill_null(True).to_numpy())
    names = using.gather(starts).to_list()
    frames = []
    for region, part in _by_region(rows):
        before, after = prior[part], balanced.table[part]
        amounts = [
            np.add.reduceat(table.sum(axis=0), starts)
            for table in (before, after, np.abs(after - before))
        ]
        frames.append(
            pl.DataFrame(
                {
                    "block": [block_of[region, name] for name in names],
                    "region": names,
                    "prior_musd": amounts[0],
                    "balanced_musd": amounts[1],
                    "moved_musd": amounts[2],
                }
            )
        )
    sums = pl.concat(frames).group_by("block", "region", maintain_order=True).sum()
    return sums.filter(pl.col("prior_musd") != 0).sort("block", "region")


def totals(table: Array, rows: Axis, columns: Axis) -> pl.DataFrame:
    """By region and sector what it delivers to all users, and what it takes in from all sectors, million USD.

    Every cell is added to the sum of those before it, as the database adds: the last bits of a release stay.
    """
    delivered = np.concatenate(
        [np.add.accumulate(table[part], axis=1)[:, -1] for _, part in _by_region(rows)]
    )
    is_sector = (columns.labels["user_kind"] == SECTOR).to_numpy()
    users = Axis(columns.labels.filter(is_sector).select("region", sector="user_code"))
    taken = users.labels.with_columns(input_musd=table.sum(axis=0)[is_sector])
    return (
        rows.labels.with_columns(output_musd=delivered)
        .join(taken, on=["region", "sector"], how="left", maintain_order="left")
        .with_columns(pl.col("input_musd").fill_null(0.0))
    )


def _cells(
    table: Array, rows: Axis, columns: Axis, user_kind: str, user_name: str
) -> Iterator[pl.DataFrame]:
    """The cells of one kind of user, region by region. user_name: the column that names the user."""
    is_kind = (columns.labels["user_kind"] == user_kind).to_numpy()
    users = Axis(
        columns.labels.filter(is_kind).select(
            to_region="region", **{user_name: pl.col("user_code")}
        )
    )
    for _, part in _by_region(rows):
        yield to_frame(
            table[part][:, is_kind],
            [
                (Axis(rows.labels[part]), {"region": "from_region", "sector": "from_sector"}),
                (users, {}),
            ],
            "value_musd",
        )


def _by_region(rows: Axis) -> Iterator[tuple[str, slice]]:
    """Every region with its rows, which stand together."""
    regions = rows.labels["region"]
    starts = np.flatnonzero((regions != regions.shift()).fill_null(True).to_numpy())
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield str(regions[int(start)]), slice(int(start), int(end))


def _blocks(con: Tables) -> Blocks:
    found = con.sql("select from_region, to_region, block from intermediate.int_mrio__block")
    return {(str(supplier), str(user)): str(block) for supplier, user, block in found.fetchall()}

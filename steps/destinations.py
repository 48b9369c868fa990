"""Where each province's exports go: the customs' pattern, fitted to what the linked table fixes."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.allocation import CapExceeded, capped_ras
from compute.frames import Axis, to_matrix, to_vector
from warehouse.tables import Assumptions, Tables

Array = NDArray[np.float64]

# Provinces' exports are met within this share, or the customs' pattern alone cannot meet them.
MET_SHARE = 1e-7


def fit_destinations(con: Tables, assumptions: Assumptions) -> int:
    """Write computed.export_destination; returns its rows.

    Sector by sector, the prior (customs' pattern by province) is scaled to the province's exports and to China's
    exports by destination in the global table. Where the pattern cannot meet both, `trace_share` of China's own
    pattern is mixed into it.
    """
    prior = con.sql(
        "select province, sector, region, basis, prior_musd"
        " from intermediate.int_trade__destination_prior order by sector, province, region"
    ).pl()
    totals = con.sql(
        "select sector, region, export_musd from intermediate.int_trade__destination_total"
        " where is_fitted order by sector, region"
    ).pl()
    trace = float(assumptions["trace_share"])
    fitted = [
        _fitted(part, totals.filter(pl.col("sector") == sector), trace)
        for (sector,), part in prior.group_by("sector", maintain_order=True)
    ]
    return con.write("computed.export_destination", pl.concat(fitted))


def _fitted(prior: pl.DataFrame, totals: pl.DataFrame, trace: float) -> pl.DataFrame:
    """One sector's exports by province and region: prior, fitted amount, and whether a trace was mixed in."""
    provinces = Axis(prior.select("province").unique().sort("province"))
    regions = Axis(totals.select("region"))
    start = to_matrix(prior, provinces, ["province"], regions, ["region"], "prior_musd")
    table, is_traced = fitted_table(
        start, to_vector(totals, regions, ["region"], "export_musd"), trace
    )
    every = provinces.labels.join(regions.labels, how="cross", maintain_order="left")
    known = every.join(
        prior, on=["province", "region"], how="left", maintain_order="left"
    ).with_columns(
        pl.col("sector").fill_null(prior["sector"][0]),
        pl.col("basis").fill_null("trace"),
        pl.col("prior_musd").fill_null(0.0),
        export_musd=pl.Series(table.ravel()),
        is_traced=pl.lit(is_traced),
    )
    return known.filter((pl.col("export_musd") > 0) | (pl.col("prior_musd") > 0)).select(
        "province", "sector", "region", "basis", "prior_musd", "export_musd", "is_traced"
    )


def fitted_table(prior: Array, totals: Array, trace: float) -> tuple[Array, bool]:
    """The prior scaled to its own row sums and to column totals, and whether a trace had to be mixed in.

    prior: (provinces, regions) >= 0, million USD; its row sums are the provinces' exports.
    totals: (regions,) > 0.
    trace: share of the product of both totals that makes every cell positive, so that any totals can be met.
    """
    exports = prior.sum(axis=1)
    no_cap = np.full(prior.shape, np.inf)
    try:
        found = capped_ras(prior, exports, totals, no_cap)
        if (np.abs(found.row_deviation) <= MET_SHARE * exports).all():
            return found.table, False
    except CapExceeded:
        pass  # a region that only provinces without exports of the product supply
    even = np.outer(exports, totals) / totals.sum()
    mixed = (1 - trace) * prior + trace * even
    return capped_ras(mixed, exports, totals, no_cap).table, True

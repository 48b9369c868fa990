"""From trade priors to the linked table: moves labelled arrays between the warehouse and compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.allocation import capped_ras
from compute.balance import gras
from compute.frames import Axis, to_frame, to_matrix, to_vector
from compute.gravity import gravity_flows
from warehouse.database import write_table

Assumptions = Mapping[str, float | str | bool]


def allocate_trade(con: duckdb.DuckDBPyConnection) -> int:
    """Write computed.province_export and computed.province_import; returns their rows.

    Exports meet the global table's sectors exactly and the published provincial totals as far as the caps on
    output allow; imports meet the global table's sectors, capped by use (METHOD section 1).
    """
    totals = con.sql(
        "select sector, export_musd, import_musd from intermediate.int_trade__sector_total"
    ).pl()
    exports = con.sql(
        "select province, sector, prior_musd, cap_musd from intermediate.int_trade__export_prior"
        " order by province, sector"
    ).pl()
    province_total = con.sql(
        "select province, export_musd from intermediate.int_trade__province_total"
    ).pl()
    imports = con.sql(
        "select province, sector, prior_musd, cap_musd from intermediate.int_trade__import_prior"
        " order by province, sector"
    ).pl()
    sent = _allocate(exports, totals, "export_musd", province_total)
    taken = _allocate(imports, totals, "import_musd", None)
    return write_table(con, "computed", "province_export", sent) + write_table(
        con, "computed", "province_import", taken
    )


def _allocate(
    prior: pl.DataFrame, totals: pl.DataFrame, measure: str, province_total: pl.DataFrame | None
) -> pl.DataFrame:
    """One trade direction by province and sector: prior, allocated amount, and whether the cap binds."""
    provinces = Axis(prior.select("province").unique().sort("province"))
    sectors = Axis(prior.select("sector").unique().sort("sector"))
    traded = totals.join(sectors.labels, on="sector")
    cells = (provinces, ["province"], sectors, ["sector"])
    start = to_matrix(prior, *cells, "prior_musd")
    upper = to_matrix(prior, *cells, "cap_musd")
    result = capped_ras(
        start,
        None
        if province_total is None
        else to_vector(province_total, provinces, ["province"], "export_musd"),
        to_vector(traded, sectors, ["sector"], measure),
        upper,
    )
    return prior.select("province", "sector", "prior_musd", "cap_musd").with_columns(
        pl.Series(measure, _gather(result.table, prior, provinces, sectors)),
        pl.Series("is_capped", _gather(result.capped, prior, provinces, sectors)),
    )


def _gather(
    matrix: NDArray[np.generic], frame: pl.DataFrame, rows: Axis, columns: Axis
) -> NDArray[np.generic]:
    """The matrix's value for every row of a frame with columns province and sector."""
    return matrix[rows.positions(frame, ["province"]), columns.positions(frame, ["sector"])]


@dataclass(frozen=True)
class _Margin:
    """Reconciled outflow and inflow of one sector."""

    outflow: NDArray[np.float64]
    inflow: NDArray[np.float64]


def estimate_gravity(con: duckdb.DuckDBPyConnection, assumptions: Assumptions) -> int:
    """Write computed.interprovincial_margin and computed.interprovincial_flow; returns the flows' rows.

    Sector by sector: outflow and inflow are brought to one sum (their mean, less where caps bind), then spread
    over pairs by gravity.
    """
    margins = con.sql(
        "select province, sector, outflow_musd, inflow_musd, outflow_cap_musd, inflow_cap_musd"
        " from intermediate.int_link__margin order by sector, province"
    ).pl()
    distances = con.sql(
        "select from_province, to_province, distance_km from intermediate.int_link__distance"
    ).pl()
    provinces = Axis(margins.select("province").unique().sort("province"))
    distance_km = to_matrix(
        distances, provinces, ["from_province"], provinces, ["to_province"], "distance_km"
    )
    exponent = float(assumptions["gravity_exponent"])
    flows, reconciled = [], []
    for (sector,), part in margins.group_by("sector", maintain_order=True):
        prior, caps = (
            _Margin(
                to_vector(part, provinces, ["province"], f"outflow{kind}_musd"),
                to_vector(part, provinces, ["province"], f"inflow{kind}_musd"),
            )
            for kind in ("", "_cap")
        )
        margin = _reconcile(prior, caps)
        result = gravity_flows(margin.outflow, margin.inflow, distance_km, exponent=exponent)
        names = [
            (provinces, {"province": "from_province"}),
            (provinces, {"province": "to_province"}),
        ]
        flows.append(
            to_frame(result.flows, names, "value_musd").select(
                "from_province", "to_province", pl.lit(sector).alias("sector"), "value_musd"
            )
        )
        reconciled.append(
            provinces.labels.with_columns(
                sector=pl.lit(sector),
                outflow_prior_musd=prior.outflow,
                inflow_prior_musd=prior.inflow,
                outflow_musd=margin.outflow,
                inflow_musd=margin.inflow,
                cross_haul_musd=result.cross_haul,
            )
        )
    write_table(con, "computed", "interprovincial_margin", pl.concat(reconciled))
    return write_table(con, "computed", "interprovincial_flow", pl.concat(flows))


def _reconcile(prior: _Margin, caps: _Margin) -> _Margin:
    """Outflow and inflow with one sum: the mean of the two, or what the tighter cap leaves."""
    mean = (prior.outflow.sum() + prior.inflow.sum()) / 2
    if prior.outflow.sum() == 0 or prior.inflow.sum() == 0:
        return _Margin(np.zeros_like(prior.outflow), np.zeros_like(prior.inflow))
    outflow_cap = np.maximum(caps.outflow, 0) * (prior.outflow > 0)
    inflow_cap = np.maximum(caps.inflow, 0) * (prior.inflow > 0)
    total = np.array([min(mean, outflow_cap.sum(), inflow_cap.sum())])
    filled = [
        capped_ras(start[:, None], None, total, cap[:, None]).table[:, 0]
        for start, cap in ((prior.outflow, outflow_cap), (prior.inflow, inflow_cap))
    ]
    return _Margin(*filled)


def table_totals(con: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What balancing must meet, million USD: totals by region and sector, and by user."""
    row_total = con.sql(
        "select region, sector, total_musd from intermediate.int_mrio__row_total order by all"
    ).pl()
    column_total = con.sql(
        "select region, user_kind, user_code, total_musd from intermediate.int_mrio__column_total"
        " order by all"
    ).pl()
    return row_total, column_total


def balance_table(con: duckdb.DuckDBPyConnection, assumptions: Assumptions) -> int:
    """Write computed.mrio_flow, mrio_final_demand, mrio_output and balance; returns the flows' rows."""
    prior = con.sql(
        "select from_region, from_sector, to_region, user_kind, user_code, block, value_musd"
        " from intermediate.int_mrio__prior"
    ).pl()
    row_total, column_total = table_totals(con)
    rows = Axis(row_total.select("region", "sector"))
    columns = Axis(column_total.select("region", "user_kind", "user_code"))
    supplier, user = ["from_region", "from_sector"], ["to_region", "user_kind", "user_code"]
    balanced = gras(
        to_matrix(prior, rows, supplier, columns, user, "value_musd"),
        row_total["total_musd"].to_numpy(),
        column_total["total_musd"].to_numpy(),
        tolerance=float(assumptions["balance_tolerance"]),
        max_iterations=int(assumptions["balance_max_iterations"]),
        reconcile=float(assumptions["balance_reconcile_share"]),
    )
    table = to_frame(
        balanced.table,
        [
            (rows, {"region": "from_region", "sector": "from_sector"}),
            (columns, {"region": "to_region"}),
        ],
        "value_musd",
    )
    write_table(con, "computed", "mrio_balanced", table)
    report = pl.DataFrame(
        {"iterations": [balanced.iterations], "max_residual": [balanced.max_residual]}
    )
    write_table(con, "computed", "balance_run", report)
    return table.height

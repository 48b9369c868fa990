"""The steps between SQL and compute, on a country of three provinces and two products."""

import duckdb
import polars as pl
import pytest

from compute.balance import InfeasibleTotals
from steps.link import allocate_trade, balance_table, estimate_gravity

PROVINCES = ("CN-AA", "CN-BB", "CN-CC")
ASSUMPTIONS = {
    "gravity_exponent": 1.0,
    "balance_tolerance": 1e-10,
    "balance_max_iterations": 1000,
    "balance_reconcile_share": 1e-9,
}


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for schema in ("intermediate", "computed"):
        connection.execute(f"create schema {schema}")
    return connection


def put(con: duckdb.DuckDBPyConnection, name: str, rows: list[tuple], columns: list[str]) -> None:
    frame = pl.DataFrame(rows, schema=columns, orient="row")  # noqa: F841  DuckDB reads it by name
    con.execute(f"create or replace table intermediate.{name} as select * from frame")


def trade_case(con: duckdb.DuckDBPyConnection, cap: float = 1000.0) -> None:
    put(
        con,
        "int_trade__sector_total",
        [("c1", 30.0, 12.0), ("c2", 70.0, 8.0), ("c19", 0.0, 3.0)],
        ["sector", "export_musd", "import_musd"],
    )
    cells = [(p, s, 10.0 * (i + 1), cap) for i, p in enumerate(PROVINCES) for s in ("c1", "c2")]
    columns = ["province", "sector", "prior_musd", "cap_musd"]
    put(con, "int_trade__export_prior", cells, columns)
    put(con, "int_trade__import_prior", cells, columns)
    totals = [(p, t) for p, t in zip(PROVINCES, (20.0, 30.0, 50.0), strict=True)]
    put(con, "int_trade__province_total", totals, ["province", "export_musd"])


def test_exports_meet_sectors_and_provinces(con):
    trade_case(con)
    allocate_trade(con)
    by_sector = dict(
        con.execute(
            "select sector, sum(export_musd) from computed.province_export group by 1"
        ).fetchall()
    )
    assert by_sector == pytest.approx({"c1": 30.0, "c2": 70.0})
    by_province = dict(
        con.execute(
            "select province, sum(export_musd) from computed.province_export group by 1"
        ).fetchall()
    )
    assert by_province == pytest.approx(dict(zip(PROVINCES, (20.0, 30.0, 50.0), strict=True)))


def test_imports_follow_their_prior_where_no_provincial_total_is_known(con):
    trade_case(con)
    allocate_trade(con)
    shares = con.execute(
        "select province, import_musd from computed.province_import where sector = 'c1' order by 1"
    ).fetchall()
    assert [amount for _, amount in shares] == pytest.approx([2.0, 4.0, 6.0])


def test_a_cap_that_binds_is_marked_and_the_sector_total_still_met(con):
    trade_case(con, cap=30.0)
    allocate_trade(con)
    capped = con.execute(
        "select max(export_musd), sum(export_musd), bool_or(is_capped)"
        " from computed.province_export where sector = 'c2'"
    ).fetchone()
    assert capped == (pytest.approx(30.0), pytest.approx(70.0), True)


def margin_case(con: duckdb.DuckDBPyConnection, outflow: list[float], inflow: list[float]) -> None:
    put(
        con,
        "int_link__margin",
        [
            (p, "c1", o, i, 1000.0, 1000.0)
            for p, o, i in zip(PROVINCES, outflow, inflow, strict=True)
        ],
        [
            "province",
            "sector",
            "outflow_musd",
            "inflow_musd",
            "outflow_cap_musd",
            "inflow_cap_musd",
        ],
    )
    put(
        con,
        "int_link__distance",
        [
            (p, q, 100.0 * abs(i - j))
            for i, p in enumerate(PROVINCES)
            for j, q in enumerate(PROVINCES)
            if i != j
        ],
        ["from_province", "to_province", "distance_km"],
    )


def test_outflow_and_inflow_meet_at_their_mean(con):
    margin_case(con, [10.0, 20.0, 30.0], [40.0, 30.0, 10.0])
    estimate_gravity(con, ASSUMPTIONS)
    sums = con.execute(
        "select sum(outflow_prior_musd), sum(inflow_prior_musd), sum(outflow_musd), sum(inflow_musd),"
        " sum(cross_haul_musd) from computed.interprovincial_margin"
    ).fetchone()
    assert sums == pytest.approx((60.0, 80.0, 70.0, 70.0, 0.0))
    assert con.execute("select sum(value_musd) from computed.interprovincial_flow").fetchone()[
        0
    ] == pytest.approx(70.0)


def test_a_product_without_inflow_anywhere_is_not_traded(con):
    margin_case(con, [10.0, 0.0, 0.0], [0.0, 0.0, 0.0])
    assert estimate_gravity(con, ASSUMPTIONS) == 0


def balance_case(con: duckdb.DuckDBPyConnection, last_row_total: float) -> None:
    put(
        con,
        "int_mrio__prior",
        [
            ("CN-AA", "c1", "CN-AA", "sector", "c1", "local", 5.0),
            ("CN-AA", "c1", "CN-AA", "final_demand", "FU101", "local", 4.0),
            ("USA", "c1", "CN-AA", "sector", "c1", "import", 2.0),
            ("USA", "c1", "CN-AA", "final_demand", "FU101", "import", 1.0),
        ],
        [
            "from_region",
            "from_sector",
            "to_region",
            "user_kind",
            "user_code",
            "block",
            "value_musd",
        ],
    )
    put(
        con,
        "int_mrio__row_total",
        [("CN-AA", "c1", 10.0), ("USA", "c1", last_row_total)],
        ["region", "sector", "total_musd"],
    )
    put(
        con,
        "int_mrio__column_total",
        [("CN-AA", "sector", "c1", 9.0), ("CN-AA", "final_demand", "FU101", 5.0)],
        ["region", "user_kind", "user_code", "total_musd"],
    )


def test_the_balanced_table_meets_rows_and_columns(con):
    balance_case(con, 4.0)
    assert balance_table(con, ASSUMPTIONS) == 4
    rows = con.execute(
        "select from_region, sum(value_musd) from computed.mrio_balanced group by 1 order by 1"
    ).fetchall()
    assert rows == [("CN-AA", pytest.approx(10.0)), ("USA", pytest.approx(4.0))]
    assert con.execute("select max_residual from computed.balance_run").fetchone()[0] <= 1e-10


def test_totals_that_differ_stop_the_balancing(con):
    balance_case(con, 5.0)
    with pytest.raises(InfeasibleTotals):
        balance_table(con, ASSUMPTIONS)

"""What a step may touch, and what it may write."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.computed_contracts import MODELS, TYPES, computed_contracts
from warehouse.database import connect, ensure_schemas, scalar, transaction
from warehouse.tables import ContractBroken, Origin, Tables, UndeclaredTable, empty_frame
from warehouse.yaml_files import yaml_content

CONTRACTS = computed_contracts()
VALUES = {
    "varchar": ["a", "b"],
    "double": [1.5, 2.5],
    "bigint": [1, 2],
    "integer": [1, 2],
    "tinyint": [1, 2],
    "boolean": [True, False],
    "date": [datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)],
}


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path / "a.duckdb") as connection:
        ensure_schemas(connection)
        connection.execute("create table raw.trade as select 1 as x")
        connection.execute("create table seeds.region as select 1 as x")
        yield connection


def frame_of(table: str) -> pl.DataFrame:
    """Two rows that keep the contract of a table."""
    columns = CONTRACTS[table].columns
    return pl.DataFrame(
        [pl.Series(column.name, VALUES[column.data_type], column.dtype) for column in columns]
    )


@pytest.mark.parametrize("table", CONTRACTS)
def test_a_table_that_keeps_its_contract_is_written(
    con: duckdb.DuckDBPyConnection, table: str
) -> None:
    tables = Tables(con, (), (f"computed.{table}",), step="step")
    assert tables.write(f"computed.{table}", frame_of(table)) == 2
    made = con.execute(
        "select column_name, lower(data_type) from information_schema.columns"
        " where table_schema = 'computed' and table_name = ? order by ordinal_position",
        [table],
    ).fetchall()
    assert made == [(column.name, column.data_type) for column in CONTRACTS[table].columns]
    tables.demand_all_written()
    assert tables.write(f"computed.{table}", empty_frame(f"computed.{table}")) == 0


@pytest.mark.parametrize("table", CONTRACTS)
def test_a_dropped_column_stops_at_the_write_and_is_named(
    con: duckdb.DuckDBPyConnection, table: str
) -> None:
    tables = Tables(con, (), (f"computed.{table}",), step="step")
    for column in CONTRACTS[table].columns:
        with pytest.raises(
            ContractBroken, match=rf"computed\.{table} .*column {column.name} is missing"
        ):
            tables.write(f"computed.{table}", frame_of(table).drop(column.name))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (pl.lit(1.0).alias("new"), "column new is not part of it"),
        (pl.col("export_musd").cast(pl.Float32), "column export_musd is Float32, not double"),
        (pl.col("export_musd").cast(pl.String), "column export_musd is String, not double"),
        (pl.lit(None, pl.Float64).alias("export_musd"), "column export_musd has 2 empty cells"),
        (
            pl.lit(float("nan")).alias("export_musd"),
            "column export_musd has numbers that are not finite",
        ),
        (
            pl.lit(float("inf")).alias("export_musd"),
            "column export_musd has numbers that are not finite",
        ),
        (pl.lit("a").alias("province"), None),
        (
            [pl.lit("a").alias("province"), pl.lit("b").alias("sector")],
            "2 rows have the same key: province a, sector b",
        ),
    ],
)
def test_every_breach_of_a_contract_is_named(
    con: duckdb.DuckDBPyConnection, changed: pl.Expr | list[pl.Expr], message: str | None
) -> None:
    tables = Tables(con)
    frame = frame_of("province_export").with_columns(changed)
    if message is None:
        assert tables.write("computed.province_export", frame) == 2
        return
    with pytest.raises(ContractBroken, match=message):
        tables.write("computed.province_export", frame)


def test_cells_that_may_be_empty_may_be(con: duckdb.DuckDBPyConnection) -> None:
    frame = frame_of("model_evaluation_place").with_columns(
        pl.lit(None, pl.Float64).alias("baseline_ug_m3")
    )
    assert Tables(con).write("computed.model_evaluation_place", frame) == 2


def test_a_view_is_there_as_a_table_is(con: duckdb.DuckDBPyConnection) -> None:
    """A model may be either, and a step that takes a view for missing would leave its results out silently."""
    con.execute("create view raw.seen as select x from raw.trade")
    tables = Tables(con, ("raw.trade", "raw.seen", "raw.lacking"), ())
    assert [tables.has(f"raw.{name}") for name in ("trade", "seen", "lacking")] == [
        True,
        True,
        False,
    ]


def test_a_step_reads_and_writes_what_it_declares_and_nothing_else(
    con: duckdb.DuckDBPyConnection,
) -> None:
    tables = Tables(con, ("raw.trade", "raw.lacking"), ("computed.balance_run",), step="balance")
    assert tables.sql("select x from raw.trade where x = ?", params=[1]).fetchall() == [(1,)]
    assert not tables.has("raw.lacking")
    assert tables.read == {"raw.trade", "raw.lacking"}
    for query in (
        "select x from seeds.region",
        "with part as (select x from seeds.region) select x from part",
        "select x from raw.trade where x in (select x from seeds.region)",
        "select x from raw.trade left join seeds.region using (x)",
        "from seeds.region",
    ):
        with pytest.raises(UndeclaredTable, match=r"step balance reads seeds\.region"):
            tables.sql(query)
    with pytest.raises(UndeclaredTable, match=r"reads seeds\.region"):
        tables.has("seeds.region")
    with pytest.raises(UndeclaredTable, match=r"writes computed\.export_output"):
        tables.write("computed.export_output", frame_of("export_output"))
    with pytest.raises(ValueError, match="single SELECT"):
        tables.sql("delete from raw.trade")
    with pytest.raises(ContractBroken, match=r"did not write computed\.balance_run"):
        tables.demand_all_written()
    tables.write("computed.balance_run", frame_of("balance_run"))
    assert tables.sql("select iterations from computed.balance_run").fetchall() == [(1,), (2,)]


def test_a_table_without_a_contract_is_not_written(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UndeclaredTable, match="has no contract"):
        Tables(con).write("computed.new_table", pl.DataFrame({"x": [1]}))


def test_frames_one_after_the_other_are_one_table(con: duckdb.DuckDBPyConnection) -> None:
    whole = pl.concat(
        [frame_of("export_output").with_columns(exporter_province=pl.lit(name)) for name in "xyz"]
    )
    tables = Tables(con)
    parts = (part for _, part in whole.group_by("exporter_province", maintain_order=True))
    assert tables.write("computed.export_output", parts) == 6
    assert tables.sql("from computed.export_output").pl().equals(whole)
    with pytest.raises(ContractBroken, match="2 rows have the same key"):
        tables.write("computed.export_output", iter([whole, whole.head(1)]))


def test_a_broken_write_leaves_the_table_as_it_was(con: duckdb.DuckDBPyConnection) -> None:
    tables = Tables(con)
    tables.write("computed.export_output", frame_of("export_output"))
    bad = frame_of("export_output").with_columns(output_musd=pl.lit(float("nan")))
    with pytest.raises(ContractBroken), transaction(con):
        tables.write("computed.export_output", iter([frame_of("export_output").head(1), bad]))
    assert scalar(con, "select count(*) from computed.export_output") == 2


@given(st.sampled_from(sorted(TYPES)), st.sampled_from(sorted(TYPES)))
def test_only_the_contract_type_is_taken(wanted: str, given_type: str) -> None:
    from warehouse.tables import _fits

    assert _fits(TYPES[given_type], TYPES[wanted]) is (wanted == given_type)


IN_MARTS = sorted(name for name, contract in CONTRACTS.items() if contract.mart)


@pytest.mark.parametrize("table", IN_MARTS)
def test_a_computed_table_that_is_a_mart_is_written_there_and_seen_as_computed(
    con: duckdb.DuckDBPyConnection, table: str
) -> None:
    mart = CONTRACTS[table].mart
    # As versions of before left the two: the mart a view of the computed table.
    con.execute(f"create table computed.{table} as select 1 as x")
    con.execute(f"create view marts.{mart} as from computed.{table}")
    tables = Tables(con, (), (f"computed.{table}",), step="step", origin=Origin("open-2017", 2017))
    for frame in (frame_of(table), frame_of(table)[:1]):
        assert tables.write(f"computed.{table}", frame) == frame.height
        seen = con.sql(f"from computed.{table}").pl()
        assert seen.rows() == frame.rows()
        assert seen.columns == [column.name for column in CONTRACTS[table].columns]
        written = con.sql(f"from marts.{mart}").pl()
        assert written.columns == ["edition", "year", *seen.columns]
        assert written.select("edition", "year").unique().rows() == [("open-2017", 2017)]
    tables.demand_all_written()


def test_the_mart_of_a_computed_table_has_its_columns_behind_edition_and_year() -> None:
    described = {}
    for path in MODELS.glob("*/marts/*.yml"):
        for model in yaml_content(path.read_text()).get("models", ()):
            columns = model.get("columns", ())
            described[model["name"]] = [(c["name"], c.get("data_type")) for c in columns]
    assert len(IN_MARTS) > 1
    for table in IN_MARTS:
        own = [(column.name, column.data_type) for column in CONTRACTS[table].columns]
        expected = [("edition", "varchar"), ("year", "integer"), *own]
        assert described[CONTRACTS[table].mart] == expected, table


def test_what_goes_wrong_while_frames_are_made_is_told_as_it_is(
    con: duckdb.DuckDBPyConnection,
) -> None:
    tables = Tables(con, (), ("computed.balance_run",), step="step")

    def failing() -> Iterator[pl.DataFrame]:
        yield frame_of("balance_run")
        raise ZeroDivisionError("in the second block")

    with pytest.raises(ZeroDivisionError, match="in the second block"), transaction(con):
        tables.write("computed.balance_run", failing())
    second = frame_of("balance_run").drop("iterations")
    with pytest.raises(ContractBroken, match="iterations is missing"), transaction(con):
        tables.write("computed.balance_run", iter([frame_of("balance_run"), second]))
    # The connection is usable, and a table may come in frames whose codes have other numbers.
    assert tables.write("computed.balance_run", iter([frame_of("balance_run")[:1]])) == 1
    tables = Tables(con, (), ("computed.export_intensity",), step="step")
    frames = [
        pl.DataFrame(
            {
                "pollutant": pl.Series([pollutant] * 2, dtype=pl.Categorical),
                "province": pl.Series(["CN-HE", "CN-GD"], dtype=pl.Categorical),
                "sector": ["s"] * 2,
                "domestic_multiplier_t_per_musd": [1.0, 2.0],
            }
        )
        for pollutant in ("SO2", "NOx")
    ]
    assert tables.write("computed.export_intensity", iter(frames)) == 4
    found = con.sql("from computed.export_intensity").fetchall()
    assert found == [row for frame in frames for row in frame.rows()]

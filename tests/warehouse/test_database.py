from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import meta
from warehouse.database import (
    MEMORY_VARIABLE,
    SCHEMAS,
    beside_arrays,
    connect,
    ensure_schemas,
    fetch,
    literal,
    qualified,
    quote,
    read_table,
    scalar,
    tables_of,
    transaction,
    views_of,
    write_table,
)
from warehouse.errors import HomeLocked, HomeUnusable, UserFacingError


@pytest.fixture(scope="module")
def in_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None) as connection:
        yield connection


# Every character but surrogates: by itself, `st.text()` looks at a million of them in a fresh checkout.
@given(name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_is_a_name_once_quoted(in_memory: duckdb.DuckDBPyConnection, name: str) -> None:
    in_memory.execute(f"create table {quote(name)} as select 1 as x")
    try:
        assert fetch(in_memory, "select table_name from duckdb_tables()") == [(name,)]
    finally:
        in_memory.execute(f"drop table {quote(name)}")
    assert scalar(in_memory, f"select {literal(name)}") == name


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an identifier"):
        quote(name)


def test_frames_of_both_kinds_are_written_and_replaced(tmp_path: Path) -> None:
    with connect(tmp_path / "a.duckdb") as connection:
        ensure_schemas(connection)
        assert write_table(connection, "raw", "x y", pl.DataFrame({"a": [1, 2, 3]})) == 3
        assert write_table(connection, "raw", "x y", pa.table({"b": ["ü"]})) == 1
        connection.execute("create view raw.v as select 1 as one")
        assert tables_of(connection, "raw") == ["x y"]
        assert views_of(connection, "raw") == ["v"]
    with connect(tmp_path / "a.duckdb", read_only=True) as connection:
        back = read_table(connection, f"select * from {qualified('raw', 'x y')} where b = ?", ["ü"])
        assert back.to_dicts() == [{"b": "ü"}]
        schemas = {
            str(name) for (name,) in fetch(connection, "select schema_name from duckdb_schemas()")
        }
        assert set(SCHEMAS) <= schemas


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with connect(path) as connection:
        write_table(connection, "raw", "t", pl.DataFrame({"a": [1]}))
        with pytest.raises(RuntimeError, match="midway"), transaction(connection):
            _write_and_fail(connection)
        assert fetch(connection, "select a from raw.t") == [(1,)]


def _write_and_fail(connection: duckdb.DuckDBPyConnection) -> None:
    write_table(connection, "raw", "t", pl.DataFrame({"a": [2, 3]}))
    raise RuntimeError("midway")


def test_another_process_that_has_the_file_open_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    script = (
        "import duckdb, sys\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(HomeLocked, match=f"process {other.pid}"), connect(path):
            pytest.fail("two processes write one file")
        other.kill()


def test_sums_come_out_the_same_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with connect(path) as connection:
        connection.execute(
            "create table t as select hash(i) % 7 as k, sin(i) * 10.0 ** (i % 17) as x"
            " from range(2000000) as r(i)"
        )
    query = "select k, sum(x) from t group by k order by k"
    answers = []
    for _ in range(5):
        with connect(path, read_only=True) as connection:
            answers.append(fetch(connection, query))
    assert all(answer == answers[0] for answer in answers)


def test_large_arrays_leave_less_memory_to_the_database_unless_the_user_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limit(connection: duckdb.DuckDBPyConnection) -> object:
        return scalar(connection, "select current_setting('memory_limit')")

    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    with connect(tmp_path / "a.duckdb") as connection:
        usual = limit(connection)
        with beside_arrays(connection):
            assert limit(connection) == "953.6 MiB"
        assert limit(connection) == usual
    monkeypatch.setenv(MEMORY_VARIABLE, "2GB")
    with connect(tmp_path / "a.duckdb") as connection, beside_arrays(connection):
        assert limit(connection) == "1.8 GiB"


def test_what_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    path.write_text("certainly not a database" * 1000)
    with (
        pytest.raises(UserFacingError, match=r"is damaged: .*not a valid DuckDB database"),
        connect(path),
    ):
        pytest.fail("opened a text file")


def test_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    script = (
        "import pathlib, resource, sys\n"
        "from warehouse.database import connect\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))\n"
        "with connect(pathlib.Path(sys.argv[1])) as connection:\n"
        "    connection.execute('create table t as select random() as r from range(1000000)')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a.duckdb")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert f"{HomeUnusable.__name__}: Cannot write to" in done.stderr
    assert "File too large" in done.stderr


def _check(gate: str, name: str, *, passed: bool, severity: str = "error") -> meta.Check:
    return meta.Check(gate, "suite", name, "scope", 1.0, 0.0, passed, severity, "")


def test_a_gate_replaces_its_own_results_and_no_others(tmp_path: Path) -> None:
    with connect(tmp_path / "a.duckdb") as connection:
        meta.ensure_tables(connection)
        meta.ensure_tables(connection)
        meta.replace_checks(connection, "raw", [_check("raw", "old", passed=True)])
        meta.replace_checks(connection, "marts", [_check("marts", "kept", passed=True)])
        new = [
            _check("raw", "warned", passed=False, severity="warn"),
            _check("raw", "bad", passed=False),
        ]
        meta.replace_checks(connection, "raw", new)
        checks = meta.read_checks(connection)
        assert [check.check_name for check in checks] == ["bad", "warned", "kept"]
        assert [check.check_name for check in meta.failed_errors(checks)] == ["bad"]
        with pytest.raises(ValueError, match="carry the gates"):
            meta.replace_checks(connection, "raw", [_check("dbt", "stray", passed=True)])


def test_a_finished_step_is_remembered_with_its_items_until_forgotten(tmp_path: Path) -> None:
    step = meta.FinishedStep("load", "f1", datetime(2026, 1, 2, 3), 1.5, 7)
    first = {"a": meta.RecordedItem("1", ("raw.a",), {"file a": "1"})}
    second = {
        "a": meta.RecordedItem("2", ("raw.a",), {"file a": "2", "year": "y"}),
        "b": meta.RecordedItem("3", (), {}),
    }
    with connect(tmp_path / "a.duckdb") as connection:
        assert meta.finished_steps(connection) == {}
        assert meta.items(connection) == {}
        meta.ensure_tables(connection)
        meta.record_step(connection, step, first)
        meta.record_step(connection, step, second)
        assert meta.finished_steps(connection) == {"load": step}
        assert meta.items(connection) == {("load", name): each for name, each in second.items()}
        meta.forget_items(connection, [("load", "a")])
        assert meta.finished_steps(connection) == {}
        kept = meta.items(connection)
        assert {name: each.made for (_, name), each in kept.items()} == {"a": False, "b": True}
        assert kept["load", "a"].parts == {"file a": "2", "year": "y"}, "it explains why"


def test_tables_that_no_step_makes_go_with_their_records(tmp_path: Path) -> None:
    tables = (
        "computed.pm25_province",
        "computed.footprint",
        "marts.fct_exposure",
        "marts.fct_balance",
    )
    with connect(tmp_path / "a.duckdb") as connection:
        meta.ensure_tables(connection)
        for schema in ("computed", "marts"):
            connection.execute(f"create schema {schema}")
        for table in tables:
            connection.execute(f"create table {table} as select 1 as value")
            made = {table: meta.RecordedItem("f", (table,), {})}
            step = meta.FinishedStep(f"step of {table}", "f", datetime(2026, 1, 2), 1.0, 1)
            meta.record_step(connection, step, made)
        connection.execute("create view marts.fct_attribution as from marts.fct_exposure")
        kept = {"computed.footprint", "marts.fct_balance"}
        gone = meta.forget_tables(connection, kept)
        assert gone == ["computed.pm25_province", "marts.fct_attribution", "marts.fct_exposure"]
        left = fetch(
            connection,
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('computed', 'marts') order by 1",
        )
        assert {name for (name,) in left} == kept
        assert {name for _, name in meta.items(connection)} == kept
        assert set(meta.finished_steps(connection)) == {f"step of {name}" for name in kept}
        assert meta.forget_tables(connection, kept) == []

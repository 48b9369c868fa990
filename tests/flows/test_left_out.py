"""What a run without concentrations removes, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.left_out import forget_concentrations
from warehouse import meta
from warehouse.home import WorkingFile

TABLES = ("computed.pm25_province", "computed.footprint", "marts.fct_exposure", "marts.fct_balance")


@pytest.mark.parametrize("steps_are_known", [True, False], ids=["whole", "after a failed run"])
def test_concentrations_go_also_when_their_steps_are_forgotten(
    tmp_path: Path, steps_are_known: bool
) -> None:
    working = WorkingFile("open-2007", 2007, tmp_path / "open-2007-2007.duckdb")
    with duckdb.connect(str(working.path)) as con:
        meta.ensure_tables(con)
        for schema in ("computed", "marts"):
            con.execute(f"create schema {schema}")
        for table in TABLES:
            con.execute(f"create table {table} as select 1 as value")
        con.execute("create view marts.fct_pm25_attribution as from marts.fct_exposure")
        if steps_are_known:
            con.execute("insert into meta.step values ('concentration', 'f', now(), 1, 1)")
            con.execute("insert into meta.step values ('balance', 'f', now(), 1, 1)")
    forget_concentrations(working)
    with duckdb.connect(str(working.path)) as con:
        left = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('computed', 'marts') order by 1"
        ).fetchall()
        assert left == [("computed.footprint",), ("marts.fct_balance",)]
        views = "select count(*) from duckdb_views() where schema_name = 'marts'"
        assert con.execute(views).fetchone() == (0,)
        steps = con.execute("select step from meta.step").fetchall()
        assert steps == ([("balance",)] if steps_are_known else [])


def test_an_edition_that_was_never_run_has_nothing_to_remove(tmp_path: Path) -> None:
    working = WorkingFile("open-2007", 2007, tmp_path / "none.duckdb")
    forget_concentrations(working)
    assert not working.path.exists()

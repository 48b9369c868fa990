"""A mart that a computation has written: dbt holds it to its contract, gives it comments and leaves its rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.test_dbt import make_project
from warehouse.database import connect, fetch
from warehouse.dbt import DbtProject

pytestmark = pytest.mark.slow

MODEL = (
    "{{ config(materialized='computed_in_place') }}\n"
    "select cast('{{ var(\"edition\") }}' as varchar) as edition, cast(1 as integer) as z\n"
)
YML = """
models:
  - name: fct_z
    description: What is in place.
    columns:
      - {name: edition, data_type: varchar}
      - {name: z, data_type: integer, description: The z.}
"""


@pytest.fixture
def project(tmp_path: Path) -> DbtProject:
    project = make_project(tmp_path)
    marts = tmp_path / "models" / "core" / "marts"
    (marts / "fct_z.sql").write_text(MODEL)
    (marts / "_z.yml").write_text(YML)
    project.build("prepare")
    return project


def written(project: DbtProject, sql: str) -> None:
    with connect(project.working.path) as connection:
        connection.execute(f"create or replace table marts.fct_z as {sql}")


def errors(project: DbtProject) -> list[str]:
    report = project.build("marts", ["model.tradeplume.fct_z"])
    return [f"{error.name}: {error.message}" for error in report.errors]


def test_its_rows_stay_and_it_gets_its_comments(project: DbtProject) -> None:
    written(project, "select 'open-2007' as edition, i::integer as z from range(3) as r(i)")
    for _ in range(2):
        assert errors(project) == []
        with connect(project.working.path) as connection:
            assert fetch(connection, "select count(*), sum(z) from marts.fct_z") == [(3, 3)]
            said = "select comment from duckdb_tables() where table_name = 'fct_z'"
            assert fetch(connection, said) == [("What is in place.",)]
            said = "select comment from duckdb_columns() where table_name = 'fct_z' and column_name = 'z'"
            assert fetch(connection, said) == [("The z.",)]


@pytest.mark.parametrize(
    "sql",
    [
        "select 'open-2007' as edition, 1::bigint as z",
        "select 'open-2007' as edition",
        "select 'open-2007' as edition, 1::integer as z, 2 as more",
    ],
)
def test_a_table_that_breaks_the_contract_is_refused(project: DbtProject, sql: str) -> None:
    written(project, sql)
    found = errors(project)
    assert len(found) == 1
    assert "contract" in found[0]


def test_a_mart_that_nobody_wrote_is_refused(project: DbtProject) -> None:
    assert "was not written by its computation" in errors(project)[0]
    with connect(project.working.path) as connection:
        connection.execute("create view marts.fct_z as select 'open-2007' as edition, 1 as z")
    assert "was not written by its computation" in errors(project)[0]

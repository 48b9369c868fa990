from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.expectations import marts_project
from tests.expectations.world import write_working_file


@dataclass(frozen=True)
class Built:
    """The small working file with its marts, and how dbt got there."""

    working: Path
    project: Path
    manifest: Any
    results: dict[str, Any]

    @property
    def described(self) -> Path:
        """The folder of the yml files of its marts."""
        return self.project.parent / "models" / "core" / "marts"

    def run_dbt(self, working: Path, *command: str) -> dict[str, Any]:
        """Run dbt on another working file."""
        return marts_project.run_dbt(self.manifest, self.project, working, *command)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("marts")
    working = folder / "tiny-2007.duckdb"
    write_working_file(working)
    project = marts_project.make_project(folder / "house")
    manifest = marts_project.parse(project, working)
    results = marts_project.run_dbt(manifest, project, working, "build")
    return Built(working, project, manifest, results)


@pytest.fixture
def broken(built: Built, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the working file with SQL statements applied to it."""

    def apply(*statements: str) -> Path:
        copy = tmp_path / built.working.name
        shutil.copy(built.working, copy)
        with duckdb.connect(str(copy)) as connection:
            _as_tables(connection, " ".join(statements))
            for statement in statements:
                connection.execute(statement)
        return copy

    return apply


def _as_tables(connection: duckdb.DuckDBPyConnection, statements: str) -> None:
    """A mart that is a view cannot be damaged: those that are to be become tables."""
    query = "select view_name from duckdb_views() where schema_name = 'marts' and not internal"
    for (view,) in connection.execute(query).fetchall():
        if re.search(rf"\b(update|into|delete from|alter table) marts\.{view}\b", statements):
            connection.execute(f"create table marts.held as from marts.{view}")
            connection.execute(f"drop view marts.{view}")
            connection.execute(f"alter table marts.held rename to {view}")

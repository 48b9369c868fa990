"""A run without concentrations leaves none behind: old ones would stand beside new emissions."""

from __future__ import annotations

import duckdb

from flows.fingerprint import REPOSITORY
from flows.steps import concentration_steps
from warehouse import meta
from warehouse.database import connect, qualified, tables_of, transaction, views_of
from warehouse.home import WorkingFile

# What only the steps of concentrations write, beside the models.
COMPUTED = (
    "pm25_province",
    "pm25_cell",
    "pm25_sensitivity",
    "exposure",
    "gridding_fallback",
    "gridding_closure",
    "model_evaluation",
    "model_evaluation_place",
    "source_apportionment",
    "simulation_evaluation",
)
MODELS = REPOSITORY / "models" / "concentration"


def forget_concentrations(working: WorkingFile) -> bool:
    """Remove what an earlier run of the edition with concentrations has left; whether there was anything.

    The steps are made anew by the next run that has them.  The caller holds the working file.
    """
    if not working.path.exists():
        return False
    steps = [step.name for step in concentration_steps()]
    with connect(working.path, temp_directory=working.temp_directory) as connection:
        if not meta.finished_steps(connection).keys() & {*steps}:
            return False
        with transaction(connection):
            meta.forget_steps(connection, steps)
            for suite in steps:
                connection.execute("delete from meta.check_result where suite = ?", [suite])
            connection.execute("delete from raw.provenance where role = 'simulation'")
            _drop(connection, "computed", {*COMPUTED})
            models = {path.stem for path in MODELS.rglob("*.sql")}
            _drop(connection, "marts", models)
            _drop(connection, "intermediate", models)
    return True


def _drop(connection: duckdb.DuckDBPyConnection, schema: str, names: set[str]) -> None:
    for kind, found in (("view", views_of), ("table", tables_of)):
        for name in names & {*found(connection, schema)}:
            connection.execute(f"drop {kind} {qualified(schema, name)}")

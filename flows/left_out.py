"""A run without concentrations leaves none behind: old ones would stand beside new emissions."""

from __future__ import annotations

import duckdb

from flows.steps import concentration_steps
from warehouse import meta
from warehouse.database import connect, qualified, tables_of, transaction, views_of
from warehouse.fingerprint import REPOSITORY
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


def forget_concentrations(working: WorkingFile) -> None:
    """Remove what earlier runs of the edition with concentrations have left.

    The tables themselves are asked for: a run that failed has forgotten its steps and kept their tables.
    The steps are made anew by the next run that has them.  The caller holds the working file.
    """
    if not working.path.exists():
        return
    steps = [step.name for step in concentration_steps()]
    models = {path.stem for path in MODELS.rglob("*.sql")}
    with (
        connect(working.path, temp_directory=working.temp_directory) as connection,
        transaction(connection),
    ):
        meta.ensure_tables(connection)
        meta.forget_steps(connection, steps)
        for suite in steps:
            connection.execute("delete from meta.check_result where suite = ?", [suite])
        if "provenance" in tables_of(connection, "raw"):
            connection.execute("delete from raw.provenance where role = 'simulation'")
        _drop(connection, "computed", {*COMPUTED})
        _drop(connection, "marts", models)
        _drop(connection, "intermediate", models)


def _drop(connection: duckdb.DuckDBPyConnection, schema: str, names: set[str]) -> None:
    for kind, found in (("view", views_of), ("table", tables_of)):
        for name in names & {*found(connection, schema)}:
            connection.execute(f"drop {kind} {qualified(schema, name)}")

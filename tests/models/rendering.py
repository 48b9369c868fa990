"""Builds single dbt models on made-up raw tables: fast, and without a dbt project around them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from tests.models.seed_files import seed_definitions, seed_files

ROOT = Path(__file__).parents[2]
# Rules that several models share are macros: they stand before every model.
RULES = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "dbt_project" / "macros" / "rules").glob("*.sql"))
)
VARS = {
    "home_region": "CHN",
    "edition": "made-up",
    "year": 2007,
    "sector_classification": "wiod35",
    "provincial_classification": "cn42_2007",
}


# Makers of tables that others make, too: what decides between them, and what they are made for.
_FAMILIES = {
    "paper": ("kind", "paper"),
    "destinations_customs": ("export_destinations", "customs"),
    "flows_workbook": ("interprovincial_flows", "workbook"),
}


@cache
def _template(path: Path) -> jinja2.Template:
    """A model with the rules before it; compiled once, since many tests build the same ones."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    return environment.from_string(RULES + path.read_text(encoding="utf-8"))


class Models:
    """An in-memory DuckDB in which ``build`` makes a model, and what it refers to, a table.

    Tables that are there already stand for the model or seed of their name, so a test puts its
    inputs in first (``put``; sources as ``raw_<table>``).
    """

    def __init__(self, **overrides: object) -> None:
        self.connection = duckdb.connect()
        self.variables = {**VARS, **overrides}
        # Of twins the one that the variables choose: it comes last.
        parts = sorted((ROOT / "models").iterdir(), key=self._rank)
        self.files = {path.stem: path for part in parts for path in part.rglob("*.sql")}

    def _rank(self, part: Path) -> int:
        """-1 for a family that the variables do not choose, 1 for one that they do, 0 for all others."""
        if part.name not in _FAMILIES:
            return 0
        variable, choice = _FAMILIES[part.name]
        return 1 if self.variables.get(variable) == choice else -1

    def put(self, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
        """Create a table (``columns`` as in DDL) with these rows."""
        self.connection.execute(f'create table "{table}" ({columns})')
        if rows:
            # As one statement: a statement a row takes a millisecond for each.
            marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
            cells = [cell for row in rows for cell in row]
            self.connection.execute(f'insert into "{table}" values {marks}', cells)

    def build(self, name: str) -> None:
        """Make the model or seed, and before it everything that it refers to, unless it exists."""
        if self._exists(name):
            return
        if name in self.files:
            sql = _template(self.files[name]).render(
                ref=self._ref,
                source=self._source,
                computed=lambda table: self._source("computed", table),
                var=self._var,
                config=lambda **_: "",
                optional_raw=self._optional_raw,
            )
            self.connection.execute(f'create table "{name}" as {sql}')
        else:
            self._load_seed(name)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.sql(sql).fetchall()

    def _ref(self, name: str) -> str:
        self.build(name)
        return f'"{name}"'

    def _source(self, schema: str, table: str) -> str:
        return f'"{schema}_{table}"'

    def _var(self, name: str, *default: object) -> object:
        return self.variables[name] if name in self.variables or not default else default[0]

    def _optional_raw(self, role: str, columns: dict[str, str]) -> str:
        """As the macro of that name."""
        if self._exists(f"raw_{role}"):
            return f'select {", ".join(columns)} from "raw_{role}"'
        nothing = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
        return f"select {nothing} where false"

    def _exists(self, name: str) -> bool:
        # Looking through the catalogue takes ten times as long.
        try:
            self.connection.execute(f'select 1 from "{name}" limit 0')
        except duckdb.CatalogException:
            return False
        return True

    def _load_seed(self, name: str) -> None:
        types = seed_definitions()[name]["config"]["column_types"]
        columns = ", ".join(f"'{column}': '{kind}'" for column, kind in types.items())
        options = "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"'"
        self.connection.execute(
            f'create table "{name}" as'
            f" select * from read_csv(?, {options}, columns = {{{columns}}})",
            [str(seed_files()[name])],
        )

"""What a step sees of the working file: the tables it declares, with contracts kept at every write."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.computed_contracts import ComputedContract, computed_contracts
from warehouse.database import (
    drop_any,
    fetch,
    qualified,
    quote,
    scalar,
    tables_of,
    views_of,
    write_frames,
    write_table,
)
from warehouse.errors import UserFacingError
from warehouse.row_keys import KeyProof

SCHEMA = "computed"
MARTS = "marts"
Assumptions = Mapping[str, bool | float | str | int]
"""Name to value: those of an edition that a step declares, and no others."""


class UndeclaredTable(UserFacingError):
    """A step touched a table that it does not declare: its results would go stale without a word."""

    exit_code = 7


class ContractBroken(UserFacingError):
    """A step made a table that breaks its contract."""

    exit_code = 7


@dataclass(frozen=True)
class Origin:
    """The edition and year that a working file is for: what every row of a mart begins with."""

    edition: str
    year: int

    def before(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame behind the columns edition and year."""
        edition = pl.lit(self.edition, pl.Categorical)
        return frame.select(
            edition.alias("edition"), pl.lit(self.year, pl.Int32).alias("year"), pl.all()
        )


class Tables:
    """The working file as one step may use it.

    reads, writes: names with schema, such as ``raw.trade``; reads None: everything may be read (tests,
    benchmarks).  What is touched is remembered in ``read`` and ``written``.  A step may read what it writes.
    factors: where a step may keep the linked table's factors for the next (WorkingFile.factors; None: nowhere).
    origin: edition and year of the file.  With it a computed table that is a mart is written as the mart
    (ComputedContract.mart); without it (tests, benchmarks) as a table of schema computed alone.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        reads: Collection[str] | None = None,
        writes: Collection[str] | None = None,
        *,
        step: str = "",
        factors: Path | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.connection = connection
        self.factors = factors
        self._origin = origin
        self.read: set[str] = set()
        self.written: set[str] = set()
        self._reads = None if reads is None else {*reads, *(writes or ())}
        self._writes = None if writes is None else set(writes)
        self._step = step

    def sql(self, query: str, params: object = None) -> duckdb.DuckDBPyRelation:
        """The answer of a query. Raises UndeclaredTable for a table that the step does not declare."""
        for name in _tables_in(self.connection, query):
            self._demand_declared(name)
        return self.connection.sql(query, params=params)

    def has(self, name: str) -> bool:
        """Whether a table or view that an edition may lack is there; the step must declare it."""
        self._demand_declared(name)
        schema, table = name.split(".")
        return table in {
            *tables_of(self.connection, schema),
            *views_of(self.connection, schema),
        }

    def write(self, name: str, frames: pl.DataFrame | Iterable[pl.DataFrame]) -> int:
        """Write a computed table as a whole, one frame or several one after the other; returns its rows.

        Several frames need never stand in memory together.  Raises ContractBroken, and UndeclaredTable for a
        table that the step does not declare.
        """
        if self._writes is not None and name not in self._writes:
            raise self._undeclared(name, "writes")
        table = name.removeprefix(f"{SCHEMA}.")
        contract = computed_contracts().get(table)
        if contract is None:
            raise UndeclaredTable(
                f"{name} has no contract.",
                remedy="Describe it in a _computed.yml of models, with columns, types and key.",
            )
        origin = self._origin if contract.mart else None
        place = (MARTS, contract.mart) if origin else (SCHEMA, table)
        # A version of before may have left a view where a table is to be.
        drop_any(self.connection, *place)
        proof = KeyProof(contract.key)

        def ready(frame: pl.DataFrame) -> pl.DataFrame:
            kept = checked(frame, contract)
            proof.add(kept)
            return origin.before(kept) if origin else kept

        if isinstance(frames, pl.DataFrame):
            rows = write_table(self.connection, *place, ready(frames))
        else:
            rows = write_frames(self.connection, *place, map(ready, frames))
        if origin:
            _see(self.connection, contract)
        if not proof.holds:
            _demand_key(self.connection, contract)
        self.written.add(name)
        return rows

    def demand_all_written(self) -> None:
        """Raise ContractBroken when a declared table was not written: an old one would pass for new."""
        if missing := sorted((self._writes or set()) - self.written):
            raise ContractBroken(
                f"The step {self._step} did not write {', '.join(missing)}, which it declares.",
                remedy="Write it, empty if need be, or take it from the step's declaration.",
            )

    def _demand_declared(self, name: str) -> None:
        if self._reads is not None and name not in self._reads:
            raise self._undeclared(name, "reads")
        self.read.add(name)

    def _undeclared(self, name: str, verb: str) -> UndeclaredTable:
        return UndeclaredTable(
            f"The step {self._step} {verb} {name}, which it does not declare.",
            remedy=f"Add {name} to what the step {verb} (steps/catalogue.py).",
        )


def empty_frame(name: str) -> pl.DataFrame:
    """No rows of a computed table, in its contract's columns and types."""
    contract = computed_contracts()[name.removeprefix(f"{SCHEMA}.")]
    return pl.DataFrame(schema={column.name: column.dtype for column in contract.columns})


def checked(frame: pl.DataFrame, contract: ComputedContract) -> pl.DataFrame:
    """The frame in the contract's column order and types.

    Raises ContractBroken for a missing or extra column, another type, an empty cell, or a number that is not
    finite, and names table and column.
    """
    wanted = [column.name for column in contract.columns]
    missing = [name for name in wanted if name not in frame.columns]
    extra = [name for name in frame.columns if name not in wanted]
    if missing or extra:
        raise _broken(
            contract,
            "; ".join(
                [f"column {name} is missing" for name in missing]
                + [f"column {name} is not part of it" for name in extra]
            ),
        )
    for column in contract.columns:
        values = frame.get_column(column.name)
        if not _fits(values.dtype, column.dtype):
            raise _broken(
                contract, f"column {column.name} is {values.dtype}, not {column.data_type}"
            )
        if not column.nullable and values.null_count():
            raise _broken(contract, f"column {column.name} has {values.null_count()} empty cells")
        if values.dtype.is_float() and not values.is_finite().all():
            raise _broken(contract, f"column {column.name} has numbers that are not finite")
    return frame.select(wanted)


def _fits(found: pl.DataType, wanted: pl.DataType) -> bool:
    if wanted == pl.String():
        return found in (pl.String, pl.Categorical, pl.Enum)
    return found == wanted


def _see(connection: duckdb.DuckDBPyConnection, contract: ComputedContract) -> None:
    """Show the rows of a mart as the computed table, without edition and year."""
    drop_any(connection, SCHEMA, contract.name)
    connection.execute(f"create schema if not exists {quote(SCHEMA)}")
    columns = ", ".join(quote(column.name) for column in contract.columns)
    connection.execute(
        f"create view {qualified(SCHEMA, contract.name)} as"
        f" select {columns} from {qualified(MARTS, contract.mart)}"
    )


def _demand_key(connection: duckdb.DuckDBPyConnection, contract: ComputedContract) -> None:
    """Raise ContractBroken when rows repeat the key. Hashes are compared first: they are quick."""
    table = qualified(SCHEMA, contract.name)
    key = ", ".join(f'"{name}"' for name in contract.key)
    rows, hashes = fetch(connection, f"select count(*), count(distinct hash({key})) from {table}")[
        0
    ]
    if rows == hashes:
        return
    repeated = fetch(
        connection,
        f"select {key}, count(*) from {table} group by all having count(*) > 1 order by all limit 1",
    )
    if repeated:
        *values, count = repeated[0]
        named = ", ".join(
            f"{name} {value}" for name, value in zip(contract.key, values, strict=True)
        )
        raise _broken(contract, f"{count} rows have the same key: {named}")


def _broken(contract: ComputedContract, what: str) -> ContractBroken:
    return ContractBroken(
        f"computed.{contract.name} breaks its contract: {what}.",
        remedy="This is a fault of the program, not of your data: please report it. "
        "What was published before is as it was.",
    )


def _tables_in(connection: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    """The tables with schema that a SELECT reads, as DuckDB's own parser sees it."""
    parsed = json.loads(str(scalar(connection, "select json_serialize_sql(?)", [query])))
    if parsed.get("error"):
        raise ValueError(f"a step reads with a single SELECT: {parsed['error_message']}: {query}")
    return set(_base_tables(parsed))


def _base_tables(node: Any) -> Iterable[str]:
    if isinstance(node, Mapping):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"
        for value in node.values():
            yield from _base_tables(value)
    elif isinstance(node, list):
        for value in node:
            yield from _base_tables(value)

"""Results that come with the product: of computations that read bundled data alone, and take long.

They lie beside the bundled files as Parquet, under the checksum of what they were made from: every row that the
computation reads, its code in `steps` and `compute`, its assumptions, and the contracts of what it writes.  Where
one of these differs, nothing is found and the computation runs.  ``python -m flows.ship`` writes them;
a test makes them anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from warehouse.computed_contracts import computed_contracts
from warehouse.database import fetch, read_table
from warehouse.fingerprint import digest, module_parts
from warehouse.tables import SCHEMA, Assumptions, Tables

FOLDER = Path(__file__).with_name("bundled") / "shipped"
DECIDING_ROOMS = ("compute/", "steps/")
"""Rooms whose code decides figures; what moves tables is judged by the rows that it brings."""


def key_of(
    tables: Tables, module: str, reads: Collection[str], writes: Collection[str], taken: Assumptions
) -> str:
    """The checksum of all that decides a computation's result: rows read, code, assumptions, contracts."""
    code = module_parts([module])
    contracts = computed_contracts()
    return digest(
        {
            "code": {
                name: value
                for name, value in code.items()
                if name.removeprefix("code ").startswith(DECIDING_ROOMS)
            },
            "assumptions": dict(taken),
            "contracts": {name: contracts[_table(name)].shape for name in sorted(writes)},
            "rows": {name: _content(tables, name) for name in sorted(reads)},
        }
    )


def shipped_frames(computation: str, key: str, folder: Path = FOLDER) -> dict[str, pl.DataFrame]:
    """Name of each table, with schema, to its rows; empty where nothing was shipped under the key."""
    place = folder / computation / key
    return {
        f"{SCHEMA}.{path.stem}": pl.read_parquet(path) for path in sorted(place.glob("*.parquet"))
    }


def ship(
    tables: Tables, computation: str, key: str, writes: Collection[str], folder: Path = FOLDER
) -> Path:
    """Write the tables as they stand to the folder of the key; returns it."""
    place = folder / computation / key
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in sorted(writes):
        rows = read_table(tables.connection, f"select * from {name} order by all")
        rows.write_parquet(place / f"{_table(name)}.parquet", compression="zstd", statistics=False)
    return place


def restore(tables: Tables, frames: Mapping[str, pl.DataFrame]) -> int:
    """Write shipped rows under their contracts; returns how many."""
    return sum(tables.write(name, frame) for name, frame in frames.items())


def _content(tables: Tables, name: str) -> str:
    """Of all rows of a table, in whatever order they lie: their number and the sum of their checksums."""
    if not tables.has(name):
        return "absent"
    row = "md5_number_lower(cast(to_json(t) as varchar))"
    return str(
        fetch(tables.connection, f"select count(*), sum(cast({row} as hugeint)) from {name} as t")
    )


def _table(name: str) -> str:
    return name.removeprefix(f"{SCHEMA}.")


def largest_difference(tables: Tables, frames: Mapping[str, pl.DataFrame]) -> float:
    """Of any number between tables and shipped rows, relative; infinite where rows, text or gaps differ."""
    found = 0.0
    for name, there in frames.items():
        now = read_table(tables.connection, f"select * from {name} order by all")
        if now.shape != there.shape or now.columns != there.columns:
            return float("inf")
        key = [column for column in now.columns if not now[column].dtype.is_float()]
        now, there = now.sort(key), there.sort(key)
        for column in now.columns:
            if column in key:
                if not now[column].equals(there[column]):
                    return float("inf")
                continue
            if not now[column].is_null().equals(there[column].is_null()):
                return float("inf")
            apart = (now[column] - there[column]).abs() / there[column].abs()
            found = max(
                found, float(apart.fill_nan(0.0).fill_null(0.0).to_numpy().max(initial=0.0))
            )
    return found

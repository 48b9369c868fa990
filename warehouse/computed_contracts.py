"""The contracts of ``computed.*``: what dbt shows as source columns is what a write must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from warehouse.yaml_files import yaml_content

MODELS = Path(__file__).resolve().parent.parent / "models"
PATTERN = "*/_computed.yml"
TYPES: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "varchar": pl.String(),
        "double": pl.Float64(),
        "bigint": pl.Int64(),
        "integer": pl.Int32(),
        "tinyint": pl.Int8(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
    }
)
"""DuckDB's types that a contract may name, and what a frame must bring for them."""


@dataclass(frozen=True)
class ComputedColumn:
    """A column of a computed table. data_type: DuckDB's name of it. nullable: whether cells may be empty."""

    name: str
    data_type: str
    description: str
    nullable: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """The type that a frame must bring."""
        return TYPES[self.data_type]


@dataclass(frozen=True)
class ComputedContract:
    """What a computed table must be.

    key: columns that together never repeat.  mart: the mart that has the same rows behind edition and year; they
    are written there, once, and the computed table is a view of it (empty: a table of its own).
    """

    name: str
    description: str
    columns: tuple[ComputedColumn, ...]
    key: tuple[str, ...]
    mart: str = ""

    @property
    def shape(self) -> list[object]:
        """What decides whether a table keeps the contract: names, types, empty cells, key, and where it lies."""
        columns = [[column.name, column.data_type, column.nullable] for column in self.columns]
        return [columns, list(self.key), *([self.mart] if self.mart else [])]


@cache
def computed_contracts(models: Path = MODELS) -> Mapping[str, ComputedContract]:
    """Table name to contract, from the dbt sources ``computed`` of every part.

    Raises ValueError for a contract without columns, with an unknown type, or with a key that is not a column,
    and for a table that two parts describe.
    """
    found: dict[str, ComputedContract] = {}
    for path in sorted(models.glob(PATTERN)):
        described = yaml_content(path.read_text(encoding="utf-8"))
        for source in described["sources"]:
            for table in source["tables"]:
                contract = _contract(table, path)
                if contract.name in found:
                    raise ValueError(f"{path}: computed.{contract.name} is described twice")
                found[contract.name] = contract
    return MappingProxyType(found)


def _contract(table: Mapping[str, Any], path: Path) -> ComputedContract:
    name = str(table["name"])
    columns = tuple(
        ComputedColumn(
            name=str(column["name"]),
            data_type=str(column["data_type"]),
            description=str(column["description"]),
            nullable=bool(_meta(column).get("nullable", False)),
        )
        for column in table.get("columns", ())
    )
    key = tuple(str(part) for part in _meta(table).get("key", ()))
    names = {column.name for column in columns}
    unknown = sorted({column.data_type for column in columns} - set(TYPES))
    if not columns or not key or set(key) - names or unknown:
        raise ValueError(
            f"{path}: computed.{name} needs columns, a key of them and types among {', '.join(TYPES)};"
            f" found key {key}, columns {sorted(names)}, unknown types {unknown}"
        )
    return ComputedContract(
        name, str(table["description"]), columns, key, str(_meta(table).get("mart", ""))
    )


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict(node.get("config", {}).get("meta", {}))

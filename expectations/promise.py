"""What the marts promise, as the yml files beside their SQL say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.yaml_files import yaml_content

MODELS = Path(__file__).resolve().parent.parent / "models"
MARTS_FOLDER = MODELS / "core" / "marts"
AIR_FOLDER = MODELS / "air" / "marts"
_PUBLISHED = ("dim_", "fct_", "bi_")


@dataclass(frozen=True)
class Mart:
    """A mart as its yml describes it.

    columns: names in order.  is_contracted: whether dbt enforces them when it builds the mart.
    """

    name: str
    columns: tuple[str, ...]
    is_contracted: bool


def read_marts(folder: Path = MARTS_FOLDER) -> tuple[Mart, ...]:
    """The marts (dim_*, fct_*, bi_*) that the yml files of a folder describe, by name.

    Raises ValueError for an empty list: a gate without marts would check nothing.
    """
    marts = tuple(sorted(_described(folder), key=lambda mart: mart.name))
    if not marts:
        raise ValueError(f"no mart is described in {folder}")
    return marts


def read_parts(described: Path) -> tuple[tuple[Mart, ...], ...]:
    """The marts of every part of the models (core, uncertainty, ...) beside that of `described`.

    described: a folder `<models>/<part>/marts`.
    """
    folders = sorted(described.parent.parent.glob("*/marts"))
    return tuple(marts for folder in folders if (marts := tuple(_described(folder))))


def _described(folder: Path) -> Iterator[Mart]:
    for path in sorted(folder.glob("_*.yml")):
        read = yaml_content(path.read_text(encoding="utf-8")) or {}
        for model in read.get("models", []):
            if model["name"].startswith(_PUBLISHED):
                yield _mart(model)


def _mart(model: dict[str, Any]) -> Mart:
    contract = model.get("config", {}).get("contract", {})
    return Mart(
        name=model["name"],
        columns=tuple(column["name"] for column in model["columns"]),
        is_contracted=bool(contract.get("enforced", False)),
    )

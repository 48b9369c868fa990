"""What the marts promise, as the yml files beside their SQL say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MODELS = Path(__file__).resolve().parent.parent / "models"
MARTS_FOLDER = MODELS / "core" / "marts"
CONCENTRATION_FOLDER = MODELS / "concentration" / "marts"
AIR_FOLDER = MODELS / "air" / "marts"


@dataclass(frozen=True)
class Mart:
    """A mart as its yml describes it.

    columns: names in order.  key: columns of its unique_key test, empty for views.  references:
    column -> dimension whose codes it holds.  accepted: column -> the values it may hold.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    references: Mapping[str, str]
    accepted: Mapping[str, tuple[str, ...]]


def read_marts(folder: Path = MARTS_FOLDER) -> tuple[Mart, ...]:
    """The marts (dim_*, fct_*) that the yml files of a folder describe, by name.

    Raises ValueError when there are none: a gate without marts would check nothing.
    """
    models = [
        model
        for path in sorted(folder.glob("_*.yml"))
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", [])
        if model["name"].startswith(("dim_", "fct_"))
    ]
    if not models:
        raise ValueError(f"no mart is described in {folder}")
    return tuple(sorted((_mart(model) for model in models), key=lambda mart: mart.name))


def _mart(model: dict[str, Any]) -> Mart:
    keys = [arguments["columns"] for name, arguments in _tests(model) if name == "unique_key"]
    references, accepted = {}, {}
    for column in model["columns"]:
        for name, arguments in _tests(column):
            if name == "relationships" and arguments["field"] == "code":
                references[column["name"]] = (
                    arguments["to"].removeprefix("ref('").removesuffix("')")
                )
            elif name == "accepted_values":
                accepted[column["name"]] = tuple(str(value) for value in arguments["values"])
    return Mart(
        name=model["name"],
        columns=tuple(column["name"] for column in model["columns"]),
        key=tuple(keys[0]) if keys else (),
        references=references,
        accepted=accepted,
    )


def _tests(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The data tests of a model or column: name and arguments."""
    for test in described.get("data_tests", []):
        if isinstance(test, str):
            yield test, {}
        else:
            for name, settings in test.items():
                yield name, settings.get("arguments", {})

"""The seeds as they lie in the repository, with what their yml says of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from warehouse.yaml_files import yaml_content

ROOT = Path(__file__).parents[2]


@cache
def seed_files() -> dict[str, Path]:
    """Every seed's CSV by its name."""
    return {path.stem: path for path in sorted((ROOT / "seeds").rglob("*.csv"))}


@cache
def seed_definitions() -> dict[str, dict[str, Any]]:
    """Every seed's entry in the yml files by its name; read once, since a chain of models asks for dozens."""
    return {
        entry["name"]: entry
        for path in sorted((ROOT / "seeds").rglob("_*.yml"))
        for entry in yaml_content(path.read_text(encoding="utf-8"))["seeds"]
    }

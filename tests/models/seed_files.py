"""The seeds as they lie in the repository, with what their yml says of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def seed_files() -> dict[str, Path]:
    """Every seed's CSV by its name."""
    return {path.stem: path for path in sorted((ROOT / "seeds").rglob("*.csv"))}


def seed_definitions() -> dict[str, dict[str, Any]]:
    """Every seed's entry in the yml files by its name."""
    return {
        entry["name"]: entry
        for path in sorted((ROOT / "seeds").rglob("_*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]
    }

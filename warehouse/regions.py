"""The home region and what stands apart from countries, from the seed `region`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_SEED = Path(__file__).resolve().parents[1] / "seeds" / "codes" / "region.csv"
REST_OF_WORLD = "ROW"
"""Code of what a world table leaves without a country."""


@cache
def home_region() -> str:
    """The code of the home region: China as a consumer. Raises LookupError unless the seed has exactly one."""
    with _SEED.open(encoding="utf-8", newline="") as file:
        found = [row["code"] for row in csv.DictReader(file) if row["kind"] == "home"]
    if len(found) != 1:
        raise LookupError(
            f"{_SEED} must have one region of kind home, found {', '.join(found) or 'none'}"
        )
    return found[0]

"""Files in the layout of the archive of the national monitoring centre: one wide CSV a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from warehouse.fingerprint import REPOSITORY

PATTERN = 1 + 0.01 * (np.arange(24) % 7 - 3)
"""How the hours of a day lie about its level: none is the one before it, so that nothing looks stuck."""


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]


def wide_file(
    folder: Path,
    kind: str,
    day: date,
    levels: Mapping[str, float],
    *,
    hours: Sequence[int] = range(24),
    types: Sequence[str] = ("PM2.5", "PM10"),
    changed: Mapping[tuple[str, int], str] | None = None,
    extra: Sequence[str] = (),
    written_day: date | None = None,
    suffix: str = "",
) -> Path:
    """``china_sites_...`` or ``china_cities_...`` of a day; changed: PM2.5 of place and hour, as text."""
    places = list(levels)
    level = np.array([levels[place] for place in places])
    lines = [",".join(["date", "hour", "type", *places])]
    stamp = f"{written_day or day:%Y%m%d}"
    for hour in hours:
        for name in types:
            cells = [f"{value:.3f}" for value in level * PATTERN[hour]]
            if name == "PM2.5" and changed:
                cells = [
                    changed.get((place, hour), cell)
                    for place, cell in zip(places, cells, strict=True)
                ]
            lines.append(",".join([stamp, str(hour), name, *cells]))
    path = folder / f"china_{kind}_{day:%Y%m%d}{suffix}.csv"
    path.write_text("\n".join([*lines, *extra]) + "\n", encoding="utf-8")
    return path


def cities() -> pl.DataFrame:
    """Code, Chinese name and province of every city that counts in the nation's mean."""
    return pl.read_csv(
        REPOSITORY / "seeds" / "air" / "city.csv", schema_overrides={"code": pl.String}
    )

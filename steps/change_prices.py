"""In which prices two years are compared: of each year, or of the earlier one by the role `deflator`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from steps.change_inputs import Lists, Side
from warehouse.database import fetch, tables_of
from warehouse.price_contract import EVERY_SECTOR

CURRENT, BASE_YEAR = "current", "base_year"
MART = "fct_deflator"


@dataclass(frozen=True)
class Prices:
    """The rule of a pair.

    index: (n,), prices of the later year over those of the earlier one, in dollars; None: no index is known.
    note: whose index it is, or what is missing.
    """

    index: NDArray[np.float64] | None
    note: str

    @property
    def rule(self) -> str:
        """As the column `prices` says it."""
        return CURRENT if self.index is None else BASE_YEAR


def prices_of(
    connection: duckdb.DuckDBPyConnection, base: Side, later: Side, lists: Lists
) -> Prices:
    """The price index of two years for every row of the compared table.

    The later edition's index is taken; the earlier one's where the later has none, or one that lacks a sector or
    a year: the note then says so. Sectors without an index of their own take that of ALL.
    """
    if MART not in tables_of(connection, "marts"):
        return Prices(None, f"no edition has {MART}: compute them again")
    reasons: list[str] = []
    for side in (later, base):
        if series := _series(connection, side):
            ratio, missing = _ratios(series, base.year, later.year, lists.sectors)
            if not missing:
                index = np.array([ratio[sector] for sector in lists.rows.labels["sector"]])
                sources = sorted({level.source for level in series.values()})
                return Prices(index, "; ".join([*sources, *reasons]))
            reasons.append(f"the deflator of {side.name} {missing}")
    return Prices(None, "; ".join(reasons) or "neither edition has rows in the role deflator")


@dataclass(frozen=True)
class _Level:
    """A price level in dollars, and whose it is."""

    usd: float
    source: str


_Series = Mapping[tuple[str, int], _Level]
"""Sector and year to level."""


def _ratios(
    series: _Series, base_year: int, later_year: int, sectors: Sequence[str]
) -> tuple[dict[str, float], str]:
    """Later prices over earlier ones by sector; and what is missing, in words, empty for nothing."""
    if absent := {base_year, later_year} - {year for _, year in series}:
        return {}, f"has no year {', '.join(str(year) for year in sorted(absent))}"
    ratio, lacking, own = {}, [], {sector for sector, _ in series}
    for sector in sectors:
        name = sector if sector in own else EVERY_SECTOR
        earlier, later = series.get((name, base_year)), series.get((name, later_year))
        if earlier is None or later is None:
            lacking.append(sector)
        else:
            ratio[sector] = later.usd / earlier.usd
    return ratio, f"lacks {', '.join(lacking)}" if lacking else ""


def _series(connection: duckdb.DuckDBPyConnection, side: Side) -> _Series:
    """What an edition knows of prices; empty where it has no rows."""
    rows = fetch(
        connection,
        f"select sector, source_year, usd_price_index, source from marts.{MART} where edition = ? and year = ?",
        [side.edition, side.year],
    )
    return {
        (str(sector), int(str(year))): _Level(float(str(index)), str(source))
        for sector, year, index, source in rows
    }

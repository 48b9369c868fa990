"""In which prices two years are compared: of each year, or of the earlier one by the role `deflator`."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from steps.change_inputs import Lists, Side
from warehouse.database import fetch, tables_of

CURRENT, BASE_YEAR = "current", "base_year"
MART, EVERY_SECTOR = "fct_deflator", "ALL"


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

    The later edition's index is taken; the earlier one's where the later has none. Sectors without an index of
    their own take that of ALL. An index that lacks a sector or a year is not used: nothing is guessed.
    """
    if MART not in tables_of(connection, "marts"):
        return Prices(None, f"no edition has {MART}: compute them again")
    reasons = []
    for side in (later, base):
        series = _series(connection, side)
        if not series:
            continue
        years = (base.year, later.year)
        missing = [str(year) for year in years if not any(at == year for _, at in series)]
        if missing:
            reasons.append(f"the deflator of {side.name} has no year {', '.join(missing)}")
            continue
        ratio, lacking = {}, []
        for sector in lists.sectors:
            name = sector if any(own == sector for own, _ in series) else EVERY_SECTOR
            ends = [series.get((name, year)) for year in years]
            if ends[0] is None or ends[1] is None:
                lacking.append(sector)
            else:
                ratio[sector] = ends[1][0] / ends[0][0]
        if lacking:
            reasons.append(f"the deflator of {side.name} lacks {', '.join(lacking)}")
            continue
        index = np.array([ratio[sector] for sector in lists.rows.labels["sector"]])
        sources = sorted({source for (_, year), (_, source) in series.items() if year in years})
        return Prices(index, "; ".join(sources))
    return Prices(None, "; ".join(reasons) or "neither edition has rows in the role deflator")


def _series(
    connection: duckdb.DuckDBPyConnection, side: Side
) -> dict[tuple[str, int], tuple[float, str]]:
    """Price in dollars and source by sector and year."""
    rows = fetch(
        connection,
        f"select sector, source_year, usd_price_index, source from marts.{MART} where edition = ? and year = ?",
        [side.edition, side.year],
    )
    return {
        (str(sector), int(str(year))): (float(str(index)), str(source))
        for sector, year, index, source in rows
    }

"""Published aggregates of 2017 that give the made-up economy its magnitudes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.codes import DEMANDS, FIGURES, SECTORS_42, rows

Array = NDArray[np.float64]
_OF_DEMAND = {
    "household": ("FU101", "FU102"),
    "government": ("FU103",),
    "capital": ("FU201", "FU202"),
}


@dataclass(frozen=True)
class National:
    """China's table of 2017 in 42 sectors, million USD.

    use: (42, 42).  demand: (42, 3) by ``DEMANDS``.  export, imports, output: (42,).  rural_share: of household
    consumption.
    """

    use: Array
    demand: Array
    export: Array
    imports: Array
    output: Array
    rural_share: float

    @property
    def technology(self) -> Array:
        """Inputs per output, imports included, (42, 42)."""
        return self.use / self.output[None, :]


def national(cny_per_usd: float) -> National:
    """China's published table (National Bureau of Statistics, 149 sectors summed to 42)."""
    table = {row["code"]: row for row in rows(FIGURES / "china_2017.csv")}

    def column(name: str) -> Array:
        return np.array([float(table[code][name]) for code in SECTORS_42]) / 100.0 / cny_per_usd

    demand = {
        name: sum((column(c) for c in parts), np.zeros(42)) for name, parts in _OF_DEMAND.items()
    }
    return National(
        use=np.column_stack([column(code) for code in SECTORS_42]),
        demand=np.maximum(np.column_stack([demand[name] for name in DEMANDS]), 0.0),
        export=column("EX"),
        imports=column("IM"),
        output=column("GO"),
        rural_share=float(column("FU101").sum() / demand["household"].sum()),
    )


def province_sizes(provinces: Sequence[str]) -> tuple[Array, Array]:
    """Gross regional product (bn CNY) and 1 for provinces at the coast."""
    table = {row["province"]: row for row in rows(FIGURES / "province_2017.csv")}
    size = np.array([float(table[name]["grp_bn_cny"]) for name in provinces])
    return size, np.array([float(table[name]["coastal"]) for name in provinces])


def all_provinces() -> tuple[str, ...]:
    """The 31 provinces in the bureau's order."""
    return tuple(row["province"] for row in rows(FIGURES / "province_2017.csv"))


def region_sizes(regions: Sequence[str]) -> Array:
    """GDP in million USD; regions without a figure get sizes that fall with their place in the list."""
    known = {row["region"]: float(row["gdp_bn_usd"]) for row in rows(FIGURES / "region_2017.csv")}
    others = [name for name in regions if name not in known]
    known |= {name: 55.0 / (1.0 + 0.12 * at) for at, name in enumerate(others)}
    return 1e3 * np.array([known[name] for name in regions])

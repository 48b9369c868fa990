"""The provinces: imports first, from which the shares of products follow, then a balanced table of 42 sectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.codes import DEMANDS, SECTORS_42, Codes
from synth.figures_of import National, all_provinces, national, province_sizes

Array = NDArray[np.float64]
MAXIMUM_IMPORTED = 0.25  # of a sector's output
MAXIMUM_EXPORTED = 0.6
_ROUNDS = 400


@dataclass(frozen=True)
class Setting:
    """Who is in the economy, and its size beside the published one.

    pair_sector, pair_42: of each pair of the concordance the GTAP sector and the 42-sector as numbers.
    weight: national share of the pair in its 42-sector.  scale: share of the provinces in China's GRP.
    """

    codes: Codes
    provinces: tuple[str, ...]
    regions: tuple[str, ...]
    nation: National
    grp: Array
    coast: Array
    scale: float
    pair_sector: NDArray[np.int64]
    pair_42: NDArray[np.int64]
    weight: Array

    @property
    def goods(self) -> NDArray[np.bool_]:
        """Sectors that have HS codes."""
        return np.array([name in self.codes.hs for name in self.codes.sectors])

    def to_sectors(self, of_42: Array) -> Array:
        """A column by 42-sector spread over GTAP's sectors by national weights; further axes stay."""
        spread = of_42[self.pair_42] * self.weight.reshape(-1, *[1] * (of_42.ndim - 1))
        out = np.zeros((len(self.codes.sectors), *of_42.shape[1:]))
        np.add.at(out, self.pair_sector, spread)
        return out


@dataclass(frozen=True)
class Appetite:
    """How China's users share its imports of each commodity; each row sums to one over both.

    pairs: (65, pairs), users are parts of 42-sectors.  demand: (65, 3).
    """

    pairs: Array
    demand: Array


@dataclass(frozen=True)
class Provinces:
    """The balanced provincial table, million USD; P provinces.

    flows: (P, 42, P, 42).  demand: (P, 42, P, 3).  export, output, value_added, imports: (P, 42).
    demand_imports: (P, 3).  shares: (P, pairs), w of the concordance's pairs.
    """

    flows: Array
    demand: Array
    export: Array
    output: Array
    value_added: Array
    imports: Array
    demand_imports: Array
    shares: Array


def setting(codes: Codes, provinces: tuple[str, ...], regions: tuple[str, ...]) -> Setting:
    """The economy's frame."""
    nation = national(codes.cny_per_usd)
    grp, coast = province_sizes(provinces)
    whole, _ = province_sizes(all_provinces())
    at = {name: number for number, name in enumerate(codes.sectors)}
    return Setting(
        codes=codes,
        provinces=provinces,
        regions=regions,
        nation=nation,
        grp=grp,
        coast=coast,
        scale=float(grp.sum() / whole.sum()),
        pair_sector=np.array([at[s] for _, s in codes.pairs]),
        pair_42=np.array([SECTORS_42.index(g) for g, _ in codes.pairs]),
        weight=np.array(codes.weights),
    )


def appetite(place: Setting, rng: np.random.Generator) -> Appetite:
    """Import use shares: the national table's use of each commodity, each user with a taste of its own."""
    use = place.to_sectors(place.nation.use)[:, place.pair_42] * place.weight[None, :]
    use = use * rng.lognormal(0.0, 0.9, use.shape)
    demand = place.to_sectors(place.nation.demand)
    total = use.sum(1) + demand.sum(1)
    return Appetite(use / total[:, None], demand / total[:, None])


def provinces(
    place: Setting,
    taste: Appetite,
    goods_imports: Array,
    service_use: tuple[Array, Array],
    rng: np.random.Generator,
) -> Provinces:
    """The provincial table around given imports.

    goods_imports: (P, 65) from the customs.  service_use: what pairs and demand of all China use of imported
    services and margins, (pairs,) and (3,).
    """
    share = goods_imports.sum(1) / goods_imports.sum()
    by_pair = goods_imports @ taste.pairs + share[:, None] * service_use[0][None, :]
    demand_imports = goods_imports @ taste.demand + share[:, None] * service_use[1][None, :]
    imports = np.zeros((len(place.provinces), 42))
    np.add.at(imports.T, place.pair_42, by_pair.T)
    shares = by_pair / imports[:, place.pair_42]
    output, export = _sizes(place, imports, rng)
    flows, demand = _trade(place, output, export, imports, rng)
    made = flows.sum((2, 3)) + demand.sum((2, 3)) + export
    return Provinces(
        flows=flows,
        demand=demand,
        export=export,
        output=made,
        value_added=made - flows.sum((0, 1)) - imports,
        imports=imports,
        demand_imports=demand_imports,
        shares=shares,
    )


def _sizes(place: Setting, imports: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Output and exports by province and sector."""
    pull = place.grp[:, None] * rng.lognormal(0.0, 0.5, imports.shape)
    output = place.scale * place.nation.output * pull / pull.sum(0)
    output = np.maximum(output, imports / MAXIMUM_IMPORTED)
    lean = output * (0.5 + place.coast[:, None]) * rng.lognormal(0.0, 0.4, imports.shape)
    export = place.scale * place.nation.export * lean / lean.sum(0)
    return output, np.minimum(export, MAXIMUM_EXPORTED * output)


def _trade(
    place: Setting, output: Array, export: Array, imports: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Flows and demand between provinces, fitted to what is left for China and to what its users need."""
    count = len(place.provinces)
    technology, demand_pattern = place.nation.technology, place.nation.demand
    needs = np.maximum(output * technology.sum(0)[None, :] - imports, 0.05 * output)
    supply = output - export
    wanted = place.grp[:, None] * demand_pattern.sum(0)[None, :]
    room = supply.sum() - needs.sum()
    wanted = wanted / wanted.sum() * room
    near = np.exp(-np.abs(np.subtract.outer(np.arange(count), np.arange(count))) / 6.0)
    near = (near + 4.0 * np.eye(count)) * rng.lognormal(0.0, 0.2, (count, count))
    pull = near[:, None, :] * supply[:, :, None]
    pull /= pull.sum(0)
    flows = np.einsum("pgq,gh,qh->pgqh", pull, technology, output, optimize=True)
    demand = np.einsum(
        "pgq,gc,qc->pgqc", pull, demand_pattern / demand_pattern.sum(0), wanted, optimize=True
    )
    table = np.concatenate([flows.reshape(count * 42, -1), demand.reshape(count * 42, -1)], axis=1)
    goal = np.concatenate([needs.ravel(), wanted.ravel()])
    _fit(table, supply.ravel(), goal)
    cut = count * 42
    return table[:, :cut].reshape(count, 42, count, 42), table[:, cut:].reshape(
        count, 42, count, len(DEMANDS)
    )


def _fit(table: Array, rows: Array, columns: Array) -> None:
    """Scale rows and columns in turn, in place, until rows are met to 1e-9 (what is left becomes output)."""
    for _ in range(_ROUNDS):
        table *= (rows / table.sum(1))[:, None]
        sums = table.sum(0)
        table *= (columns / sums)[None, :]
        if np.abs(table.sum(1) / rows - 1.0).max() < 1e-9:
            return

"""The regions abroad: one balanced economy each, tied by bilateral trade, China's trade given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.arrays import ratio
from synth.china import Setting
from synth.codes import DEMANDS, HOME, MARGINS

Array = NDArray[np.float64]
FIRM_IMPORTS = 1.2  # what firms take of imports beyond the usual; the rest goes to demand
_TRADED = {"goods": 0.22, "service": 0.04, "home": 0.003}
_HOME_SECTORS = frozenset({"dwe", "cns", "osg", "wtr", "rsa", "gdt", "edu", "hht"})
TARIFF, EXPORT_TAX, FREIGHT = 0.05, 0.01, 0.04


@dataclass(frozen=True)
class Sizes:
    """A first sketch of every region, before trade: million USD.

    technology: (R, 65, 65), inputs per output, imports included.  demand: (R, 65, 3).  output, use: (R, 65).
    propensity: (R, 65), imported share of use.
    """

    technology: Array
    demand: Array
    output: Array
    use: Array
    propensity: Array


@dataclass(frozen=True)
class World:
    """GTAP's arrays, million USD, in GTAP's order of axes; R regions, China's own column filled by the provinces.

    firms_home, firms_import: (65, 65, R) commodity, activity, region.  demand_home, demand_import: (65, 3, R).
    trade: (65, R, R) commodity, source, destination.  margins: (3, 65, R, R).  supply: (3, R), exports of margins.
    """

    firms_home: Array
    firms_import: Array
    demand_home: Array
    demand_import: Array
    trade: Array
    margins: Array
    supply: Array


def sketch(place: Setting, gdp: Array, rng: np.random.Generator) -> Sizes:
    """Every region's economy as China's technology and demand, altered, at its own size."""
    sectors, regions = len(place.codes.sectors), len(place.regions)
    use = place.to_sectors(place.nation.use)[:, place.pair_42] * place.weight[None, :]
    by_sector = np.zeros((sectors, sectors))
    np.add.at(by_sector.T, place.pair_sector, use.T)
    output = place.to_sectors(place.nation.output)
    base = by_sector / output[None, :]
    pattern = place.to_sectors(place.nation.demand)
    technology = base[None] * rng.lognormal(0.0, 0.4, (regions, sectors, sectors))
    limit = rng.uniform(0.35, 0.6, (regions, 1, sectors))
    sums = technology.sum(1, keepdims=True)
    technology *= np.minimum(1.0, limit / np.maximum(sums, 1e-12))
    demand = pattern[None] * rng.lognormal(0.0, 0.4, (regions, sectors, 1))
    weight = np.array([0.6, 0.16, 0.24])
    demand = demand / demand.sum(1, keepdims=True) * weight * gdp[:, None, None]
    made = np.stack(
        [np.linalg.solve(np.eye(sectors) - technology[r], demand[r].sum(1)) for r in range(regions)]
    )
    propensity = _propensity(place, gdp, rng)
    use_of = np.einsum("rst,rt->rs", technology, made) + demand.sum(2)
    return Sizes(technology, demand, made, use_of, propensity)


def _propensity(place: Setting, gdp: Array, rng: np.random.Generator) -> Array:
    kind = [
        "home" if name in _HOME_SECTORS else "goods" if good else "service"
        for name, good in zip(place.codes.sectors, place.goods, strict=True)
    ]
    base = np.array([_TRADED[name] for name in kind])
    small: Array = (gdp / gdp.mean())[:, None] ** -0.15
    share: Array = base[None] * small * rng.lognormal(0.0, 0.3, (gdp.size, base.size))
    return np.minimum(share, 0.6)


def bilateral(place: Setting, sizes: Sizes, rng: np.random.Generator) -> Array:
    """Trade among foreign regions, (65, R, R) source to destination; nothing from or to China."""
    own = place.regions.index(HOME)
    regions = len(place.regions)
    closeness = rng.lognormal(0.0, 0.7, (regions, regions))
    pull = sizes.output.T[:, :, None] * closeness[None]
    composite = np.array([name.startswith("X") for name in place.regions])
    pull[:, np.arange(regions), np.arange(regions)] *= 0.2 * composite
    pull[:, own, :] = 0.0
    pull[:, :, own] = 0.0
    imports = (sizes.propensity * sizes.use).T * 0.85
    imports[:, own] = 0.0
    return imports[:, None, :] * ratio(pull, pull.sum(1, keepdims=True))


def margins_on(place: Setting, trade: Array, rng: np.random.Generator) -> Array:
    """Freight that goods pay, (3, 65, R, R)."""
    rate = FREIGHT * place.goods[None, :] * rng.uniform(0.1, 0.6, (len(MARGINS), place.goods.size))
    freight: Array = rate[:, :, None, None] * (1.0 + EXPORT_TAX) * trade[None]
    return freight


def margin_supply(place: Setting, margins: Array, sizes: Sizes) -> Array:
    """Which regions carry the freight, (3, R): as their output of the service; China carries none."""
    at = [place.codes.sectors.index(name) for name in MARGINS]
    pull = sizes.output[:, at].T.copy()
    pull[:, place.regions.index(HOME)] = 0.0
    carried: Array = margins.sum((1, 2, 3))
    return carried[:, None] * ratio(pull, pull.sum(1, keepdims=True))


def close(
    place: Setting,
    sizes: Sizes,
    trade: Array,
    margins: Array,
    supply: Array,
    china: tuple[Array, Array, Array, Array],
) -> World:
    """All regions balanced: output is what is sold, imports are shared among users.

    china: its firms_home, firms_import shares, demand_home and demand_import shares (each commodity's import
    shares sum to one), in GTAP's sectors.
    """
    sectors, regions = len(place.codes.sectors), len(place.regions)
    own = place.regions.index(HOME)
    landed = trade * (1.0 + EXPORT_TAX) + margins.sum(0)
    landed_total = (landed * (1.0 + TARIFF)).sum(1)
    sold = trade.sum(2)
    sold[[place.codes.sectors.index(name) for name in MARGINS]] += supply
    firms_home = np.zeros((sectors, sectors, regions))
    firms_import = np.zeros_like(firms_home)
    demand_home = np.zeros((sectors, len(DEMANDS), regions))
    demand_import = np.zeros_like(demand_home)
    for r in range(regions):
        if r == own:
            firms_home[:, :, r], demand_home[:, :, r] = china[0], china[2]
            firms_import[:, :, r] = china[1] * landed_total[:, r, None]
            demand_import[:, :, r] = china[3] * landed_total[:, r, None]
            continue
        at_home = 1.0 - sizes.propensity[r]
        technology = sizes.technology[r] * at_home[:, None]
        demand_home[:, :, r] = sizes.demand[r] * at_home[:, None]
        made = np.linalg.solve(
            np.eye(sectors) - technology, demand_home[:, :, r].sum(1) + sold[:, r]
        )
        firms_home[:, :, r] = technology * made
        firms_import[:, :, r], demand_import[:, :, r] = _share_imports(
            sizes.technology[r] * sizes.propensity[r][:, None] * made,
            sizes.demand[r] * sizes.propensity[r][:, None],
            landed_total[:, r],
        )
    return World(firms_home, firms_import, demand_home, demand_import, trade, margins, supply)


def _share_imports(firms: Array, demand: Array, total: Array) -> tuple[Array, Array]:
    """Imports (65,) over firms (65, 65) and demand (65, 3) as they use to; firms at most a fifth beyond."""
    usual = firms.sum(1) + demand.sum(1)
    level = ratio(total, usual)
    to_firms = firms * np.minimum(level, FIRM_IMPORTS)[:, None]
    rest = total - to_firms.sum(1)
    pattern = np.where(demand.sum(1, keepdims=True) > 0, demand, np.array([0.0, 0.0, 1.0]))
    return to_firms, rest[:, None] * pattern / pattern.sum(1, keepdims=True)

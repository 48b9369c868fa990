"""The whole made-up economy: drawn from a seed, balanced, ready to be cut into files."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from synth import world as abroad
from synth.arrays import ratio
from synth.china import Appetite, Provinces, Setting, appetite, provinces, setting
from synth.codes import DEMANDS, HOME, codes, regions_160
from synth.figures_of import all_provinces, region_sizes
from synth.trade import CustomsRows, cells_to_rows, origins, spread, sums
from synth.world import World

Array = NDArray[np.float64]
SMALL_PROVINCES = ("CN-HE", "CN-JS", "CN-GD", "CN-SC", "CN-XJ")
SMALL_REGIONS = ("AUS", "CHN", "JPN", "KOR", "USA", "DEU", "SAU", "XTW")
_PER_CELL = 2
_SMALLEST_MUSD = {"small": 0.05}
_LEAST_MUSD = 0.2
MANY = {"quarter": 40, "half": 80, "full": 160}
"""Sizes with all provinces, and their regions."""


@dataclass(frozen=True)
class Economy:
    """Everything that the files and the truth are cut from; million USD.

    exports: (P, 65, R), by destination; imports: (P, 65, R), goods by origin; both the truth.
    export_rows in yuan, import_rows in dollars: what the customs print, noise included.
    """

    place: Setting
    taste: Appetite
    china: Provinces
    world: World
    exports: Array
    imports: Array
    export_rows: CustomsRows
    import_rows: CustomsRows


def build(size: str, seed: int, noise: float) -> Economy:
    """The economy of a size and seed.  noise: 0 none; 1 the full discrepancies between the sources."""
    rng = np.random.default_rng(seed)
    noisy = np.random.default_rng(seed + 1)
    place = _setting(size)
    gdp = region_sizes(place.regions)
    own = place.regions.index(HOME)
    gdp[own] *= place.scale
    sizes = abroad.sketch(place, gdp, rng)
    taste = appetite(place, rng)
    smallest, per_cell = _SMALLEST_MUSD.get(size, _LEAST_MUSD), _PER_CELL
    # Imports of goods are what the customs print (in whole dollars); all else is built around them.
    wanted = place.to_sectors(place.nation.imports) * place.scale
    origin = origins(sizes.output.T, own, rng)
    drawn = _import_cells(place, wanted, origin, smallest, rng)
    import_rows = cells_to_rows(place, drawn * 1e6, per_cell, rng)
    imports = sums(place, import_rows) / 1e6
    services = np.where(place.goods, 0.0, wanted)[:, None] * origin
    to_china = services + imports.sum(0)
    trade = abroad.bilateral(place, sizes, rng)
    trade[:, :, own] = to_china
    freight = abroad.margins_on(place, trade, rng)
    service_use = _service_use(taste, services.sum(1), freight[:, :, :, own].sum(2))
    china = provinces(place, taste, imports.sum(2), service_use, rng)
    exports, export_rows = _exports(place, china, sizes, smallest, per_cell, noise, (rng, noisy))
    trade[:, own, :] = exports.sum(0)
    # Freight on China's exports joins the rest; what China itself pays is already fixed.
    full = abroad.margins_on(place, trade, np.random.default_rng(seed + 2))
    full[:, :, :, own] = freight[:, :, :, own]
    supply = abroad.margin_supply(place, full, sizes)
    world = abroad.close(place, sizes, trade, full, supply, _china_in_gtap(place, taste, china))
    if noise > 0:
        import_rows = _noisy(import_rows, len(place.provinces), noise, noisy)
    return Economy(place, taste, china, world, exports, imports, export_rows, import_rows)


def _setting(size: str) -> Setting:
    if size == "small":
        return setting(codes(), SMALL_PROVINCES, SMALL_REGIONS)
    kept = {*SMALL_REGIONS, *regions_160()[: MANY[size] - len(SMALL_REGIONS)]}
    more = (region for region in regions_160() if region not in kept)
    kept |= set(islice(more, MANY[size] - len(kept)))
    return setting(codes(), all_provinces(), tuple(r for r in regions_160() if r in kept))


def _import_cells(
    place: Setting, wanted: Array, origin: Array, smallest: float, rng: np.random.Generator
) -> Array:
    """Imports of goods by province, commodity and origin, (P, 65, R)."""
    goods = np.where(place.goods, wanted, 0.0)
    pull = (place.grp**1.1 * (0.4 + place.coast))[:, None] * rng.lognormal(
        0.0, 0.8, (place.grp.size, goods.size)
    )
    totals = goods[None] * pull / pull.sum(0)
    return spread(place, totals, origin, 0.5, smallest, rng)


def _service_use(taste: Appetite, services: Array, freight: Array) -> tuple[Array, Array]:
    """What China's users buy of imported services (65,) and of freight by the goods it comes with (3, 65)."""
    by_goods = freight.sum(0)
    return (
        services @ taste.pairs + by_goods @ taste.pairs,
        services @ taste.demand + by_goods @ taste.demand,
    )


def _exports(
    place: Setting,
    china: Provinces,
    sizes: abroad.Sizes,
    smallest: float,
    per_cell: int,
    noise: float,
    generators: tuple[np.random.Generator, np.random.Generator],
) -> tuple[Array, CustomsRows]:
    """Exports by province, commodity and destination: totals of the table, structure of the customs."""
    rng, noisy = generators
    own = place.regions.index(HOME)
    count, sectors = len(place.provinces), len(place.codes.sectors)
    totals = np.zeros((count, sectors))
    np.add.at(totals.T, place.pair_sector, (china.shares * china.export[:, place.pair_42]).T)
    pull = (sizes.propensity * sizes.use).T * rng.lognormal(0.0, 0.4, (sectors, len(place.regions)))
    pull[:, own] = 0.0
    shares = pull / pull.sum(1, keepdims=True)
    goods = place.goods[None, :] * totals
    cells = spread(place, goods, shares, 0.7, smallest, rng)
    rows = cells_to_rows(place, cells * 1e6 * place.codes.cny_per_usd, per_cell, rng)
    printed = sums(place, rows)
    whole = printed.sum(2, keepdims=True)
    structure = np.where(whole > 0, ratio(printed, whole), shares[None])
    structure[:, ~place.goods] = shares[~place.goods]
    exports = totals[:, :, None] * structure
    return exports, _noisy(rows, count, noise, noisy) if noise > 0 else rows


def _noisy(
    rows: CustomsRows, provinces_count: int, noise: float, rng: np.random.Generator
) -> CustomsRows:
    """Customs that differ from the tables: up to 20 % by province, 10 % by row."""
    factor = 1.0 + noise * rng.uniform(-0.2, 0.2, provinces_count)[rows.province]
    factor *= 1.0 + noise * rng.uniform(-0.1, 0.1, rows.amount.size)
    amount = np.maximum(np.rint(rows.amount * factor), 1.0).astype(np.int64)
    return CustomsRows(
        rows.province,
        rows.region,
        rows.sector,
        rows.hs,
        rows.partner,
        rows.regime,
        amount,
        rows.is_included,
    )


def _china_in_gtap(
    place: Setting, taste: Appetite, china: Provinces
) -> tuple[Array, Array, Array, Array]:
    """China's domestic flows, import shares of firms, demand, and import shares of demand in GTAP's sectors."""
    home, demand = linked_china(place, china)
    count, sectors = len(place.provinces), len(place.codes.sectors)
    firms = np.zeros((sectors, sectors))
    np.add.at(firms.T, place.pair_sector, taste.pairs.T)
    return (
        home.reshape(count, sectors, count, sectors).sum((0, 2)),
        firms,
        demand.reshape(count, sectors, count, len(DEMANDS)).sum((0, 2)),
        taste.demand,
    )


def linked_china(place: Setting, china: Provinces) -> tuple[Array, Array]:
    """Provincial flows and demand in GTAP's sectors, (P 65, P 65) and (P 65, P 3): the shares at both ends."""
    count, sectors = len(place.provinces), len(place.codes.sectors)
    bridge = np.zeros((count, 42, sectors))
    bridge[:, place.pair_42, place.pair_sector] = china.shares  # every pair stands once
    flows = np.einsum("pgs,pgqh,qht->psqt", bridge, china.flows, bridge, optimize=True)
    demand = np.einsum("pgs,pgqc->psqc", bridge, china.demand, optimize=True)
    return (
        flows.reshape(count * sectors, count * sectors),
        demand.reshape(count * sectors, count * len(DEMANDS)),
    )

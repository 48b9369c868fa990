"""The true linked economy as Parquet: what linking the files must give back when there is no noise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from synth.arrays import ratio
from synth.codes import DEMANDS, HOME, MARGINS
from synth.economy import Economy, linked_china
from synth.world import World
from warehouse.synthetic import MARK

Array = NDArray[np.float64]


def write(economy: Economy, world: World, folder: Path) -> None:
    """Write ``mrio_flow``, ``mrio_final_demand`` and ``mrio_output``.

    world: as the base data file tells it (single precision). Provinces stand before regions abroad; zeros are
    left out.
    """
    place = economy.place
    sectors = place.codes.sectors
    abroad = [name for name in place.regions if name != HOME]
    producers = (*place.provinces, *abroad)
    made, used = np.zeros(len(producers) * len(sectors)), []
    flow = _schema("to_sector")
    demand = _schema("demand_category")
    with (
        pq.ParquetWriter(folder / "mrio_flow.parquet", flow) as flows,
        pq.ParquetWriter(folder / "mrio_final_demand.parquet", demand) as demands,
    ):
        for user, block in _blocks(economy, world):
            cut = len(sectors)
            made += block.sum(1)
            used.append(block[:, :cut].sum(0))
            flows.write_table(_long(block[:, :cut], producers, sectors, user, sectors, flow))
            demands.write_table(_long(block[:, cut:], producers, sectors, user, DEMANDS, demand))
    pq.write_table(
        pa.table(
            {
                "region": [name for name in producers for _ in sectors],
                "sector": list(sectors) * len(producers),
                "output_musd": made,
                "value_added_musd": made - np.concatenate(used),
            }
        ).replace_schema_metadata({"mark": MARK}),
        folder / "mrio_output.parquet",
    )


def _blocks(economy: Economy, world: World) -> Iterator[tuple[str, Array]]:
    """Each using province and region with its column block, (producers x sectors, sectors + demands)."""
    place = economy.place
    sectors, own = len(place.codes.sectors), place.regions.index(HOME)
    count = len(place.provinces)
    others = np.array([at for at in range(len(place.regions)) if at != own])
    flows, final = linked_china(place, economy.china)
    imported = _china_imports(economy, world, others)
    for q, province in enumerate(place.provinces):
        at = slice(q * sectors, (q + 1) * sectors)
        to = slice(q * len(DEMANDS), (q + 1) * len(DEMANDS))
        home = np.concatenate([flows[:, at], final[:, to]], axis=1)
        yield province, np.concatenate([home, imported[q]])
    margin_at = [place.codes.sectors.index(name) for name in MARGINS]
    carriers = world.supply / world.supply.sum(1, keepdims=True)
    for r in others:
        share = np.concatenate([world.firms_import[:, :, r], world.demand_import[:, :, r]], axis=1)
        share = ratio(share, share.sum(1, keepdims=True))
        block = world.trade[:, others, r].T[:, :, None] * share[None]
        freight = world.margins[:, :, :, r].sum(2) @ share
        for margin, place_at in enumerate(margin_at):
            block[:, place_at] += carriers[margin, others, None] * freight[margin][None]
        here = int(np.nonzero(others == r)[0][0])
        block[here] += np.concatenate(
            [world.firms_home[:, :, r], world.demand_home[:, :, r]], axis=1
        )
        exported = economy.exports[:, :, r, None] * share[None]
        yield (
            place.regions[r],
            np.concatenate(
                [exported.reshape(count * sectors, -1), block.reshape(others.size * sectors, -1)]
            ),
        )


def _china_imports(economy: Economy, world: World, others: NDArray[np.intp]) -> Array:
    """Imports by province, (P, R abroad x 65, 65 + 3)."""
    place, taste = economy.place, economy.taste
    sectors, own = len(place.codes.sectors), place.regions.index(HOME)
    users = np.zeros((sectors, sectors + len(DEMANDS)))
    np.add.at(users.T, place.pair_sector, taste.pairs.T)
    users[:, sectors:] = taste.demand
    goods = economy.imports[:, :, others]
    share = goods.sum((1, 2)) / goods.sum()
    out: Array = np.einsum("psf,sj->pfsj", goods, users, optimize=True)
    service = np.where(place.goods[:, None], 0.0, world.trade[:, others, own])
    carriers = world.supply / world.supply.sum(1, keepdims=True)
    freight = world.margins[:, :, :, own].sum(2)
    nation = service.sum(1)[:, None] * users
    for margin, name in enumerate(MARGINS):
        at = place.codes.sectors.index(name)
        service[at] += carriers[margin, others] * freight[margin].sum()
        nation[at] += freight[margin] @ users
    pooled = ratio(nation, nation.sum(1, keepdims=True))
    out += share[:, None, None, None] * service.T[None, :, :, None] * pooled[None, None]
    return out.reshape(len(place.provinces), others.size * sectors, -1)


def _schema(use: str) -> pa.Schema:
    names = pa.dictionary(pa.int16(), pa.string())
    return pa.schema(
        [
            ("from_region", names), ("from_sector", names), ("to_region", names), (use, names),
            ("value_musd", pa.float64()),
        ],
        metadata={"mark": MARK},
    )  # fmt: skip


def _long(
    block: Array,
    producers: tuple[str, ...],
    sectors: tuple[str, ...],
    user: str,
    uses: tuple[str, ...],
    schema: pa.Schema,
) -> pa.Table:
    row, column = np.nonzero(block)

    def coded(index: NDArray[np.intp], names: tuple[str, ...]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int16)), pa.array(names))

    return pa.table(
        [
            coded(row // len(sectors), producers),
            coded(row % len(sectors), sectors),
            coded(np.zeros_like(row), (user,)),
            coded(column, uses),
            pa.array(block[row, column]),
        ],
        schema=schema,
    )

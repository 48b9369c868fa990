"""One thing changed at a time: coarser sectors, other divisions of emissions."""

from __future__ import annotations

import numpy as np

from compute._checks import Array, Indices, InvalidInput, as_floats
from compute.footprint import Provinces
from compute.uncertainty.table import LinkedTable


def aggregated(table: LinkedTable, group: Indices) -> LinkedTable:
    """The table with sectors summed to groups, the same in every region.

    group: (sectors,), each sector's group, 0 to g - 1.  Raises InvalidInput.
    """
    sectors = table.provinces.sectors
    group = _groups(group, sectors)
    count, regions = int(group.max()) + 1, len(table.flows) // sectors
    member = (group[:, None] == np.arange(count)).astype(np.float64)
    blocks = table.flows.reshape(regions, sectors, regions, sectors)
    flows = np.einsum("rspt,sg,th->rgph", blocks, member, member, optimize=True)
    demand = np.einsum("rsk,sg->rgk", table.demand.reshape(regions, sectors, -1), member)
    return LinkedTable(
        flows=flows.reshape(regions * count, -1),
        demand=demand.reshape(regions * count, -1),
        provinces=Provinces(table.provinces.count, count),
        consumer=table.consumer,
        is_home=table.is_home,
    )


def aggregated_emissions(tonnes: Array, group: Indices) -> Array:
    """Emissions, (k, provinces, sectors + outside), with the sectors summed to groups."""
    group = _groups(group, np.size(group))
    sectors = len(group)
    tonnes = as_floats("tonnes", tonnes)
    if tonnes.ndim < 1 or tonnes.shape[-1] < sectors:
        raise InvalidInput(f"tonnes must have {sectors} sectors, their shape is {tonnes.shape}")
    member = (group[:, None] == np.arange(int(group.max()) + 1)).astype(np.float64)
    summed: Array = np.concatenate([tonnes[..., :sectors] @ member, tonnes[..., sectors:]], axis=-1)
    return summed


def _groups(group: Indices, sectors: int) -> Indices:
    """The groups as whole numbers from 0 without a gap; InvalidInput otherwise."""
    array = as_floats("group", group)
    if array.shape != (sectors,) or set(array.tolist()) != set(
        range(int(array.max(initial=0)) + 1)
    ):
        raise InvalidInput(f"groups of {sectors} sectors must be numbered from 0 without a gap")
    return array.astype(np.int64)


def divided_as_nation(
    tonnes: Array, block: Indices, source: Indices, cell: Indices, cells: int
) -> Array:
    """An inventory whose every province divides a source sector as the nation does.

    tonnes, block, cell: as in Allocation.  source: (r, 2), each row's source sector with pollutant,
    and its emitter.  The emitters of a province and source sector stay those it has.
    Returns (c,), tonnes; every block keeps its sum.
    """
    _, key = np.unique(source, axis=0, return_inverse=True)
    national = np.bincount(key.ravel(), weights=tonnes)[key.ravel()]
    own, whole = np.bincount(block, weights=tonnes), np.bincount(block, weights=national)
    scale = np.divide(own, whole, out=np.zeros_like(own), where=whole > 0)
    return np.bincount(cell, weights=national * scale[block], minlength=cells).astype(np.float64)

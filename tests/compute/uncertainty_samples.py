"""Synthetic economies with a known truth, for the tests of uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.footprint import Provinces
from compute.uncertainty.draws import SOURCES
from compute.uncertainty.drive import drive_of
from compute.uncertainty.headline import Headlines
from compute.uncertainty.inventory import Allocation, InventoryError
from compute.uncertainty.sampling import Emissions, Plan, TableDraws, TableErrors, draw_block
from compute.uncertainty.table import CellError, LinkedTable

Array = NDArray[np.float64]
# Four: with three, what each sends and takes leaves gravity no choice.
PROVINCES = ("CN-AA", "CN-BB", "CN-CC", "CN-DD")
POLLUTANTS = ("NOx", "SO2")
SECTORS, FOREIGN = 3, 2


@dataclass(frozen=True)
class World:
    """A synthetic economy with its inventory: two sectors groups, one emitter outside the footprint."""

    table: LinkedTable
    emissions: Emissions
    headlines: Headlines
    errors: TableErrors


def linked_table(
    random: np.random.Generator, provinces: int = 4, sectors: int = SECTORS, foreign: int = FOREIGN
) -> LinkedTable:
    """A productive table of positive cells: inputs are about half of output."""
    regions = provinces + foreign
    n = regions * sectors
    flows = random.lognormal(0, 1, (n, n))
    demand = random.lognormal(2.5, 1, (n, regions)) * n / regions
    return LinkedTable(
        flows=flows,
        demand=demand,
        provinces=Provinces(provinces, sectors),
        consumer=np.array([foreign] * provinces + list(range(foreign)), dtype=np.int64),
        is_home=np.arange(foreign + 1) == foreign,
    )


def inventory_error(national: float = 0.2, provincial: float = 0.2) -> InventoryError:
    shape = (len(POLLUTANTS), 3)
    return InventoryError(
        POLLUTANTS,
        ("heavy", "light", "outside"),
        np.full(shape, national),
        np.full(shape, provincial),
        0.5,
    )


def allocation_of(tonnes: Array, coefficient: float = 0.3) -> Allocation:
    """Two activities in every province and pollutant: one in the first sector, one in all."""
    rows = []
    for block, (pollutant, province) in enumerate(np.ndindex(*tonnes.shape[:2])):
        for emitter in range(tonnes.shape[2]):
            cell = int(np.ravel_multi_index((pollutant, province, emitter), tonnes.shape))
            rows.append((tonnes[pollutant, province, emitter], block, int(emitter > 0), cell))
    amount, block_of, activity, cell_of = (np.array(column) for column in zip(*rows, strict=True))
    return Allocation(amount, block_of, activity, cell_of, np.full(2, coefficient), tonnes.size)


def world(seed: int, errors: TableErrors | None = None, *, divided: bool = False) -> World:
    random = np.random.default_rng(seed)
    table = linked_table(random)
    count = len(PROVINCES)
    tonnes = random.lognormal(3, 1, (len(POLLUTANTS), count, SECTORS + 1))
    distance = random.uniform(300, 2000, (count, count))
    return World(
        table,
        Emissions(
            tonnes,
            np.array([0, 0, 1, 2]),
            inventory_error(),
            allocation_of(tonnes) if divided else None,
        ),
        headlines(),
        errors
        or TableErrors(
            CellError(0.3, -0.3, 1.0, 0.3),
            60.0,
            0.3,
            0.2,
            (distance + distance.T) * ~np.eye(count, dtype=bool),
        ),
    )


def headlines() -> Headlines:
    return Headlines(
        pollutants=POLLUTANTS,
        provinces=PROVINCES,
        sectors=SECTORS,
        groups=("Asia", "China"),
        group=np.array([0, 0, 1]),
        index_weight=np.array([1.0, 0.5]),
        ranked=np.array([0, 1]),
        nation="CHN",
    )


def draws_of(made: World, plan: Plan) -> tuple[Array, dict[str, Array]]:
    """All draws, (d, h), and those of each source alone."""
    base = drive_of(made.table)
    tables = TableDraws(made.table, made.errors) if plan.table_draws else None
    blocks = [
        draw_block(plan, numbers, made.headlines, made.emissions, base, tables)
        for numbers in plan.blocks
    ]
    sources = [source for source in SOURCES if source in blocks[0].alone]
    return (
        np.concatenate([block.together for block in blocks]),
        {name: np.concatenate([block.alone[name] for block in blocks]) for name in sources},
    )

"""Draws of all headlines: every source together, and each source alone.

Draw d takes the inventory and the stand-ins of number d, and the table, trade split and gravity of
number d modulo the number of table draws. So thousands of inventories meet some hundred tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add

import numpy as np

from compute._arguments import whole_number
from compute._checks import Array, Indices, InvalidInput
from compute.uncertainty.drive import Drive, Expansion, drive_after
from compute.uncertainty.headline import Headlines
from compute.uncertainty.inventory import (
    Allocation,
    InventoryError,
    divided,
    inventory_factors,
    level_factors,
)
from compute.uncertainty.statistics import Winners
from compute.uncertainty.table import (
    CellError,
    CellNoise,
    LinkedTable,
    gravity_noise,
    rebalanced,
    trade_split,
)

DRAWS_IN_BLOCK = 50
TABLE_DRAWS_IN_BLOCK = 5


@dataclass(frozen=True)
class Plan:
    """What to draw.

    draws: of all sources together.  table_draws: different tables among them; 0 leaves the table
    at its point.  seed: of everything.  full: solve every disturbed table anew instead of to first
    order.  rebalance: bring its cells back to the totals of rows and columns before.
    Raises InvalidInput for numbers that are not whole, no draws, or more tables than draws.
    """

    draws: int
    seed: int = 1
    table_draws: int = 0
    full: bool = False
    rebalance: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        whole_number("the number of draws", self.draws, 1)
        whole_number("the seed", self.seed, 0)
        whole_number("the number of table draws", self.table_draws, 0)
        if self.table_draws > self.draws:
            raise InvalidInput(
                f"{self.table_draws} table draws need as many draws or more, {self.draws} are asked for"
            )

    @property
    def blocks(self) -> list[range]:
        """Numbers of draws (of table draws, when there are any) to be made in one go."""
        count = self.table_draws or self.draws
        step = TABLE_DRAWS_IN_BLOCK if self.table_draws else DRAWS_IN_BLOCK
        return [range(first, min(first + step, count)) for first in range(0, count, step)]

    def draws_of(self, table_draw: int) -> range:
        """The draws that use a table draw."""
        return range(table_draw, self.draws, self.table_draws)


@dataclass(frozen=True)
class Emissions:
    """The inventory and its errors.

    tonnes: (k, provinces, emitters).  group: (emitters,), each emitter's among error.groups.
    allocation: how source sectors were divided, its cells those of `tonnes`; None: not known.
    """

    tonnes: Array
    group: Indices
    error: InventoryError
    allocation: Allocation | None = None

    def drawn(self, seed: int, draw: int) -> dict[str, Array]:
        """The inventory of one draw with all its errors (`both`), and with those of each source."""
        factors = inventory_factors(self.error, self.tonnes.shape[1], seed, draw)
        factors = factors.transpose(0, 2, 1)[:, :, self.group]
        if self.allocation is None:
            inventory = self.tonnes * factors
            return {"both": inventory, "inventory": inventory}
        levels = level_factors(self.allocation, seed, draw)
        moved = divided(self.allocation, levels).reshape(self.tonnes.shape)
        return {"both": moved * factors, "inventory": self.tonnes * factors, "stand_in": moved}


@dataclass(frozen=True)
class TableErrors:
    """Errors of the linked table. distance_km: (P, P) between provinces; None: their trade is known."""

    cell: CellError
    concentration: float
    exponent_deviation: float
    distance_coefficient: float
    distance_km: Array | None


class TableDraws:
    """A linked table and its errors: what each table draw makes exports drive."""

    def __init__(self, table: LinkedTable, errors: TableErrors) -> None:
        """Solve the table."""
        self._expansion, self._errors = Expansion(table), errors
        self._noise = CellNoise(table, errors.cell)

    def drawn(self, plan: Plan, draw: int) -> dict[str, Drive]:
        """What exports drive with each source of the table's errors, and with all (`both`)."""
        table, errors, base = self._expansion.table, self._errors, self._expansion.base
        cells = self._noise.draw(plan.seed, draw)
        changes = {
            "table": rebalanced(table, cells) if plan.rebalance else cells,
            "trade_split": trade_split(table, errors.concentration, plan.seed, draw),
        }
        if errors.distance_km is not None:
            changes["gravity"] = gravity_noise(
                table,
                errors.distance_km,
                errors.exponent_deviation,
                errors.distance_coefficient,
                plan.seed,
                draw,
            )
        moves = {source: self._expansion.drive(change) for source, change in changes.items()}
        if plan.full:
            both = drive_after(table, reduce(add, changes.values()))
        else:
            both = reduce(add, moves.values(), base)
        return {"both": both} | {source: base + move for source, move in moves.items()}


@dataclass(frozen=True)
class Block:
    """Some draws. together: (d, h).  alone: by source, (any, h).  winners: by place and pollutant."""

    together: Array
    alone: Mapping[str, Array] = field(default_factory=dict)
    winners: Winners = field(default_factory=lambda: Winners.none(0, 0))


@dataclass(frozen=True)
class _DeathsAlone:
    """Headlines when errors of deaths alone are drawn: the others stay at their point.

    point: (h,).  shares: (r, consumers), of the deaths of each receptor.
    """

    headlines: Headlines
    point: Array
    shares: Array

    @staticmethod
    def of(headlines: Headlines, emissions: Emissions, base: Drive) -> _DeathsAlone | None:
        """What stays at its point; None where there are no deaths."""
        if headlines.deaths is None:
            return None
        point = headlines.values(emissions.tonnes, base)[0]
        return _DeathsAlone(headlines, point, headlines.export_shares(emissions.tonnes, base))

    def drawn(self, seed: int, draw: int) -> dict[str, Array]:
        """Deaths of receptors in a draw, by source."""
        deaths = self.headlines.deaths
        return {} if deaths is None else deaths.drawn(seed, draw)

    def values(self, deaths: Array) -> Array:
        """All headlines with these deaths, (h,)."""
        changed = self.headlines.death_values(deaths, self.shares)
        return np.concatenate([self.point[: -len(changed)], changed])


def draw_block(
    plan: Plan,
    numbers: range,
    headlines: Headlines,
    emissions: Emissions,
    base: Drive,
    tables: TableDraws | None = None,
) -> Block:
    """The draws of one of plan.blocks. base: what exports drive at the point.

    tables: needed when the plan has table draws.  The result depends on seed and numbers alone.
    """
    if (tables is None) != (plan.table_draws == 0):
        raise InvalidInput("table draws need a linked table, and only they do")
    together: list[Array] = []
    winners: list[Array] = []
    alone: dict[str, list[Array]] = {}
    of_errors = _DeathsAlone.of(headlines, emissions, base)
    for number in numbers:
        drives = {"both": base} if tables is None else tables.drawn(plan, number)
        for source, drive in drives.items():
            if source != "both":
                alone.setdefault(source, []).append(headlines.values(emissions.tonnes, drive)[0])
        for draw in (number,) if tables is None else plan.draws_of(number):
            inventories = emissions.drawn(plan.seed, draw)
            for source, inventory in inventories.items():
                if source != "both":
                    alone.setdefault(source, []).append(headlines.values(inventory, base)[0])
            deaths = of_errors.drawn(plan.seed, draw) if of_errors else {}
            for source, found in deaths.items():
                if source != "both" and of_errors:
                    alone.setdefault(source, []).append(of_errors.values(found))
            values, consumers = headlines.values(
                inventories["both"], drives["both"], deaths.get("both")
            )
            together.append(values)
            winners.append(consumers[:, :, headlines.ranked].reshape(-1, len(headlines.ranked)))
    return Block(
        np.array(together),
        {source: np.array(values) for source, values in alone.items()},
        Winners.of(np.array(winners)),
    )

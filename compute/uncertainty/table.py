"""Draws of the linked table: noise of its cells, destinations of exports, trade between provinces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compute._checks import Array, InvalidInput, finite_matrix, require_same_labels, square_matrix
from compute.balance import gras
from compute.footprint import Provinces
from compute.uncertainty.draws import checked_coefficients, generator, log_deviation

MARGIN_TOLERANCE = 1e-6
MARGIN_ROUNDS = 200
LEAST_OUTPUT_SHARE = 0.1


@dataclass(frozen=True)
class LinkedTable:
    """A linked table, region-major with the same sectors in each region, provinces first; million USD.

    flows: Z, (n, n).  demand: y by region that buys, (n, regions).  provinces: the first rows.
    consumer: (regions,), the consumer each region's demand counts to (all provinces are one).
    is_home: (consumers,), True for the consumer that the provinces are.
    """

    flows: Array
    demand: Array
    provinces: Provinces
    consumer: np.ndarray[tuple[int], np.dtype[np.int64]]
    is_home: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def __post_init__(self) -> None:
        """Refuse flows that are not square, and demand that does not fit to them."""
        size = len(square_matrix("flows", self.flows))
        require_same_labels(flows=(self.flows, ("n", "n")), demand=(self.demand, ("n", "regions")))
        finite_matrix("demand", self.demand, shape=(size, np.size(self.consumer)))

    @property
    def output(self) -> Array:
        """x, (n,): what is delivered."""
        total: Array = self.flows.sum(axis=1) + self.demand.sum(axis=1)
        return total

    def consumers_of(self, demand: Array) -> Array:
        """Demand by region, (n, regions), summed to consumers, (n, consumers)."""
        chosen = self.consumer[:, None] == np.arange(len(self.is_home))
        summed: Array = demand @ chosen.astype(np.float64)
        return summed


@dataclass(frozen=True)
class Change:
    """What a draw adds to the table's flows, (n, n), and demand, (n, regions); million USD."""

    flows: Array
    demand: Array

    def __add__(self, other: Change) -> Change:
        """Both changes together."""
        return Change(self.flows + other.flows, self.demand + other.demand)


@dataclass(frozen=True)
class CellError:
    """Relative error of a cell by its size: cv = coefficient x |value| ^ exponent, at most `largest`.

    The form of Lenzen, Wood and Wiedmann 2010 (Economic Systems Research 22, 43).
    shared: share of the log-variance that all cells from one producer to one region have in
    common; 0: every cell errs for itself.
    """

    coefficient: float
    exponent: float
    largest: float
    shared: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn from."""
        checked_coefficients(
            "largest relative error of a cell", np.array([self.largest]), ["largest"]
        )
        if not (self.coefficient >= 0 and -1 <= self.exponent <= 0 and 0 <= self.shared <= 1):
            raise InvalidInput(
                f"cell errors need a coefficient >= 0, an exponent from -1 to 0 and a share from 0 to 1, "
                f"found {self.coefficient}, {self.exponent}, {self.shared}"
            )

    def relative(self, values: Array) -> Array:
        """Coefficient of variation of each cell; zero for empty cells."""
        size = np.abs(values)
        with np.errstate(divide="ignore"):
            error = np.minimum(self.coefficient * size**self.exponent, self.largest)
        return np.where(size > 0, error, 0.0)


class CellNoise:
    """Lognormal noise of mean one on every cell of a table; signs and zeros stay."""

    def __init__(self, table: LinkedTable, error: CellError) -> None:
        """Work out every cell's error once."""
        self._table, self._shared = table, error.shared
        self._deviations = [
            log_deviation(error.relative(values)) for values in (table.flows, table.demand)
        ]

    def draw(self, seed: int, draw: int) -> Change:
        """One draw.  A row whose output noise would all but cancel is held back (LEAST_OUTPUT_SHARE)."""
        table, random = self._table, generator(seed, "table", draw)
        n, sectors = len(table.flows), table.provinces.sectors
        common = random.standard_normal((n, n // sectors))
        flows, demand = self._deviations
        change = Change(
            table.flows * self._relative(flows, np.repeat(common, sectors, axis=1), random),
            table.demand * self._relative(demand, common, random),
        )
        return _producing(table, change)

    def _relative(self, deviation: Array, common: Array, random: np.random.Generator) -> Array:
        normal = random.standard_normal(deviation.shape)
        if self._shared:
            normal *= np.sqrt(1 - self._shared)
            normal += np.sqrt(self._shared) * common
        normal *= deviation
        normal -= np.square(deviation) / 2
        return np.expm1(normal, out=normal)


def _producing(table: LinkedTable, change: Change) -> Change:
    """The change with rows held back that would leave a producer next to no output.

    Where falling inventories nearly cancel deliveries, noise of both can make output negative: such
    a row changes in the same direction, but keeps a tenth of its output.
    """
    output, growth = table.output, change.flows.sum(axis=1) + change.demand.sum(axis=1)
    room = (1 - LEAST_OUTPUT_SHARE) * output
    kept = np.divide(room, -growth, out=np.ones_like(room), where=-growth > room)[:, None]
    return Change(change.flows * kept, change.demand * kept)


def _noise(values: Array, error: CellError, random: np.random.Generator, common: Array) -> Array:
    deviation = log_deviation(error.relative(values))
    normal = np.sqrt(1 - error.shared) * random.standard_normal(values.shape)
    if error.shared:
        normal += np.sqrt(error.shared) * common
    change: Array = values * np.expm1(deviation * normal - np.square(deviation) / 2)
    return change


def rebalanced(table: LinkedTable, change: Change, *, tolerance: float = 1e-6) -> Change:
    """The change after GRAS has brought the disturbed table back to its row and column totals."""
    size = len(table.flows)
    before = np.hstack([table.flows, table.demand])
    after = before + np.hstack([change.flows, change.demand])
    balanced = gras(
        after,
        before.sum(axis=1),
        before.sum(axis=0),
        tolerance=tolerance,
        max_iterations=2000,
        reconcile=1e-9,
    ).table
    return Change(balanced[:, :size] - table.flows, balanced[:, size:] - table.demand)


def trade_split(table: LinkedTable, concentration: float, seed: int, draw: int) -> Change:
    """One draw of the destinations of every province's exports.

    Shares of a province and product over foreign regions are Dirichlet(concentration x shares);
    then RAS keeps both what each province exports and what each region takes from China, product
    by product. A share s has a coefficient of variation of about sqrt((1 - s) / (s (c + 1))).
    """
    if not concentration > 0:
        raise InvalidInput(f"the concentration of the trade split is {concentration}, not above 0")
    exports = _traded(table)[:, :, table.provinces.count :]
    positive = np.maximum(exports, 0.0)
    total = positive.sum(axis=2, keepdims=True)
    shares = np.divide(positive, total, out=np.zeros_like(positive), where=total > 0)
    drawn = generator(seed, "trade_split", draw).standard_gamma(concentration * shares)
    factors = _to_margins(drawn * total, positive)
    return _scaled(table, factors, slice(table.provinces.count, None))


def gravity_noise(
    table: LinkedTable,
    distance_km: Array,
    exponent_deviation: float,
    distance_coefficient: float,
    seed: int,
    draw: int,
) -> Change:
    """One draw of the pattern of trade between provinces.

    The exponent of distance moves by a normal deviate, every distance by a lognormal factor; RAS
    keeps what each province sends to all others and takes from them, product by product.
    distance_km: (P, P), positive off the diagonal.
    """
    checked_coefficients("distances", np.array([distance_coefficient]), ["distance"])
    if not 0 <= exponent_deviation <= 3:
        raise InvalidInput(f"the deviation of the exponent is {exponent_deviation}, not 0 to 3")
    random = generator(seed, "gravity", draw)
    count = table.provinces.count
    moved = exponent_deviation * random.standard_normal()
    deviation = float(log_deviation(np.array(distance_coefficient)))
    noise = np.triu(random.standard_normal((count, count)), 1)
    off = ~np.eye(count, dtype=bool)
    attraction = np.ones((count, count))
    relative = distance_km[off] / np.exp(np.log(distance_km[off]).mean())
    attraction[off] = relative**-moved * np.exp(deviation * (noise + noise.T)[off])
    flows = np.maximum(_traded(table)[:, :, :count], 0.0) * off[:, None, :]
    factors = _to_margins(flows * attraction[:, None, :], flows)
    return _scaled(table, np.where(off[:, None, :], factors, 1.0), slice(0, count))


def _traded(table: LinkedTable) -> Array:
    """Deliveries of the provinces by product and region that takes them, (P, sectors, regions)."""
    shape, regions = table.provinces, table.demand.shape[1]
    to_sectors = table.flows[: shape.size].reshape(shape.size, regions, shape.sectors).sum(axis=2)
    total: Array = (to_sectors + table.demand[: shape.size]).reshape(
        shape.count, shape.sectors, regions
    )
    return total


def _to_margins(start: Array, target: Array) -> Array:
    """Factors on `target` after RAS of `start` to its margins; (P, sectors, destinations).

    Both margins of each product: over destinations and over provinces.
    """
    table = start.copy()
    sent, taken = target.sum(axis=2, keepdims=True), target.sum(axis=0, keepdims=True)
    for _ in range(MARGIN_ROUNDS):
        table *= _ratio(taken, table.sum(axis=0, keepdims=True))
        rows = _ratio(sent, table.sum(axis=2, keepdims=True))
        table *= rows
        if np.abs(rows - 1).max() < MARGIN_TOLERANCE:
            break
    return _ratio(table, target)


def _ratio(above: Array, below: Array) -> Array:
    ratio: Array = np.divide(
        above, below, out=np.ones(np.broadcast(above, below).shape), where=below > 0
    )
    return ratio


def _scaled(table: LinkedTable, factors: Array, regions: slice) -> Change:
    """The change when the provinces' deliveries to some regions are multiplied by factors."""
    shape = table.provinces
    flows, demand = np.zeros_like(table.flows), np.zeros_like(table.demand)
    extra = factors.reshape(shape.size, -1) - 1
    columns = slice(
        regions.start * shape.sectors,
        None if regions.stop is None else regions.stop * shape.sectors,
    )
    flows[: shape.size, columns] = table.flows[: shape.size, columns] * np.repeat(
        extra, shape.sectors, axis=1
    )
    demand[: shape.size, regions] = table.demand[: shape.size, regions] * extra
    return Change(flows, demand)

"""What changed between two years: structural decomposition of export-related emissions (METHOD 9).

The exporter reading of METHOD 4, with v the provinces' exports by consumer e and use u, and A the flows between
the provinces:

    E_k,i,e = f_k,i  [ (I - A)^-1 sum_u v_.,e,u ]_i
    v_i,e,u = V  g_e  w_u|e  o_p|e,u  m_i|p,e,u

f is the emission intensity, A the production structure, V the volume of all exports, g the consumer's share in it
(destination), w the share of final goods and intermediates in what the consumer draws (product use), o the share
of the exporting province (export origin), m the share of the product in what the province sells to that use
(product mix). Shares are chained from left to right, so their product is v. The effects of the seven factors are
the average over the orders of change (compute.orders): they sum to the change, with nothing left over.

What has no value in one year is taken as in the other: the intensity and the inputs of a sector without output,
and shares of nothing. What did not exist has not changed; its appearance is the effect of the factor before it.
Results are additive over rows (province and sector) and over consumers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from compute._checks import (
    Array,
    InvalidInput,
    Mask,
    as_floats,
    finite_matrix,
    finite_vector,
    listing,
    non_negative,
    require_finite,
    require_same_labels,
    square_matrix,
)
from compute.footprint import Provinces
from compute.leontief import (
    LeontiefSystem,
    checked_output,
    emission_intensity,
    technical_coefficients,
)
from compute.orders import ALL_ORDERS, State, average_over_orders

FACTORS = (
    "emission_intensity",
    "production_structure",
    "export_volume",
    "destination",
    "product_use",
    "export_origin",
    "product_mix",
)
_SHARES = 4
# A total whose parts cancel to less than this share of their size has no shares that mean anything.
CANCELLING_SHARE = 1e-3


@dataclass(frozen=True)
class ExportYear:
    """What the exports of one year draw from the provinces.

    provinces: P provinces of S sectors, n = P S rows, province-major.
    emission_t: (k, n), tonnes, of all production.  flows_musd: Z, (n, n), between the provinces.
    output_musd: x, (n,).  exports_musd: v, (n, C, U), by consumer and use.
    """

    provinces: Provinces
    emission_t: Array
    flows_musd: Array
    output_musd: Array
    exports_musd: Array


@dataclass(frozen=True)
class Decomposition:
    """A change of export-related emissions by factor, in tonnes.

    effects_t: (7, k, n, C), in the order of FACTORS: pollutant, producer row, consumer.
    before_t, after_t: (k, n, C).
    per_tonne: (2, 7, n, C), the effect for each tonne that the row emits in the earlier and in the later year:
    effects_t is linear in the emissions of both years. So draws of an inventory need no new decomposition.
    """

    effects_t: Array
    before_t: Array
    after_t: Array
    per_tonne: Array

    @property
    def residual_share(self) -> float:
        """Identity: effects sum to the change. The worst pollutant's gaps over its emissions of both years."""
        gap = np.abs(self.effects_t.sum(axis=0) - (self.after_t - self.before_t))
        size = np.abs(self.after_t) + np.abs(self.before_t)
        gaps, sizes = (each.sum(axis=(1, 2)) for each in (gap, size))
        share = np.divide(gaps, sizes, out=np.where(gaps > 0, np.inf, 0.0), where=sizes > 0)
        return float(share.max())


def export_year(
    emission: ArrayLike,
    flows: ArrayLike,
    output: ArrayLike,
    exports: ArrayLike,
    *,
    provinces: Provinces,
) -> ExportYear:
    """Check and keep the accounts of one year.

    emission: (k, n), tonnes.  flows: Z, (n, n), output: x, (n,), exports: v, (n, C, U), million USD.
    Raises InvalidInput for shapes, NaN, infinity, an emission without output, exports that sum to nothing
    or less, and exports whose parts of opposite sign cancel; NegativeOutput.
    """
    require_same_labels(
        emission=(emission, ("k", "n")), flows=(flows, ("n", "n")), output=(output, ("n",))
    )
    if min(provinces.count, provinces.sectors) < 1:
        raise InvalidInput(f"{provinces} have no rows")
    x = checked_output(output, provinces.size)
    z = square_matrix("flows", flows)
    e = finite_matrix("emission", emission)
    if len(z) != len(x) or e.shape[1] != len(x):
        raise InvalidInput(
            f"flows and emission must have {len(x)} columns, their shapes are {z.shape} and {e.shape}"
        )
    stray = np.flatnonzero((x == 0) & (e != 0).any(axis=0))
    if stray.size:
        rows = listing(f"row {i} ({e[:, i].max():.6g} t)" for i in stray)
        raise InvalidInput(f"emission without output, move it first: {rows}")
    v = as_floats("exports", exports)
    if v.ndim != 3 or len(v) != len(x) or v.size == 0:
        raise InvalidInput(f"exports must have shape ({len(x)}, C, U), its shape is {v.shape}")
    require_finite("exports", v)
    year = ExportYear(provinces, e, z, x, v)
    if v.sum() <= 0:
        raise InvalidInput(f"exports must sum to more than zero, their sum is {v.sum():.6g}")
    for name, parent, parts in _levels(year):
        _refuse_cancelling(name, parent, parts)
    return year


def in_base_prices(year: ExportYear, price_index: ArrayLike) -> ExportYear:
    """The accounts of a year in the prices of the base year: Z_ij / p_i, x_i / p_i, v_i / p_i.

    price_index: p, (n,), prices of the year over prices of the base year, above zero, in the accounts' currency.
    Emissions stay as they are, and so does their change. Where prices have risen, the volume has grown less
    than in nominal terms and the intensity has fallen less; the effects of other factors move as their weights do.
    Raises InvalidInput for shapes, NaN, infinity and prices that are not above zero.
    """
    p = non_negative(
        "price_index", finite_vector("price_index", price_index, length=year.provinces.size)
    )
    if not p.all():
        raise InvalidInput(f"price_index must be above zero, but is 0 at {int(np.argmin(p))}")
    return export_year(
        year.emission_t,
        year.flows_musd / p[:, None],
        year.output_musd / p,
        year.exports_musd / p[:, None, None],
        provinces=year.provinces,
    )


def structural_decomposition(
    before: ExportYear, after: ExportYear, *, orders: str = ALL_ORDERS
) -> Decomposition:
    """Split the change of export-related emissions between two years over FACTORS.

    before, after: of the same provinces, sectors, pollutants, consumers and uses.
    orders: `all` (average of 7! orders, 128 evaluations) or `polar` (two orders).
    Raises InvalidInput for years of unequal shape; UnproductiveEconomy.
    """
    shapes = [
        (year.provinces, len(year.emission_t), year.exports_musd.shape) for year in (before, after)
    ]
    if shapes[0] != shapes[1]:
        raise InvalidInput(f"the two years must have one shape, found {shapes[0]} and {shapes[1]}")
    intensity, system = _technology(before, after)
    levels = [_filled(*pair) for pair in zip(_chain(before), _chain(after), strict=True)]

    def output(state: State) -> Array:
        """Embodied output, (2, n, C), in the place of the year whose intensity it meets; the other is zero."""
        of_intensity, of_structure, of_volume, *of_shares = (int(changed) for changed in state)
        volume = (before, after)[of_volume].exports_musd.sum()
        exports = _exports(
            volume, [level[which] for level, which in zip(levels, of_shares, strict=True)]
        )
        met = np.zeros((2, len(before.output_musd), before.exports_musd.shape[1]))
        met[of_intensity] = system[of_structure].solve(exports.sum(axis=2))
        return met

    nothing, everything = output((False,) * len(FACTORS))[0], output((True,) * len(FACTORS))[1]
    effects = average_over_orders(output, len(FACTORS), orders=orders)
    return Decomposition(
        effects_t=intensity[0][:, :, None] * effects[:, None, 0]
        + intensity[1][:, :, None] * effects[:, None, 1],
        before_t=intensity[0][:, :, None] * nothing,
        after_t=intensity[1][:, :, None] * everything,
        per_tonne=_per_tonne(effects, before, after),
    )


def _per_tonne(effects: Array, before: ExportYear, after: ExportYear) -> Array:
    """Effects in million USD of output, (7, 2, n, C), as effects for each tonne of each year, (2, 7, n, C).

    A row without output has the other year's intensity, so its effects hang on the other year's tonnes.
    """
    own = [effects[:, 0].copy(), effects[:, 1].copy()]
    absent: list[Mask] = [year.output_musd == 0 for year in (before, after)]
    for year, other in ((0, 1), (1, 0)):
        own[other][:, absent[year]] += effects[:, year][:, absent[year]]
    output = [year.output_musd[:, None] for year in (before, after)]
    return np.stack(
        [
            np.divide(each, x, out=np.zeros_like(each), where=x + 0 * each > 0)
            for each, x in zip(own, output, strict=True)
        ]
    )


def _technology(before: ExportYear, after: ExportYear) -> tuple[list[Array], list[LeontiefSystem]]:
    """f (k, n) and I - A of both years; sectors without output as in the other year."""
    intensities = [emission_intensity(y.emission_t, y.output_musd) for y in (before, after)]
    tables = [technical_coefficients(y.flows_musd, y.output_musd) for y in (before, after)]
    for own, other, year in ((0, 1, before), (1, 0, after)):
        absent: Mask = year.output_musd == 0
        intensities[own] = np.where(absent, intensities[other], intensities[own])
        tables[own] = np.where(absent, tables[other], tables[own])
    return intensities, [LeontiefSystem(table) for table in tables]


def _levels(year: ExportYear) -> list[tuple[str, Array, Array]]:
    """The chain of sums of v: name of the share, its total and its parts, both over (P, S, C, U).

    Axes that a level has summed over have length one.
    """
    provinces, v = year.provinces, year.exports_musd
    whole = v.reshape(provinces.count, provinces.sectors, *v.shape[1:])
    sums = [
        whole.sum(axis=axes, keepdims=True) for axes in ((0, 1, 2, 3), (0, 1, 3), (0, 1), (1,), ())
    ]
    return list(zip(FACTORS[-_SHARES:], sums[:-1], sums[1:], strict=True))


def _chain(year: ExportYear) -> list[Array]:
    """g, w, o and m, each over (P, S, C, U) or axes of length one; NaN for shares of nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return [np.where(total == 0, np.nan, parts / total) for _, total, parts in _levels(year)]


def _filled(before: Array, after: Array) -> tuple[Array, Array]:
    """Shares of nothing as in the other year; zero when they are so in both."""
    return (
        np.nan_to_num(np.where(np.isnan(before), after, before), nan=0.0),
        np.nan_to_num(np.where(np.isnan(after), before, after), nan=0.0),
    )


def _exports(volume: float, shares: list[Array]) -> Array:
    """v = V g w o m, (n, C, U)."""
    exports = np.asarray(volume)
    for share in shares:
        exports = exports * share
    return exports.reshape(-1, *exports.shape[2:])


def _refuse_cancelling(name: str, total: Array, parts: Array) -> None:
    size = np.abs(parts).sum(axis=tuple(a for a in range(4) if total.shape[a] == 1), keepdims=True)
    doubtful = (size > 0) & (np.abs(total) < CANCELLING_SHARE * size)
    if doubtful.any():
        first = tuple(int(i) for i in np.argwhere(doubtful)[0])
        raise InvalidInput(
            f"exports of opposite sign cancel to {total[first]:.6g} of {size[first]:.6g} million USD at "
            f"(province, sector, consumer, use) {first}: shares of {name} mean nothing there"
        )

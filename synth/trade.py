"""China's trade by province, partner and commodity, and the customs rows it is cut into."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from synth.arrays import ratio
from synth.china import Setting

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
INCLUDED = (("10", 0.75), ("14", 0.15), ("19", 0.06), ("39", 0.04))
LEFT_OUT = (("15", 0.35, 0.30), ("33", 0.10, 0.05), ("34", 0.12, 0.10))
"""Regime, how often it occurs in a cell, and how much of the cell it is, on top."""


@dataclass(frozen=True)
class CustomsRows:
    """Customs rows of one flow: whole units of the currency. Indices into provinces, regions, sectors.

    hs, partner: place in the sector's HS codes and the region's partner codes.  regime: two-digit code as number.
    """

    province: Whole
    region: Whole
    sector: Whole
    hs: Whole
    partner: Whole
    regime: Whole
    amount: Whole
    is_included: NDArray[np.bool_]


def cells_to_rows(
    place: Setting, cells: Array, per_cell: int, rng: np.random.Generator
) -> CustomsRows:
    """Cut cells (P, 65, regions), in units of the currency, into rows by HS code, partner and regime.

    per_cell: HS codes a cell is spread over at the most. Cells below one unit vanish.
    """
    codes = place.codes
    province, sector, region = np.nonzero(cells >= 1.0)
    value = cells[province, sector, region]
    n_hs = np.array([len(codes.hs.get(name, ())) for name in codes.sectors])[sector]
    n_partner = np.array([len(codes.partners.get(name, ())) for name in place.regions])[region]
    parts = []
    start = rng.integers(0, 1 << 30, value.size)
    for at in range(per_cell):
        share = np.where(n_hs > at, rng.uniform(0.3, 1.0, value.size), 0.0)
        for regime, part in INCLUDED:
            parts.append((share * part, (start + at) % n_hs, regime, True))
    weight = np.column_stack([part[0] for part in parts])
    weight /= weight.sum(1)[:, None]
    found = [
        (value * weight[:, number], hs, int(code), True)
        for number, (_, hs, code, _) in enumerate(parts)
    ]
    for regime, often, much in LEFT_OUT:
        size = np.where(rng.uniform(size=value.size) < often, value * much, 0.0)
        found.append((size, start % n_hs, int(regime), False))
    partner = (start // 7) % n_partner
    pieces = []
    for size, hs, code, included in found:
        amount = np.rint(size).astype(np.int64)
        kept = np.nonzero(amount > 0)[0]
        pieces.append(
            CustomsRows(
                province=province[kept],
                region=region[kept],
                sector=sector[kept],
                hs=hs[kept],
                partner=partner[kept],
                regime=np.full(kept.size, code),
                amount=amount[kept],
                is_included=np.full(kept.size, included),
            )
        )
    return CustomsRows(
        **{
            field.name: np.concatenate([getattr(piece, field.name) for piece in pieces])
            for field in fields(CustomsRows)
        }
    )


def sums(place: Setting, rows: CustomsRows) -> Array:
    """The rows of the included regimes summed back to (P, 65, regions)."""
    out = np.zeros((len(place.provinces), len(place.codes.sectors), len(place.regions)))
    kept = rows.is_included
    np.add.at(
        out,
        (rows.province[kept], rows.sector[kept], rows.region[kept]),
        rows.amount[kept].astype(float),
    )
    return out


def origins(size: Array, own: int, rng: np.random.Generator) -> Array:
    """Shares of regions in China's imports of each commodity, (65, regions), none from China itself."""
    pull = size * rng.lognormal(0.0, 0.6, size.shape)
    pull[:, own] = 0.0
    return ratio(pull, pull.sum(1, keepdims=True))


def spread(
    place: Setting,
    totals: Array,
    shares: Array,
    sigma: float,
    smallest: float,
    rng: np.random.Generator,
) -> Array:
    """Totals (P, 65) over regions by shares (65, regions), each province in its own way; no small cells."""
    pull = shares[None] * rng.lognormal(0.0, sigma, (len(place.provinces), *shares.shape))
    pull /= pull.sum(2, keepdims=True)
    cells = totals[:, :, None] * pull
    small = cells < smallest
    small[:, :, :] &= ~(cells == cells.max(2, keepdims=True))
    cells[small] = 0.0
    level: Array = ratio(totals, cells.sum(2))
    spread_out: Array = cells * level[:, :, None]
    return spread_out

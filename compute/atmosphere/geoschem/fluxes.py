"""Tonnes of a year on cells to fluxes of months, and back."""

from __future__ import annotations

from calendar import monthrange

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MONTHS = 12


class FluxError(ValueError):
    """Emissions, shares of months or areas do not fit together."""


def month_seconds(year: int) -> Array:
    """Length of each month of a year, s, (12,)."""
    return np.array([86_400.0 * monthrange(year, month + 1)[1] for month in range(MONTHS)])


def even_shares(year: int) -> Array:
    """Shares of months for what is emitted evenly through the year, (12,)."""
    seconds = month_seconds(year)
    return np.asarray(seconds / seconds.sum())


def monthly_flux(tonnes: Array, shares: Array, area_m2: Array, year: int) -> Array:
    """Flux of every month, kg/m2/s.

    tonnes: (ny, nx), of the year.  shares: (12,), of the months; they sum to one.  area_m2: (ny, nx).
    Returns (12, ny, nx).  Raises FluxError for negative or infinite tonnes, or shares that do not sum
    to one.
    """
    if tonnes.shape != area_m2.shape:
        raise FluxError(f"emissions of shape {tonnes.shape} on areas of shape {area_m2.shape}")
    if not np.isfinite(tonnes).all() or (tonnes < 0).any():
        raise FluxError("an emission is negative or not finite")
    if shares.shape != (MONTHS,) or (shares < 0).any() or abs(shares.sum() - 1) > 1e-9:
        raise FluxError("shares of months must be twelve, not negative, and sum to one")
    rate = shares / month_seconds(year)
    return np.asarray(1000.0 * rate[:, None, None] * (tonnes / area_m2)[None])


def month_mass_kg(flux: Array, area_m2: Array, year: int) -> Array:
    """Mass of every month, kg, (12,), from fluxes (12, ny, nx) in kg/m2/s."""
    if flux.shape != (MONTHS, *area_m2.shape):
        raise FluxError(f"fluxes of shape {flux.shape} on areas of shape {area_m2.shape}")
    per_second = np.einsum("mij,ij->m", flux.astype(np.float64), area_m2)
    return np.asarray(per_second * month_seconds(year))

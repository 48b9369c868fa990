"""How a model compares with observations: correlation, normalised mean bias, number of places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]


class EvaluationError(ValueError):
    """Modelled and observed values do not fit together."""


@dataclass(frozen=True)
class Skill:
    """correlation: Pearson's r, NaN when one side is constant.  bias_share: NMB, sum (m - o) / sum o.

    error_share: NME, sum |m - o| / sum o.  places: pairs that were compared.
    """

    correlation: float
    bias_share: float
    error_share: float
    places: int


def skill(modelled: Field, observed: Field) -> Skill:
    """Skill over places; pairs without an observation (NaN) are left out.

    Raises EvaluationError for shapes that differ, a missing modelled value, fewer than three pairs, or
    observations that sum to zero.
    """
    if modelled.shape != observed.shape:
        raise EvaluationError(f"shapes differ: {modelled.shape} and {observed.shape}")
    seen = np.isfinite(observed)
    theirs, ours = observed[seen], modelled[seen]
    if theirs.size < 3:
        raise EvaluationError(f"{theirs.size} pairs; at least three are needed")
    if not np.isfinite(ours).all():
        raise EvaluationError("a modelled value is missing where there is an observation")
    if theirs.sum() <= 0:
        raise EvaluationError("observations sum to zero")
    varies = np.ptp(ours) > 0 and np.ptp(theirs) > 0
    return Skill(
        correlation=float(np.corrcoef(ours, theirs)[0, 1]) if varies else float("nan"),
        bias_share=float((ours - theirs).sum() / theirs.sum()),
        error_share=float(np.abs(ours - theirs).sum() / theirs.sum()),
        places=int(theirs.size),
    )


def smoothed_emission(density: Field, sigma_cells: float) -> Field:
    """The baseline without physics: emission density smoothed, (ny, nx). A model must beat it."""
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(density, sigma=sigma_cells, mode="constant"))


def fitted_line(predictor: Field, observed: Field) -> tuple[float, float]:
    """Intercept and slope of the least squares line, to give the baseline its best level."""
    slope, intercept = np.polyfit(predictor, observed, 1)
    return float(intercept), float(slope)

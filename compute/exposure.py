"""Who breathes what: population-weighted means and the distribution of people over concentrations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute._checks import InvalidInput, as_floats, require_same_labels

Field = NDArray[np.float64]


class ExposureError(InvalidInput):
    """Concentrations and people do not fit together."""


@dataclass(frozen=True)
class ExposureCurve:
    """How many people live above each concentration.

    threshold_ug_m3: ascending.  people_above: persons in cells strictly above it.
    """

    threshold_ug_m3: Field
    people_above: Field


def population_weighted_mean(concentration_ug_m3: Field, people: Field) -> float:
    """Mean that people breathe, sum of C x P over sum of P (eq. 14), ug/m3.

    concentration_ug_m3, people: (cells,).  Raises ExposureError for shapes that differ, negative
    or missing values, or when nobody lives there.
    """
    concentration_ug_m3, people = _checked(concentration_ug_m3, people)
    if people.sum() <= 0:
        raise ExposureError("nobody lives in these cells")
    return float(concentration_ug_m3 @ people / people.sum())


def receptor_weights(people: Field) -> Field:
    """Rows of weights that sum to one, (k, cells), from people or areas (k, cells)."""
    people = as_floats("people", people)
    if people.ndim != 2:
        raise ExposureError(f"people must be (receptors, cells), their shape is {people.shape}")
    totals = people.sum(axis=1, keepdims=True)
    if not np.isfinite(people).all() or (people < 0).any() or (totals <= 0).any():
        raise ExposureError("a receptor has no people, or a negative or missing number of them")
    return np.asarray(people / totals)


def exposure_curve(concentration_ug_m3: Field, people: Field, thresholds: Field) -> ExposureCurve:
    """People above each threshold (persons); the whole cumulative curve when thresholds are dense."""
    concentration_ug_m3, people = _checked(concentration_ug_m3, people)
    thresholds = as_floats("thresholds", thresholds)
    if thresholds.ndim != 1 or not np.isfinite(thresholds).all():
        raise ExposureError("thresholds must be a list of finite numbers")
    if thresholds.size == 0 or (np.diff(thresholds) <= 0).any():
        raise ExposureError("thresholds must ascend")
    order = np.argsort(concentration_ug_m3, kind="stable")
    above = np.concatenate([np.cumsum(people[order][::-1])[::-1], [0.0]])
    first = np.searchsorted(concentration_ug_m3[order], thresholds, side="right")
    return ExposureCurve(thresholds, above[first])


def people_above_because(
    with_source: Field, without_source: Field, people: Field, threshold_ug_m3: float
) -> float:
    """Persons above a threshold that would not be without the source."""
    with_source, _ = _checked(with_source, people)
    without_source, people = _checked(without_source, people)
    lifted = (with_source > threshold_ug_m3) & (without_source <= threshold_ug_m3)
    return float(people[lifted].sum())


def _checked(concentration: Field, people: Field) -> tuple[Field, Field]:
    """Both as vectors of the same cells; ExposureError or InvalidInput otherwise."""
    require_same_labels(concentration=(concentration, ("cells",)), people=(people, ("cells",)))
    one, other = as_floats("concentration", concentration), as_floats("people", people)
    if one.shape != other.shape or one.ndim != 1:
        raise ExposureError(f"shapes differ: {one.shape} and {other.shape}, both (cells,)")
    if not np.isfinite(one).all():
        raise ExposureError("a concentration is missing")
    if not np.isfinite(other).all() or (other < 0).any():
        raise ExposureError("a number of people is missing or negative")
    return one, other

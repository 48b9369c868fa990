"""Deaths of provinces from people and PM2.5 on cells: by age, by component, without a flow, and with errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.polynomial import chebyshev

from compute._checks import Array, Indices
from compute.health import Curve, attributable_deaths, proportional
from compute.health_ages import ALL_AGES, HealthError, holder

THETA_RANGE = 4.0
"""Standard errors of theta on either side within which a response is fitted; draws beyond are held there."""
EXPOSURE_RANGE = 1.0
"""Logarithm of the factor of exposure on either side: a third to 2.7 times."""
ORDERS = 5
"""Chebyshev polynomials along each of the two."""


class ShiftedCurve(Curve, Protocol):
    """A curve that can be moved by a number of its standard errors."""

    def shifted(self, standard_errors: float) -> Curve:
        """The moved curve."""


@dataclass(frozen=True)
class Residents:
    """People where province and cell meet; one entry each.

    cell, province: (m,) positions.  persons: (m,) of all ages.  provinces: how many there are.
    """

    cell: Indices
    province: Indices
    persons: Array
    provinces: int

    def summed(self, values: Array) -> Array:
        """Sums by province, (..., provinces), of values of entries, (..., m)."""
        flat = values.reshape(-1, values.shape[-1])
        sums = [np.bincount(self.province, row, self.provinces) for row in flat]
        return np.asarray(sums, dtype=np.float64).reshape(*values.shape[:-1], self.provinces)

    def mean(self, level: Array) -> Array:
        """Mean over people of each province, (provinces,), of a field on cells."""
        people = self.summed(self.persons)
        if (people <= 0).any():
            raise HealthError("a province has no people")
        return np.asarray(self.summed(self.persons * level[self.cell]) / people)


@dataclass(frozen=True)
class Baseline:
    """Ages and death rates of one cause.

    ages: (a,) names.  share: (provinces, a) of all people.  rate_per_100k: (provinces, a) of the age group.
    coefficient: (provinces, a), standard error of the rate over the rate.
    """

    ages: tuple[str, ...]
    share: Array
    rate_per_100k: Array
    coefficient: Array

    def deaths(self, people: Array) -> Array:
        """All deaths of the cause by province and age, (provinces, a). people: (provinces,)."""
        return np.asarray(people[:, None] * self.share * self.rate_per_100k / 1e5)


def burden(curve: Curve, baseline: Baseline, residents: Residents, level: Array) -> Array:
    """Deaths by age and entry, (a, m).

    level: annual PM2.5 on cells, ug/m3.  Errors as of ``compute.health``.
    """
    row, here = residents.province, level[residents.cell]
    risk: dict[str, Array] = {}  # ages that a curve does not tell apart share it
    deaths = []
    for place, age in enumerate(baseline.ages):
        group = age if age in (ALL_AGES, *curve.age_groups) else holder(age, curve.age_groups)
        if group not in risk:
            risk[group] = curve.relative_risk(here, group)
        deaths.append(
            attributable_deaths(
                residents.persons * baseline.share[row, place],
                baseline.rate_per_100k[row, place],
                risk[group],
            )
        )
    return np.stack(deaths)


def burden_of_means(curve: Curve, baseline: Baseline, residents: Residents, level: Array) -> Array:
    """Deaths by province if all its people breathed its mean, (provinces,): what the grid is there to avoid."""
    people, mean = residents.summed(residents.persons), residents.mean(level)
    by_age = [
        attributable_deaths(
            people * baseline.share[:, place],
            baseline.rate_per_100k[:, place],
            curve.relative_risk(mean, age),
        )
        for place, age in enumerate(baseline.ages)
    ]
    return np.asarray(np.sum(by_age, axis=0))


def by_part(deaths: Array, parts: Array, level: Array, residents: Residents) -> Array:
    """Deaths by part of PM2.5 and province, (k, provinces): of each cell by its share there.

    deaths: (m,) of entries.  parts: (k, cells) that sum to level, or less.  Parts that sum to the level sum
    to the deaths.
    """
    cell = residents.cell
    return residents.summed(proportional(deaths, parts[:, cell], level[cell]))


@dataclass(frozen=True)
class Response:
    """Deaths of n places as a function of the errors of theta, exposure and rates.

    level, slope: (n, i, j), Chebyshev coefficients along theta and exposure; the slope is the change with one
    standard error of the rates.  exposure_deviation: of the logarithm of exposure.
    """

    level: Array
    slope: Array
    exposure_deviation: float

    def deaths(self, theta: Array, exposure: Array, rate: Array) -> Array:
        """Deaths, (draws, n), never below zero.

        theta, exposure, rate: (draws,), standard normal deviates; theta beyond 4 and exposure beyond a third or
        2.7 times are held there.
        """
        first = np.clip(theta / THETA_RANGE, -1, 1)
        second = np.clip(exposure * self.exposure_deviation / EXPOSURE_RANGE, -1, 1)
        basis = chebyshev.chebvander2d(first, second, [ORDERS - 1, ORDERS - 1])
        flat = (len(self.level), -1)
        level, slope = (basis @ part.reshape(flat).T for part in (self.level, self.slope))
        return np.asarray(np.maximum(level + rate[:, None] * slope, 0.0))


def response(
    curve: ShiftedCurve,
    baseline: Baseline,
    residents: Residents,
    level: Array,
    exposure_deviation: float,
) -> Response:
    """The response of a cause by age and province, n = ages x provinces: deaths at the nodes of both errors.

    All ages of a cause share their errors of theta, all ages and provinces those of the rates, and all cells
    that of exposure.
    """
    sums, slopes = [], []
    coefficient = baseline.coefficient.T
    nodes = _nodes()
    for theta in nodes * THETA_RANGE:
        moved = curve.shifted(float(theta))
        for exposure in np.exp(nodes * EXPOSURE_RANGE):
            deaths = burden(moved, baseline, residents, _held(curve, level * exposure))
            sums.append(residents.summed(deaths))
            slopes.append(sums[-1] * coefficient)
    return Response(_fitted(sums), _fitted(slopes), exposure_deviation)


def _nodes() -> Array:
    return np.asarray(chebyshev.chebpts1(ORDERS))


def _fitted(values: Sequence[Array]) -> Array:
    """Chebyshev coefficients, (n, i, j), of values at all pairs of nodes."""
    basis = np.linalg.inv(chebyshev.chebvander(_nodes(), ORDERS - 1))
    table = np.stack(values).reshape(ORDERS, ORDERS, -1)
    return np.ascontiguousarray(np.einsum("ia,jb,abp->pij", basis, basis, table))


def _held(curve: Curve, level: Array) -> Array:
    """Concentrations of a draw, held at the end of a curve that is a table."""
    ends = getattr(curve, "concentrations_ug_m3", None)
    return level if ends is None else np.clip(level, ends[0], ends[-1])


def of_provinces(parts: Iterable[Response], provinces: int) -> Response:
    """The response of provinces to all ages of causes together, whose errors are drawn as one."""
    found = list(parts)
    level, slope = (
        np.sum([one.reshape(-1, provinces, ORDERS, ORDERS).sum(axis=0) for one in each], axis=0)
        for each in ([part.level for part in found], [part.slope for part in found])
    )
    return Response(level, slope, found[0].exposure_deviation)

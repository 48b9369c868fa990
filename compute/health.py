"""Deaths that long-term exposure to PM2.5 is associated with: curves, burden, and two attributions.

A curve gives the relative risk of a cause at a concentration, by age.  Deaths = people x rate x (1 - 1 / RR).
Deaths are associated, statistical and annual: no death certificate names PM2.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute import gemm_parameters
from compute._labels import InvalidInput, as_floats, require_same_labels
from compute.health_ages import ALL_AGES, HealthError, demand_chain, holder

Array = NDArray[np.float64]

CAUSES = tuple(gemm_parameters.THETA)
"""NCD+LRI (non-communicable diseases and lower respiratory infections), and the five causes within it."""
AGE_GROUPS = gemm_parameters.ADULT_AGE_GROUPS
"""`25-29` to `80+`."""
COUNTERFACTUAL_UG_M3 = 2.4
"""Below this concentration GEMM sees no risk."""
PER_100K = 1e5
HIGHEST_RATE_PER_100K = 1e5
_ROUNDING = 1e-9


class Curve(Protocol):
    """Relative risk as a function of concentration and age, for one cause."""

    @property
    def age_groups(self) -> tuple[str, ...]:
        """Groups that the curve tells apart; (`all`,) where it has no ages."""

    def relative_risk(self, pm25_ug_m3: ArrayLike, age_group: str) -> Array:
        """RR, at least 1, of the shape of the concentrations."""


@dataclass(frozen=True)
class Gemm:
    """Global Exposure Mortality Model of one cause (Burnett et al. 2018, cohorts of China included).

    theta: age group to theta, with `all` for ages 25 and older together.
    theta_standard_error: of the same groups.
    alpha, mu, nu: ug/m3.
    """

    cause: str
    theta: Mapping[str, float]
    theta_standard_error: Mapping[str, float]
    alpha: float
    mu: float
    nu: float

    @property
    def age_groups(self) -> tuple[str, ...]:
        """`25-29` to `80+`, or `all` where theta is the same at every age."""
        return AGE_GROUPS if len(set(self.theta.values())) > 1 else (ALL_AGES,)

    def relative_risk(self, pm25_ug_m3: ArrayLike, age_group: str) -> Array:
        """RR(z) = exp(theta ln(z / alpha + 1) / (1 + exp(-(z - mu) / nu))), z = max(0, C - 2.4).

        pm25_ug_m3: annual means, any shape, ug/m3.  age_group: one of AGE_GROUPS, one within 80+ (`85-89`), or
        `all` (or `25+`): the theta of ages 25 and older together.  Returns RR of that shape.
        Raises HealthError for a negative or missing concentration, AgeError for ages below 25.
        """
        above = np.maximum(concentrations(pm25_ug_m3) - COUNTERFACTUAL_UG_M3, 0.0)
        rise = np.log(above / self.alpha + 1.0) / (1.0 + np.exp(-(above - self.mu) / self.nu))
        return np.asarray(np.exp(self.theta[self._group(age_group)] * rise))

    def shifted(self, standard_errors: float) -> Gemm:
        """The curve with every theta moved by a number of its standard errors, never below zero.

        The ages of one cause move together: they come from one fit.
        """
        moved = {
            age: max(0.0, value + standard_errors * self.theta_standard_error[age])
            for age, value in self.theta.items()
        }
        return replace(self, theta=moved)

    def _group(self, age_group: str) -> str:
        if age_group in (ALL_AGES, gemm_parameters.ADULTS):
            return ALL_AGES
        return holder(age_group, AGE_GROUPS)


@dataclass(frozen=True)
class Tabulated:
    """A curve as a table: MR-BRT, IER or one's own; between the rows it is linear.

    concentrations_ug_m3: (n,), ascending.  relative_risks: (n, ages), at least 1.
    age_groups: (ages,), or (`all`,).  log_standard_errors: (n, ages), of the logarithm of the risks.
    """

    concentrations_ug_m3: Array
    relative_risks: Array
    age_groups: tuple[str, ...]
    log_standard_errors: Array

    def relative_risk(self, pm25_ug_m3: ArrayLike, age_group: str) -> Array:
        """RR of the shape of the concentrations, of the group that holds the asked ages.

        Raises HealthError for a concentration that is negative, missing or beyond the table (a curve is not
        continued), AgeError for ages that no group holds.
        """
        asked = concentrations(pm25_ug_m3)
        low, high = self.concentrations_ug_m3[[0, -1]]
        if asked.size and not low <= float(asked.min()) <= float(asked.max()) <= high:
            raise HealthError(
                f"concentrations from {asked.min():g} to {asked.max():g} ug/m3 are beyond the table of the curve,"
                f" which goes from {low:g} to {high:g} ug/m3"
            )
        column = self.age_groups.index(holder(age_group, self.age_groups))
        return np.asarray(
            np.interp(asked, self.concentrations_ug_m3, self.relative_risks[:, column])
        )

    def shifted(self, standard_errors: float) -> Tabulated:
        """The curve with every logarithm of a risk moved by a number of its standard errors, never below one."""
        moved = self.relative_risks * np.exp(standard_errors * self.log_standard_errors)
        return replace(self, relative_risks=np.maximum(moved, 1.0))


def gemm(cause: str) -> Gemm:
    """GEMM's curve of a cause: `NCD+LRI`, `IHD`, `stroke`, `COPD`, `LC` or `LRI`. Raises HealthError."""
    if cause not in CAUSES:
        raise HealthError(f"GEMM has no cause {cause!r}; it has {', '.join(CAUSES)}")
    names = (ALL_AGES, *AGE_GROUPS)
    alpha, mu, nu = gemm_parameters.SHAPE[cause]
    return Gemm(
        cause=cause,
        theta=dict(zip(names, gemm_parameters.THETA[cause], strict=True)),
        theta_standard_error=dict(zip(names, gemm_parameters.STANDARD_ERROR[cause], strict=True)),
        alpha=alpha,
        mu=mu,
        nu=nu,
    )


def tabulated(
    concentrations: ArrayLike,
    relative_risks: ArrayLike,
    age_groups: Sequence[str],
    log_standard_errors: ArrayLike = 0.0,
) -> Tabulated:
    """A curve from its table.

    concentrations: (n,), ug/m3, ascending.  relative_risks: (n, ages), or (n,) for one group.
    age_groups: (ages,) names, or (`all`,).  log_standard_errors: of the logarithm of the risks; 0: not known.
     Raises HealthError for shapes that differ, numbers that are missing,
    concentrations that are negative or do not ascend, a relative risk below one; AgeError for groups that overlap,
    leave a gap or are not groups.
    """
    levels = _numbers("concentrations", concentrations).copy()
    groups = (age_groups,) if isinstance(age_groups, str) else tuple(age_groups)
    risks = _numbers("relative_risks", relative_risks).copy()
    risks = risks[:, None] if risks.ndim == 1 else risks
    if levels.ndim != 1 or levels.size < 2 or risks.shape != (levels.size, len(groups)):
        raise HealthError(
            f"a curve of {levels.size} concentrations and {len(groups)} age groups needs relative risks of shape"
            f" ({levels.size}, {len(groups)}) and two concentrations or more, found {risks.shape}"
        )
    demand_chain(groups)
    if not np.isfinite(levels).all() or levels[0] < 0 or (np.diff(levels) <= 0).any():
        raise HealthError("the concentrations of a curve must ascend from zero or above, ug/m3")
    wrong = np.argwhere(~(np.isfinite(risks) & (risks >= 1.0)))
    if wrong.size:
        row, column = wrong[0]
        raise HealthError(
            f"a relative risk is below one or missing: {risks[row, column]:g} at {levels[row]:g} ug/m3,"
            f" ages {groups[column]}; expected 1 or more"
        )
    errors = _not_negative("a standard error", log_standard_errors, "1")
    errors = errors[:, None] if errors.ndim == 1 else errors
    if errors.ndim and errors.shape != risks.shape:
        raise HealthError(f"standard errors have shape {errors.shape}, the risks {risks.shape}")
    errors = np.broadcast_to(errors, risks.shape)
    return Tabulated(levels, risks, groups, errors)


def concentrations(pm25_ug_m3: ArrayLike) -> Array:
    """Concentrations as an array. Raises HealthError for a negative or missing one."""
    return _not_negative("a concentration of PM2.5", pm25_ug_m3, "ug/m3")


def attributable_deaths(
    people: ArrayLike, rate_per_100k: ArrayLike, relative_risk: ArrayLike
) -> Array:
    """Deaths of a year that exposure is associated with: people x rate x (1 - 1 / RR).

    people: of the age group, persons.  rate_per_100k: all deaths of the cause per 100,000 of that group and year.
    relative_risk: at least 1.  Shapes broadcast; returns deaths of the joint shape.
    Raises HealthError for negative or missing numbers, a rate above 100,000, a relative risk below one, or labels
    that disagree.
    """
    _same_cells(people=people, rate_per_100k=rate_per_100k, relative_risk=relative_risk)
    persons = _not_negative("a number of people", people, "persons")
    rate = _not_negative("a death rate", rate_per_100k, "per 100,000")
    if (rate > HIGHEST_RATE_PER_100K).any():
        raise HealthError(f"a death rate is {rate.max():g} per 100,000: more deaths than people")
    risk = _numbers("a relative risk", relative_risk)
    if not np.isfinite(risk).all() or (risk < 1.0).any():
        raise HealthError("a relative risk is below one or missing")
    return np.asarray(persons * rate / PER_100K * (1.0 - 1.0 / risk))


def proportional(deaths: ArrayLike, pm25_of_flow_ug_m3: ArrayLike, pm25_ug_m3: ArrayLike) -> Array:
    """Deaths of a cell by the share of its PM2.5 that a flow causes: D f / C. Flows that sum to C sum to D.

    deaths, pm25_ug_m3: (cells,).  pm25_of_flow_ug_m3: (..., cells).  Returns deaths, (..., cells).
    Raises HealthError for negative or missing numbers, a flow above the whole concentration, or labels
    that disagree.
    """
    _same_cells(deaths=deaths, pm25_of_flow_ug_m3=pm25_of_flow_ug_m3, pm25_ug_m3=pm25_ug_m3)
    number = _not_negative("a number of deaths", deaths, "deaths")
    flow, whole = _flow_and_whole(pm25_of_flow_ug_m3, pm25_ug_m3)
    share = np.divide(flow, whole, out=np.zeros(np.broadcast(flow, whole).shape), where=whole > 0)
    return np.asarray(number * share)


def zero_out(
    curve: Curve,
    age_group: str,
    people: ArrayLike,
    rate_per_100k: ArrayLike,
    pm25_ug_m3: ArrayLike,
    pm25_of_flow_ug_m3: ArrayLike,
) -> Array:
    """Deaths avoided without a flow: deaths at C less deaths at C - f. Flows do not sum to the whole.

    people, rate_per_100k, pm25_ug_m3: (cells,) or a number.  pm25_of_flow_ug_m3: (..., cells).
    Returns deaths, (..., cells).  Errors as of ``attributable_deaths`` and ``proportional``.
    """
    _same_cells(
        people=people,
        rate_per_100k=rate_per_100k,
        pm25_ug_m3=pm25_ug_m3,
        pm25_of_flow_ug_m3=pm25_of_flow_ug_m3,
    )
    flow, whole = _flow_and_whole(pm25_of_flow_ug_m3, pm25_ug_m3)
    with_flow = attributable_deaths(people, rate_per_100k, curve.relative_risk(whole, age_group))
    less = curve.relative_risk(np.maximum(whole - flow, 0.0), age_group)
    return np.asarray(with_flow - attributable_deaths(people, rate_per_100k, less))


def _numbers(what: str, values: ArrayLike) -> Array:
    """The values as an array. Raises HealthError for what holds no numbers, and for masked or sparse values."""
    try:
        return as_floats(what, values)
    except InvalidInput as error:
        raise HealthError(str(error)) from error


def _same_cells(**arguments: ArrayLike) -> None:
    """Raise HealthError where labels (pandas, xarray) of the last axis disagree: nothing is aligned here."""
    try:
        require_same_labels(**{name: (each, ("?k", "cells")) for name, each in arguments.items()})
    except InvalidInput as error:
        raise HealthError(str(error)) from error


def _flow_and_whole(flow: ArrayLike, whole: ArrayLike) -> tuple[Array, Array]:
    part = _not_negative("the PM2.5 of a flow", flow, "ug/m3")
    total = concentrations(whole)
    if (part > total * (1.0 + _ROUNDING)).any():
        raise HealthError("a flow causes more PM2.5 than there is")
    return part, total


def _not_negative(what: str, values: ArrayLike, unit: str) -> Array:
    array = _numbers(what, values)
    wrong = ~(np.isfinite(array) & (array >= 0))
    if wrong.any():
        first = array[wrong].flat[0]
        raise HealthError(
            f"{what} is {'missing' if np.isnan(first) else f'{first:g}'} ({np.count_nonzero(wrong)} of"
            f" {array.size} values are wrong); expected 0 or more, {unit}"
        )
    return array

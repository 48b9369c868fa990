"""The weather adjustment of one place as one task, which can run in any process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.weather import (
    Change,
    Comparison,
    Series,
    Settings,
    TooFewDays,
    counterfactual_change,
    demand_days,
    model_of_all_days,
    normalised_change,
    normalised_series,
)


@dataclass(frozen=True)
class Place:
    """A city or province with its daily record."""

    kind: str
    code: str
    series: Series


@dataclass(frozen=True)
class Adjusted:
    """What came of a place: the change by both methods and the normalised series, or why not.

    changes: method to change.  normalised_ug_m3: shape (n,), empty without a result.  problem: empty when all is
    there.
    """

    kind: str
    code: str
    changes: dict[str, Change]
    normalised_ug_m3: NDArray[np.float64]
    problem: str


class PlaceFailed(ValueError):
    """A place whose record the model cannot work with; the message names the place."""


@dataclass(frozen=True)
class Task:
    """A place to adjust, the compared periods and the model's settings."""

    place: Place
    comparison: Comparison
    settings: Settings


def problem_of(task: Task) -> str:
    """Why a place cannot be adjusted, without fitting anything; empty where it can."""
    try:
        demand_days(task.place.series, task.comparison, task.settings)
    except TooFewDays as error:
        return str(error)
    return ""


def left_out(task: Task, problem: str) -> Adjusted:
    """The result of a place that cannot be adjusted."""
    return Adjusted(task.place.kind, task.place.code, {}, np.empty(0), problem)


def adjust_task(task: Task) -> Adjusted:
    """Both methods for the place of a task. Raises PlaceFailed for whatever goes wrong in it."""
    try:
        return adjust(task.place, task.comparison, task.settings)
    except Exception as error:
        raise PlaceFailed(
            f"{task.place.kind} {task.place.code}: {type(error).__name__}: {error}"
        ) from error


def adjust(place: Place, comparison: Comparison, settings: Settings) -> Adjusted:
    """Both methods for one place."""
    try:
        counterfactual = counterfactual_change(place.series, comparison, settings)
        # The model of all days is fitted once; it makes the change and the series.
        model = model_of_all_days(place.series, settings)
        normalised = normalised_change(place.series, comparison, settings, model=model)
        changes = {"counterfactual": counterfactual, "normalised": normalised}
        series = normalised_series(place.series, settings, model)
    except TooFewDays as error:
        return Adjusted(place.kind, place.code, {}, np.empty(0), str(error))
    return Adjusted(place.kind, place.code, changes, series, "")

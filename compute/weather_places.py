"""The weather adjustment of one place as one task, and of many places on any executor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, as_completed
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


def adjust(place: Place, comparison: Comparison, settings: Settings) -> Adjusted:
    """Both methods for one place."""
    try:
        changes = {
            "counterfactual": counterfactual_change(place.series, comparison, settings),
            "normalised": normalised_change(place.series, comparison, settings),
        }
        series = normalised_series(place.series, settings)
    except TooFewDays as error:
        return Adjusted(place.kind, place.code, {}, np.empty(0), str(error))
    return Adjusted(place.kind, place.code, changes, series, "")


def adjust_all(
    places: Sequence[Place], comparison: Comparison, settings: Settings, executor: Executor
) -> Iterator[Adjusted]:
    """Every place as it is finished, in any order; those with too few days first, without a task.

    executor: processes of this machine, or those of a Dask cluster (``distributed.Client(...).get_executor()``).
    """
    tasks = []
    for place in places:
        problem = _problem(place, comparison, settings)
        if problem:
            yield Adjusted(place.kind, place.code, {}, np.empty(0), problem)
        else:
            tasks.append(executor.submit(adjust, place, comparison, settings))
    for task in as_completed(tasks):
        yield task.result()


def _problem(place: Place, comparison: Comparison, settings: Settings) -> str:
    """Why a place cannot be adjusted; empty where it can."""
    try:
        demand_days(place.series, comparison, settings)
    except TooFewDays as error:
        return str(error)
    return ""

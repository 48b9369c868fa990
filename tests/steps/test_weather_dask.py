"""The same function on a Dask cluster of processes as on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from compute.weather import Settings
from compute.weather_places import Adjusted, Place, Task, adjust, adjust_task
from flows.fan_out import fan_out
from flows.intervals import RUNNER_VARIABLE
from flows.places import DASK_VARIABLE, place_runner
from tests.compute.weather_samples import COMPARISON, city

pytestmark = pytest.mark.slow

TINY = Settings(refits=2, folds=2, noise_draws=5, weather_draws=5)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes of one thread each, on this machine alone."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
    ) as made:
        yield made


def _worker(_: int) -> int:
    return os.getpid()


def test_cities_are_split_alike_on_dask_and_here(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [Place("city", f"c{seed}", city(seed).series) for seed in range(2)]
    monkeypatch.delenv(RUNNER_VARIABLE, raising=False)
    monkeypatch.setenv(DASK_VARIABLE, cluster.scheduler_address)
    assert os.getpid() not in fan_out(_worker, range(20), place_runner())
    tasks = [Task(place, COMPARISON, TINY) for place in places]
    kept: list[Adjusted] = []
    found = {
        done.code: done for done in fan_out(adjust_task, tasks, place_runner(), kept=kept.append)
    }
    assert {done.code for done in kept} == set(found)
    assert set(found) == {place.code for place in places}
    for place in places:
        here = adjust(place, COMPARISON, TINY)
        assert found[place.code].changes == here.changes
        assert set(here.changes) == {"counterfactual", "normalised"}
        np.testing.assert_array_equal(found[place.code].normalised_ug_m3, here.normalised_ug_m3)

"""Trees walked once a day and once a weather, against scikit-learn, which walks them for every pair."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits
from weather_samples import city

from compute.weather import normalised_change, normalised_series
from compute.weather_features import features
from compute.weather_model import fit
from compute.weather_trees import MOST_LEAVES, PairTrees
from tests.compute.test_weather import QUICK
from tests.compute.weather_samples import COMPARISON

Array = NDArray[np.float64]


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """On a busy machine threads of small fits wait for each other."""
    with threadpool_limits(1):
        yield


def fitted(rows: Array, target: Array, **settings: int) -> HistGradientBoostingRegressor:
    chosen = {"max_iter": 5, "max_leaf_nodes": MOST_LEAVES, "min_samples_leaf": 3, **settings}
    return HistGradientBoostingRegressor(early_stopping=False, **chosen).fit(rows, target)


def pairs(weathers: Array, days: Array) -> Array:
    """Every day under every weather, a row each."""
    return np.column_stack(
        [np.tile(weathers, (len(days), 1)), np.repeat(days, len(weathers), axis=0)]
    )


@given(
    seed=st.integers(0, 10_000),
    width=st.integers(1, 4),
    own=st.integers(1, 3),
    leaves=st.integers(2, MOST_LEAVES),
    distinct=st.integers(2, 40),
)
@settings(max_examples=25, deadline=None)
def test_sums_have_the_bits_of_scikit_learn(
    seed: int, width: int, own: int, leaves: int, distinct: int
) -> None:
    rng = np.random.default_rng(seed)
    # Few distinct values: many lie on a threshold.
    rows = rng.integers(0, distinct, size=(120, width + own)) / 7
    model = fitted(rows, rng.normal(size=120) + rows[:, 0], max_leaf_nodes=leaves)
    weathers, days = rows[: rng.integers(1, 9), :width], rows[:, width:]
    found = np.concatenate(list(PairTrees.of(model).predict(weathers, days)))
    expected = model.predict(pairs(weathers, days)).reshape(len(days), len(weathers))
    assert np.array_equal(found, expected)


def test_a_target_without_variance_makes_trees_of_one_leaf() -> None:
    rows = np.arange(60.0).reshape(30, 2)
    model = fitted(rows, np.full(30, 2.5))
    (found,) = PairTrees.of(model).predict(rows[:, :1], rows[:, 1:])
    assert np.array_equal(found, np.full((30, 30), model.predict(rows[:1])[0]))


def test_larger_trees_are_refused() -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(400, 3))
    model = fitted(rows, np.sin(3 * rows).sum(axis=1), max_leaf_nodes=MOST_LEAVES + 1)
    with pytest.raises(ValueError, match="at most 8 leaves"):
        PairTrees.of(model)


def test_a_day_under_its_own_weather_is_that_day() -> None:
    made = city(1).series
    table = features(made.dates, made.weather, made.names)
    known = table.rows(table.is_known)
    model = fit(known, np.log(made.concentration_ug_m3[table.is_known]))
    some = known.rows(np.arange(0, 300, 7))
    under = model.predict_under(some, some.weather)
    # The line's two parts are added in another order.
    assert np.diag(under) == pytest.approx(model.predict(some.values), rel=1e-12)


def test_a_model_that_is_known_changes_nothing() -> None:
    series = city(1).series
    table = features(series.dates, series.weather, series.names)
    known = fit(table.rows(table.is_known), np.log(series.concentration_ug_m3[table.is_known]))
    assert normalised_change(series, COMPARISON, QUICK, model=known) == normalised_change(
        series, COMPARISON, QUICK
    )
    assert np.array_equal(normalised_series(series, QUICK, known), normalised_series(series, QUICK))

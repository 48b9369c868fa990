"""The regression behind the weather adjustment: ridge with products, and boosted trees on what it leaves."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.weather_features import Features, calendar_terms, linear_terms
from compute.weather_trees import MOST_LEAVES, PairTrees

Array = NDArray[np.float64]

# Chosen by blocked cross-validation on the bundled provinces: more or larger trees win nothing.
_TREES: dict[str, Any] = {
    "max_iter": 100,
    "learning_rate": 0.06,
    "max_leaf_nodes": MOST_LEAVES,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "max_bins": 63,
    "early_stopping": False,
}
_PENALTY = 1.0
# Products of weather far outside what was seen would run away: deviations are cut here.
_MOST_DEVIATIONS = 2.5


@dataclass(frozen=True)
class TrendModel:
    """A fitted model.

    centre, scale: of the linear terms, shape (t,).  product_centre: of the products of the day's weather, shape
    (p,).  slope: of the scaled terms and the products, shape (t + p,).  intercept: log ug/m3.  trees: for what is
    left.
    """

    centre: Array
    scale: Array
    product_centre: Array
    slope: Array
    intercept: float
    trees: Any

    def predict(self, values: Array) -> Array:
        """Log concentration for rows of ``Features.values``, shape (n,)."""
        with _one_thread():
            left = np.asarray(self.trees.predict(values))
            return np.asarray(self._weather_line(values) + self._calendar_line(values) + left)

    def predict_under(self, wanted: Features, weathers: Array) -> Array:
        """Log concentration of every wanted day under every one of the weathers, shape (n, m).

        weathers: (m, w).  The line is a sum of what the weather gives and what the day gives: each is reckoned
        once, and so are the leaves of the trees that each leaves open.
        """
        first = wanted.rows(np.zeros(len(weathers), dtype=np.int64))
        days = np.column_stack([wanted.calendar, wanted.time])
        with _one_thread():
            given = self._weather_line(replace(first, weather=weathers).values)
        left = np.concatenate(list(PairTrees.of(self.trees).predict(weathers, days)))
        return np.asarray(self._calendar_line(wanted.values)[:, None] + given + left)

    def _weather_line(self, values: Array) -> Array:
        """The line's part of the weather: its terms and their products, and the intercept."""
        count, own = len(self.centre), values.shape[1] - 3
        scaled = (values[:, :own] - self.centre[:own]) / self.scale[:own]
        products = _products(scaled, values.shape[1]) - self.product_centre
        return np.asarray(
            scaled @ self.slope[:own] + products @ self.slope[count:] + self.intercept
        )

    def _calendar_line(self, values: Array) -> Array:
        """The line's part of season, weekend and trend."""
        count, own = len(self.centre), values.shape[1] - 3
        scaled = (calendar_terms(values) - self.centre[own:]) / self.scale[own:]
        return np.asarray(scaled @ self.slope[own:count])


def fit(rows: Features, log_ug_m3: Array) -> TrendModel:
    """Fit to days with known weather. log_ug_m3: shape (n,). The same rows give the same model."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    values = rows.values
    terms = linear_terms(values)
    centre, scale = terms.mean(axis=0), terms.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = (terms - centre) / scale
    products = _products(scaled, values.shape[1])
    product_centre = products.mean(axis=0)
    design = np.column_stack([scaled, products - product_centre])
    intercept = float(log_ug_m3.mean())
    with _one_thread():
        gram = design.T @ design + _PENALTY * np.eye(design.shape[1])
        slope = np.linalg.solve(gram, design.T @ (log_ug_m3 - intercept))
        left = log_ug_m3 - intercept - design @ slope
        trees = HistGradientBoostingRegressor(**_TREES).fit(values, left)
    return TrendModel(centre, scale, product_centre, slope, intercept, trees)


def _products(scaled: Array, columns: int) -> Array:
    """Squares and products of the day's own weather (still air matters more when it is humid), shape (n, p).

    scaled: linear terms, the day's weather first.  columns: how many ``Features.values`` has, three times that
    weather and three.
    """
    own = np.clip(scaled[:, : (columns - 3) // 3], -_MOST_DEVIATIONS, _MOST_DEVIATIONS)
    first, second = np.triu_indices(own.shape[1])
    return np.asarray(own[:, first] * own[:, second])


def _one_thread() -> AbstractContextManager[Any]:
    """A few thousand days are fitted fastest by one thread, BLAS included; places run side by side instead."""
    return _threads().limit(limits=1)  # type: ignore[no-any-return]


@cache
def _threads() -> Any:
    """The thread pools of the process, those of the trees among them: these must be loaded by now."""
    import sklearn.ensemble  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()

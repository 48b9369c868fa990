"""What many draws say: moments without keeping the draws, shares of variance, ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compute._checks import (
    Array,
    Indices,
    InvalidInput,
    as_floats,
    require_finite,
    require_same_labels,
)

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Moments:
    """Number, mean and sum of squared deviations of draws of a vector of results, (h,).

    Draws are added one by one or in parts (Chan, Golub and LeVeque 1979), so that memory does not
    grow with their number.
    """

    count: int
    mean: Array
    squares: Array

    @classmethod
    def none(cls, results: int) -> Moments:
        """No draws yet."""
        return cls(0, np.zeros(results), np.zeros(results))

    @classmethod
    def of(cls, draws: Array) -> Moments:
        """Those of draws, (d, h)."""
        draws = as_floats("draws", draws)
        if draws.ndim != 2 or not len(draws):
            raise InvalidInput(f"draws must be (draws, results), not {draws.shape}")
        mean = draws.mean(axis=0)
        return cls(len(draws), mean, np.square(draws - mean).sum(axis=0))

    def __add__(self, other: Moments) -> Moments:
        """Those of both sets of draws."""
        count = self.count + other.count
        if count == 0:
            return self
        gap = other.mean - self.mean
        return Moments(
            count,
            self.mean + gap * (other.count / count),
            self.squares + other.squares + np.square(gap) * (self.count * other.count / count),
        )

    @property
    def variance(self) -> Array:
        """Of the draws, (h,), unbiased; zero for fewer than two."""
        return self.squares / max(self.count - 1, 1)

    @property
    def standard_error(self) -> Array:
        """Of the mean, (h,)."""
        error: Array = np.sqrt(self.variance / max(self.count, 1))
        return error


def quantiles(draws: Array) -> Array:
    """The 5th, 50th and 95th percentile of each row of draws, (h, d) -> (3, h).

    Weibull's positions p (d + 1): one more draw then falls into the interval nine times in ten,
    however few there are, where interpolation between the least and the largest gives less.
    """
    draws = as_floats("draws", draws)
    if draws.ndim != 2 or draws.shape[1] < 1:
        raise InvalidInput(
            f"draws must be (results, draws) with at least one draw, not {draws.shape}"
        )
    require_finite("draws", draws)
    found: Array = np.quantile(draws, QUANTILES, axis=1, method="weibull")
    return found


def variance_shares(alone: Array, together: Array) -> Array:
    """First-order shares of variance: of each source alone in that of all together.

    alone: (sources, h), variances with one source drawn and the others at their point.
    together: (h,).  Returns (sources, h), zero where nothing varies. Their sum differs from one by
    interactions of sources and by Monte Carlo error.
    """
    require_same_labels(alone=(alone, ("sources", "h")), together=(together, ("h",)))
    alone, together = as_floats("alone", alone), as_floats("together", together)
    if alone.ndim != 2 or together.shape != alone.shape[1:]:
        raise InvalidInput(
            f"alone must be (sources, results) and together (results,), not {alone.shape} and "
            f"{together.shape}"
        )
    require_finite("alone", alone)
    require_finite("together", together)
    shares: Array = np.divide(
        alone, together, out=np.zeros_like(alone), where=np.broadcast_to(together > 0, alone.shape)
    )
    return shares


@dataclass(frozen=True)
class Winners:
    """How often each of c candidates is the largest in each of p places: counts, (p, c)."""

    counts: Indices

    @classmethod
    def none(cls, places: int, candidates: int) -> Winners:
        """No draws yet."""
        return cls(np.zeros((places, candidates), dtype=np.int64))

    @classmethod
    def of(cls, values: Array) -> Winners:
        """Those of draws, (d, p, c)."""
        values = as_floats("values", values)
        if values.ndim != 3 or not values.shape[2]:
            raise InvalidInput(f"values must be (draws, places, candidates), not {values.shape}")
        require_finite("values", values)
        first = values.argmax(axis=2)
        counts = (first[:, :, None] == np.arange(values.shape[2])).sum(axis=0)
        return cls(counts.astype(np.int64))

    def __add__(self, other: Winners) -> Winners:
        """Those of both sets of draws."""
        return Winners(self.counts + other.counts)

"""Random numbers that depend on the seed, the source and the number of the draw alone."""

from __future__ import annotations

import numpy as np

from compute._arguments import whole_number
from compute._checks import Array, InvalidInput, as_floats, listing

SOURCES = (
    "inventory",
    "stand_in",
    "table",
    "trade_split",
    "gravity",
    "theta",
    "exposure",
    "rate",
)
LARGEST_COEFFICIENT = 3.0


def generator(seed: int, source: str, draw: int) -> np.random.Generator:
    """The generator of one draw of one source: the same in any process and any order."""
    key = (SOURCES.index(source), whole_number("draw", draw, 0))
    return np.random.default_rng(
        np.random.SeedSequence(whole_number("seed", seed, 0), spawn_key=key)
    )


def checked_coefficients(name: str, values: Array, labels: list[str]) -> Array:
    """Return coefficients of variation; refuse missing ones (NaN), negative ones and those above 3.

    values: any shape, one label each in the array's order.  A lognormal distribution with a
    coefficient above 3 has its median below a third of its mean: a slip (percent for shares), not
    an uncertainty.  Raises InvalidInput naming the labels.
    """
    array = as_floats(name, values)
    flat = array.ravel()
    wrong = np.flatnonzero(~((flat >= 0) & (flat <= LARGEST_COEFFICIENT)))
    if wrong.size:
        found = (
            f"{labels[i]} ({'missing' if np.isnan(flat[i]) else f'{flat[i]:g}'})" for i in wrong
        )
        raise InvalidInput(
            f"{name} must be shares from 0 to {LARGEST_COEFFICIENT:g}, wrong are: {listing(found)}"
        )
    return array


def log_deviation(coefficient: Array) -> Array:
    """Standard deviation of the logarithm of a lognormal variable with this coefficient of variation."""
    deviation: Array = np.sqrt(np.log1p(np.square(coefficient)))
    return deviation

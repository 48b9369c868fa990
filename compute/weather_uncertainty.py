"""Skill and uncertainty of the weather model: blocked cross-validation and bootstrap over blocks of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from compute.weather_features import Features
from compute.weather_model import fit

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

# On synthetic cities a refit's spread is 0.7 of the true error of the weather's part; docs/air_quality.md.
_REFIT_WIDENING = 1.4
_NORMAL_POINTS = 41


@dataclass(frozen=True)
class Settings:
    """How the model is fitted and its uncertainty measured.

    block_days: length of the blocks of bootstrap and cross-validation; days that follow each other are alike.
    folds: of the blocked cross-validation.  refits: bootstrap fits for each method.  noise_draws: draws of the
    residuals of the two periods for each refit.  interval_share: coverage of the intervals.
    weather_draws: days whose weather a normalised day is given.  min_training_days: fewer raise TooFewDays.
    seed: of everything that is drawn.
    """

    block_days: int = 21
    folds: int = 5
    refits: int = 16
    noise_draws: int = 50
    interval_share: float = 0.9
    weather_draws: int = 200
    min_training_days: int = 365
    seed: int = 20180101


@dataclass(frozen=True)
class Skill:
    """Of predictions for blocks that were left out, on the logarithm.

    r2: share of the variance explained.  rmse_log: root mean square error.  residuals: by training day.
    """

    r2: float
    rmse_log: float
    residuals: Array


def cross_validate(rows: Features, log_ug_m3: Array, settings: Settings) -> Skill:
    """Skill on blocks of days that were left out; blocks go round the folds in turn."""
    day = rows.time.astype(np.int64)
    fold = ((day - day.min()) // settings.block_days) % settings.folds
    predicted = np.empty_like(log_ug_m3)
    for left_out in range(settings.folds):
        test = fold == left_out
        if test.any():
            model = fit(rows.subset(~test), log_ug_m3[~test])
            predicted[test] = model.predict(rows.subset(test).values)
    residuals = log_ug_m3 - predicted
    total = float(np.sum((log_ug_m3 - log_ug_m3.mean()) ** 2))
    explained = 1 - float(np.sum(residuals**2)) / total if total > 0 else 0.0
    return Skill(explained, float(np.sqrt(np.mean(residuals**2))), residuals)


def model_error_draws(refits: Array) -> Array:
    """The model's error as a normal sample of the refits' spread, widened: refits share the model's own bias."""
    spread = _REFIT_WIDENING * float(refits.std(ddof=1))
    return np.asarray(spread * ndtri((np.arange(_NORMAL_POINTS) + 0.5) / _NORMAL_POINTS))


def sums(first: Array, second: Array) -> Array:
    """All sums of two independent errors."""
    return np.add.outer(first, second).ravel()


def noise_ratios(
    logs: tuple[Array, Array], residuals: Array, settings: Settings, rng: np.random.Generator
) -> Array:
    """How chance moves the ratio of the two observed means: blocks of residuals laid over predictions."""
    draws = settings.refits * settings.noise_draws
    ratios = np.ones(draws)
    for sign, log_ug_m3 in zip((1, -1), logs, strict=True):
        weight = np.exp(log_ug_m3)
        drawn = _block_draws(residuals, len(log_ug_m3), draws, settings.block_days, rng)
        means = np.exp(drawn) @ weight / weight.sum()
        ratios *= (means / np.exp(residuals).mean()) ** sign
    return ratios


def _block_draws(
    values: Array, length: int, draws: int, block: int, rng: np.random.Generator
) -> Array:
    """Moving-block bootstrap: shape (draws, length)."""
    size = min(block, len(values))
    blocks = -(-length // size)
    starts = rng.integers(0, len(values) - size + 1, size=(draws, blocks))
    places = (starts[:, :, None] + np.arange(size)).reshape(draws, -1)[:, :length]
    return np.asarray(values[places])


def block_samples(
    days: Mask, settings: Settings, rng: np.random.Generator
) -> Sequence[NDArray[np.int64]]:
    """For each refit the places of the training days, drawn by blocks with replacement."""
    places = np.flatnonzero(days)
    drawn = _block_draws(
        places.astype(np.float64), len(places), settings.refits, settings.block_days, rng
    )
    return [np.sort(row.astype(np.int64)) for row in drawn]

"""How much of a change in air quality is the weather's: counterfactual change and normalised series.

The model is a ridge regression of the logarithm of daily concentrations on weather, its products, season and
trend, with gradient-boosted trees on what it leaves. The line reaches beyond the weather seen in training, where
trees stop; the trees take what is neither straight nor a product.

Two ways to use it. Counterfactual: train without the two compared periods and predict both at one level of
emissions; what the predictions differ by is the weather's part, the rest of the observed change that of emissions
(and of what the model does not explain). Normalised: train on all days, predict every day under the weather of
many other days, and compare the means (Grange et al. 2018, doi:10.5194/acp-18-6223-2018).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.weather_features import Features, features
from compute.weather_model import TrendModel, fit
from compute.weather_uncertainty import (
    Settings,
    Skill,
    block_samples,
    cross_validate,
    model_error_draws,
    noise_ratios,
    sums,
)

__all__ = [
    "Change",
    "Comparison",
    "Series",
    "Settings",
    "Skill",
    "TooFewDays",
    "counterfactual_change",
    "demand_days",
    "model_of_all_days",
    "normalised_change",
    "normalised_series",
]

Array = NDArray[np.float64]
Days = NDArray[np.datetime64]
Mask = NDArray[np.bool_]


class TooFewDays(ValueError):
    """A period, or what is left for training, has too few days with observations."""


@dataclass(frozen=True)
class Series:
    """A place's daily record.

    dates: consecutive or not, rising, shape (n,).  concentration_ug_m3: positive or NaN, shape (n,).
    weather: shape (n, k), one column for each of ``names``; NaN where not known.
    """

    dates: Days
    concentration_ug_m3: Array
    weather: Array
    names: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A change between two periods, in percentage points of the earlier one's mean.

    observed_pp = weather_pp + emission_pp.  Low and high bound an interval of the settings' share for the parts as
    drivers: the model's uncertainty and the chance of the unexplained days of both periods.
    """

    mean_ug_m3: float
    mean_before_ug_m3: float
    observed_pp: float
    weather_pp: float
    emission_pp: float
    weather_low_pp: float
    weather_high_pp: float
    emission_low_pp: float
    emission_high_pp: float
    skill_r2: float
    skill_rmse_log: float
    training_days: int
    period_days: int
    period_before_days: int


@dataclass(frozen=True)
class Comparison:
    """The compared periods: first and last day of each, both included."""

    start: np.datetime64
    end: np.datetime64
    start_before: np.datetime64
    end_before: np.datetime64

    def masks(self, dates: Days) -> tuple[Mask, Mask]:
        """Which days lie in the later and in the earlier period."""
        now = (dates >= self.start) & (dates <= self.end)
        before = (dates >= self.start_before) & (dates <= self.end_before)
        return now, before


def counterfactual_change(
    series: Series, comparison: Comparison, settings: Settings | None = None
) -> Change:
    """The change between two periods split by models that have seen neither.

    With O the observed means and P the predicted ones at one level of emissions, 1 the later and 0 the earlier
    period: observed O1/O0 - 1, weather P1/P0 - 1, emission O1/O0 - P1/P0.  Models fitted to resampled blocks
    of days say how sure P1/P0 is.  Raises TooFewDays.
    """
    chosen = settings or Settings()
    table = features(series.dates, series.weather, series.names)
    seen = _observed(series, table)
    now, before = _periods(series, comparison, seen)
    train = seen & ~_either(comparison, series.dates)
    _demand_training(train, chosen)
    log_ug_m3 = _logarithm(series, seen)
    skill = cross_validate(table.rows(train), log_ug_m3[train], chosen)
    level = table.at_one_time(float(np.mean(table.time[now | before])))
    values_now, values_before = level.rows(now).values, level.rows(before).values
    rng = np.random.default_rng(chosen.seed)

    def predicted(chosen_rows: Mask | NDArray[np.int64]) -> tuple[Array, Array]:
        model = fit(table.rows(chosen_rows), log_ug_m3[chosen_rows])
        return model.predict(values_now), model.predict(values_before)

    ratios = np.array(
        [_ratio_of_means(*predicted(sample)) for sample in block_samples(train, chosen, rng)]
    )
    typical = predicted(train)
    observed = _mean_ratio(series.concentration_ug_m3, now, before)
    noise = observed * (noise_ratios(typical, skill.residuals, chosen, rng) - 1)
    model_error = model_error_draws(ratios)
    return _change(
        series,
        (now, before),
        weather=_ratio_of_means(*typical) - 1,
        weather_error=model_error,
        emission_error=sums(noise, -model_error),
        skill=skill,
        training_days=int(train.sum()),
        settings=chosen,
    )


def normalised_change(
    series: Series,
    comparison: Comparison,
    settings: Settings | None = None,
    skill: Skill | None = None,
    model: TrendModel | None = None,
) -> Change:
    """The change between two periods split by weather-normalised means, N: emission N1/N0 - 1, weather the rest.

    The models have seen all days: what they take for trend within the compared periods counts as emission, what
    they do not explain as weather.  skill, model: those of all days, where they are known.  Raises TooFewDays.
    """
    chosen = settings or Settings()
    table = features(series.dates, series.weather, series.names)
    seen = _observed(series, table)
    now, before = _periods(series, comparison, seen)
    _demand_training(seen, chosen)
    log_ug_m3 = _logarithm(series, seen)
    measured = skill or cross_validate(table.rows(seen), log_ug_m3[seen], chosen)
    rng = np.random.default_rng(chosen.seed)
    given = _given_weather(table, chosen, rng)
    halved = replace(chosen, refits=max(chosen.refits // 2, 2))

    def normalised_ratio(fitted: TrendModel) -> float:
        means = [_normalised_log(fitted, table.rows(days), table, given) for days in (now, before)]
        return _ratio_of_means(*means)

    ratios = [
        normalised_ratio(fit(table.rows(sample), log_ug_m3[sample]))
        for sample in block_samples(seen, halved, rng)
    ]
    typical = model or fit(table.rows(seen), log_ug_m3[seen])
    observed = _mean_ratio(series.concentration_ug_m3, now, before)
    noise = observed * (
        noise_ratios((log_ug_m3[now], log_ug_m3[before]), measured.residuals, chosen, rng) - 1
    )
    model_error = model_error_draws(np.array(ratios))
    return _change(
        series,
        (now, before),
        weather=observed - normalised_ratio(typical),
        weather_error=sums(noise, -model_error),
        emission_error=model_error,
        skill=measured,
        training_days=int(seen.sum()),
        settings=chosen,
    )


def model_of_all_days(series: Series, settings: Settings | None = None) -> TrendModel:
    """The model of all days with observations and weather. Raises TooFewDays."""
    table = features(series.dates, series.weather, series.names)
    seen = _observed(series, table)
    _demand_training(seen, settings or Settings())
    return fit(table.rows(seen), _logarithm(series, seen)[seen])


def normalised_series(
    series: Series, settings: Settings | None = None, model: TrendModel | None = None
) -> Array:
    """Concentration of every day at the average weather of the record, ug/m3, shape (n,).

    model: that of all days, where it is known.  Raises TooFewDays.
    """
    chosen = settings or Settings()
    table = features(series.dates, series.weather, series.names)
    seen = _observed(series, table)
    _demand_training(seen, chosen)
    log_ug_m3 = _logarithm(series, seen)
    typical = model or fit(table.rows(seen), log_ug_m3[seen])
    given = _given_weather(table, chosen, np.random.default_rng(chosen.seed))
    smear = float(np.mean(np.exp(log_ug_m3[seen] - typical.predict(table.rows(seen).values))))
    return smear * np.exp(_normalised_log(typical, table, table, given))


def demand_days(series: Series, comparison: Comparison, settings: Settings | None = None) -> None:
    """Raise TooFewDays when a period, or what is left for training a model that saw neither, has too few days."""
    table = features(series.dates, series.weather, series.names)
    seen = _observed(series, table)
    _periods(series, comparison, seen)
    _demand_training(seen & ~_either(comparison, series.dates), settings or Settings())


def _given_weather(
    table: Features, settings: Settings, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Places of the days whose weather every day is given."""
    return np.asarray(rng.choice(np.flatnonzero(table.is_known), size=settings.weather_draws))


def _normalised_log(
    model: TrendModel, wanted: Features, table: Features, given: NDArray[np.int64]
) -> Array:
    """Log of the mean prediction of each wanted day over the given days' weather."""
    predicted = model.predict_under(wanted, table.weather[given])
    return np.asarray(np.log(np.exp(predicted).mean(axis=1)))


def _change(
    series: Series,
    periods: tuple[Mask, Mask],
    *,
    weather: float,
    weather_error: Array,
    emission_error: Array,
    skill: Skill,
    training_days: int,
    settings: Settings,
) -> Change:
    """The split in percentage points; errors are draws of how far a part may be off, as shares."""
    now, before = periods
    values = series.concentration_ug_m3
    observed = _mean_ratio(values, now, before) - 1
    tail = (1 - settings.interval_share) / 2
    weather_low, weather_high = weather + np.quantile(weather_error, [tail, 1 - tail])
    emission_low, emission_high = observed - weather + np.quantile(emission_error, [tail, 1 - tail])
    return Change(
        mean_ug_m3=float(values[now].mean()),
        mean_before_ug_m3=float(values[before].mean()),
        observed_pp=100 * observed,
        weather_pp=100 * weather,
        emission_pp=100 * (observed - weather),
        weather_low_pp=100 * float(weather_low),
        weather_high_pp=100 * float(weather_high),
        emission_low_pp=100 * float(emission_low),
        emission_high_pp=100 * float(emission_high),
        skill_r2=skill.r2,
        skill_rmse_log=skill.rmse_log,
        training_days=training_days,
        period_days=int(now.sum()),
        period_before_days=int(before.sum()),
    )


def _logarithm(series: Series, seen: Mask) -> Array:
    """Log concentration; 0 on days that are not used."""
    return np.asarray(np.log(np.where(seen, series.concentration_ug_m3, 1.0)))


def _periods(series: Series, comparison: Comparison, seen: Mask) -> tuple[Mask, Mask]:
    """The days of both periods with observations and weather."""
    now, before = (mask & seen for mask in comparison.masks(series.dates))
    for name, mask, start, end in (
        ("later", now, comparison.start, comparison.end),
        ("earlier", before, comparison.start_before, comparison.end_before),
    ):
        needed = (int((end - start).astype("timedelta64[D]").astype(int)) + 2) // 2
        if mask.sum() < needed:
            raise TooFewDays(
                f"the {name} period {start} to {end} has {int(mask.sum())} days with observations and weather, "
                f"{needed} are needed"
            )
    return now, before


def _observed(series: Series, table: Features) -> Mask:
    values = series.concentration_ug_m3
    with np.errstate(invalid="ignore"):
        return np.asarray(np.isfinite(values) & (values > 0) & table.is_known)


def _either(comparison: Comparison, dates: Days) -> Mask:
    now, before = comparison.masks(dates)
    return now | before


def _mean_ratio(values: Array, now: Mask, before: Mask) -> float:
    return float(values[now].mean() / values[before].mean())


def _ratio_of_means(log_now: Array, log_before: Array) -> float:
    return float(np.exp(log_now).mean() / np.exp(log_before).mean())


def _demand_training(train: Mask, settings: Settings) -> None:
    if train.sum() < settings.min_training_days:
        raise TooFewDays(
            f"{int(train.sum())} days are left for training, {settings.min_training_days} are needed"
        )

"""Rows of the marts of changes, from the effects of the factors on every row and consumer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.decomposition import FACTORS, Decomposition
from compute.frames import Axis
from steps.change_inputs import CommonYear, Lists

Array = NDArray[np.float64]

SECTOR_LIST, ATMOSPHERE = "sector_list", "atmosphere"
EFFECTS = (*FACTORS, SECTOR_LIST)
"""The factors of effects, in their order."""


def with_list(found: Decomposition, before: CommonYear, after: CommonYear) -> Array:
    """The effects, (8, k, n, C), t: those of the factors, and what the common list loses against the own lists."""
    lost = (after.emission_t - found.after_t) - (before.emission_t - found.before_t)
    return np.concatenate([found.effects_t, lost[None]])


def totals(lists: Lists, before: CommonYear, after: CommonYear) -> pl.DataFrame:
    """Emissions of both years by pollutant, province and consumer."""
    labels = Axis.product(
        pollutant=lists.pollutants,
        producer_province=lists.compared,
        consumer_region=lists.consumers,
    ).labels
    columns = {
        name: _by_province(lists, year.emission_t).ravel()
        for name, year in (("before_t", before), ("after_t", after))
    }
    return _not_zero(labels.with_columns(**{k: pl.Series(v) for k, v in columns.items()}), columns)


def changes(lists: Lists, effects: Array) -> pl.DataFrame:
    """Effects by factor, pollutant, province and consumer."""
    return _effects(lists, _by_province(lists, effects), producer_province=lists.compared)


def sector_changes(lists: Lists, effects: Array) -> pl.DataFrame:
    """Effects by factor, pollutant, producing sector of the common list and consumer, over all provinces."""
    summed = _by_province_and_sector(lists, effects).sum(axis=-3)
    return _effects(lists, summed, producer_sector=lists.sectors)


def _effects(lists: Lists, change_t: Array, **producer: Sequence[str]) -> pl.DataFrame:
    """Rows of effects (8, k, producers, C) with their labels, without zeros."""
    labels = Axis.product(
        factor=EFFECTS, pollutant=lists.pollutants, **producer, consumer_region=lists.consumers
    ).labels
    return _not_zero(labels.with_columns(change_t=pl.Series(change_t.ravel())), ["change_t"])


def pm25_changes(
    lists: Lists, receptors: tuple[str, ...], effects: Array, before: CommonYear, after: CommonYear
) -> pl.DataFrame:
    """Effects on concentrations through the mean sensitivities; what these change themselves is `atmosphere`."""
    frames = [
        pl.DataFrame(
            schema={
                "engine": pl.String,
                "factor": pl.String,
                "receptor": pl.String,
                "consumer_region": pl.String,
                "change_ug_m3": pl.Float64,
            }
        )
    ]
    for engine in sorted(before.sensitivity.keys() & after.sensitivity.keys()):
        mean = (before.sensitivity[engine] + after.sensitivity[engine]) / 2
        parts = np.einsum("rki,fkic->frc", mean, effects, optimize=True)
        change = after.level_ug_m3[engine] - before.level_ug_m3[engine]
        whole = np.concatenate([parts, (change - parts.sum(axis=0))[None]])
        labels = Axis.product(
            engine=[engine],
            factor=(*EFFECTS, ATMOSPHERE),
            receptor=receptors,
            consumer_region=lists.consumers,
        ).labels
        frames.append(labels.with_columns(change_ug_m3=pl.Series(whole.ravel())))
    return _not_zero(pl.concat(frames), ["change_ug_m3"])


def _not_zero(frame: pl.DataFrame, measures: Mapping[str, object] | list[str]) -> pl.DataFrame:
    return frame.filter(pl.any_horizontal(pl.col(name) != 0 for name in measures))


def _by_province_and_sector(lists: Lists, rows: Array) -> Array:
    """Part axis -2: (..., n, C) to (..., P compared, S, C)."""
    parted = rows.reshape(*rows.shape[:-2], lists.shape.count, lists.shape.sectors, rows.shape[-1])
    kept = [lists.provinces.index(province) for province in lists.compared]
    return parted[..., kept, :, :]


def _by_province(lists: Lists, rows: Array) -> Array:
    """Sum the sectors of axis -2: (..., n, C) to (..., P compared, C)."""
    return np.asarray(_by_province_and_sector(lists, rows).sum(axis=-2))

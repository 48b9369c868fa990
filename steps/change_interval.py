"""Intervals of the factors of a change: both inventories are drawn, each on its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.change_draws import YearOfDraws, contributions, drawn_effects
from compute.decomposition import Decomposition
from compute.frames import Axis, to_matrix
from compute.uncertainty.inventory import InventoryError
from compute.uncertainty.statistics import quantiles
from steps.change_inputs import CommonYear, Lists, Side
from steps.change_marts import EFFECTS
from warehouse.database import tables_of

Array = NDArray[np.float64]

DRAWS, SEED = 1000, 1
ERRORS = "fct_uncertainty_input"
WHOLE = "change"
CONSUMERS = ("foreign", "all")
COLUMNS: Mapping[str, pl.DataType] = {
    **dict.fromkeys(("prices", "factor", "consumers", "pollutant", "place"), pl.String()),
    **dict.fromkeys(("point_t", "p05_t", "median_t", "p95_t", "same_sign_share"), pl.Float64()),
    "draws": pl.Int64(),
    "seed": pl.Int64(),
}


def interval_rows(
    connection: duckdb.DuckDBPyConnection,
    sides: tuple[Side, Side],
    lists: Lists,
    found: Mapping[str, Decomposition],
    years: tuple[CommonYear, CommonYear],
) -> pl.DataFrame:
    """Point, quantiles and sign of every factor, and of the whole change, in the nation and each province.

    found: the decompositions by rule of prices.  No rows where an edition has no errors of its inventory.
    """
    mixture = _mixture(connection, lists)
    drawn_years = []
    for which, (side, year) in enumerate(zip(sides, years, strict=True)):
        error = _errors(connection, side, mixture, year)
        if error is None:
            return pl.DataFrame(schema=COLUMNS)
        effect = np.concatenate(
            [_effects_per_tonne(each, year, which, lists) for each in found.values()]
        )
        drawn_years.append(YearOfDraws(_contribution(effect, year, error, lists), error))
    point = np.stack([year.contribution_t.sum(axis=3) for year in drawn_years]).sum(axis=0)
    drawn = drawn_effects(drawn_years, DRAWS, SEED)
    labels = Axis.product(
        prices=list(found),
        factor=(*EFFECTS, WHOLE),
        consumers=CONSUMERS,
        pollutant=mixture.names,
        place=[lists.home, *lists.compared],
    ).labels
    return _summary(labels, mixture.with_sums(point), mixture.with_sums(drawn))


@dataclass(frozen=True)
class _Mixture:
    """The pollutants that are drawn, and the index that is summed from them.

    weight: (k,), what a tonne of each counts in the index.  index: its name, empty where it is not compared.
    """

    pollutants: tuple[str, ...]
    weight: Array
    index: str

    @property
    def names(self) -> list[str]:
        return [*self.pollutants, *([self.index] if self.index else [])]

    def with_sums(self, values: Array) -> Array:
        """(..., k, P) with the index as one pollutant more and the nation as the first place."""
        if self.index:
            index = np.einsum("k,...kp->...p", self.weight, values)[..., None, :]
            values = np.concatenate([values, index], axis=-2)
        return np.concatenate([values.sum(axis=-1, keepdims=True), values], axis=-1)


def _mixture(connection: duckdb.DuckDBPyConnection, lists: Lists) -> _Mixture:
    rows = connection.sql(
        "select code, coalesce(1 / ape_coefficient, 0), is_index from marts.dim_pollutant"
    ).fetchall()
    weight = {code: float(each) for code, each, is_index in rows if not is_index}
    index = [code for code, _, is_index in rows if is_index and code in lists.pollutants]
    drawn = tuple(name for name in lists.pollutants if name in weight)
    return _Mixture(drawn, np.array([weight[name] for name in drawn]), index[0] if index else "")


def _summary(labels: pl.DataFrame, point: Array, drawn: Array) -> pl.DataFrame:
    rows, flat = drawn.reshape(len(drawn), -1).T, point.ravel()
    low, median, high = quantiles(rows)
    same = (np.sign(rows) == np.sign(flat)[:, None]).mean(axis=1)
    frame = labels.with_columns(
        point_t=pl.Series(flat),
        p05_t=pl.Series(low),
        median_t=pl.Series(median),
        p95_t=pl.Series(high),
        same_sign_share=pl.Series(same),
        draws=pl.lit(DRAWS, pl.Int64()),
        seed=pl.lit(SEED, pl.Int64()),
    )
    return frame.filter((pl.col("point_t") != 0) | (pl.col("p95_t") != pl.col("p05_t")))


def _effects_per_tonne(found: Decomposition, year: CommonYear, which: int, lists: Lists) -> Array:
    """Effects of a tonne of the edition's own rows, (9 factors x 2 groups of consumers, n_P).

    which: 0 for the earlier year, 1 for the later one.
    """
    common = found.per_tonne[which][:, year.own.common_row]
    whole = (year.own.driven_per_tonne if which else -year.own.driven_per_tonne)[None]
    effects = np.concatenate([common, whole - common.sum(axis=0, keepdims=True), whole])
    foreign = np.array([consumer != lists.home for consumer in lists.consumers])
    groups = np.stack([effects[..., foreign].sum(axis=-1), effects.sum(axis=-1)], axis=1)
    return groups.reshape(-1, groups.shape[-1])


def _contribution(effect: Array, year: CommonYear, error: InventoryError, lists: Lists) -> Array:
    own = year.own
    kept = np.flatnonzero([province in lists.compared for province in own.province])
    at = np.array([lists.pollutants.index(name) for name in error.pollutants])
    return contributions(
        own.emission_t[np.ix_(at, kept)],
        effect[:, kept],
        np.array([lists.compared.index(own.province[row]) for row in kept], dtype=np.int64),
        np.array([error.groups.index(own.group[row]) for row in kept], dtype=np.int64),
        provinces=len(lists.compared),
        groups=len(error.groups),
    )


def _errors(
    connection: duckdb.DuckDBPyConnection, side: Side, mixture: _Mixture, year: CommonYear
) -> InventoryError | None:
    """The errors of an edition's inventory in the sector groups of its rows; None where it has none."""
    if ERRORS not in tables_of(connection, "marts"):
        return None
    groups = tuple(sorted(set(year.own.group)))
    frame = (
        connection.sql(
            "select pollutant, sector_group, national_coefficient_share as national,"
            " provincial_coefficient_share as provincial, group_correlation"
            f" from marts.{ERRORS} where edition = $edition and year = $year order by all",
            params={"edition": side.edition, "year": side.year},
        )
        .pl()
        .filter(
            pl.col("sector_group").is_in(groups) & pl.col("pollutant").is_in(mixture.pollutants)
        )
    )
    if frame.is_empty() or frame.height < len(groups) * len(mixture.pollutants):
        return None
    pollutants = Axis(pl.DataFrame({"pollutant": list(mixture.pollutants)}))
    columns = Axis(pl.DataFrame({"sector_group": list(groups)}))
    place = (pollutants, ["pollutant"], columns, ["sector_group"])
    return InventoryError(
        mixture.pollutants,
        groups,
        to_matrix(frame, *place, "national"),
        to_matrix(frame, *place, "provincial"),
        float(frame["group_correlation"][0]),
    )

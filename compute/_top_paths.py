"""The largest supply-chain paths, exactly: who makes the final product, who supplies, who emits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import ArrayLike

from compute._arguments import (
    Groups,
    require_non_negative,
    table_of,
    vector_or_rows,
    whole_number,
)
from compute._checks import Array, Indices, InvalidInput, finite_vector, require_same_labels
from compute._path_search import (
    FoundPaths,
    PathProblem,
    PathSearch,
    most_arriving,
    multipliers_by_length,
)
from compute.leontief import LeontiefSystem

MAX_PATHS = 50_000_000
BATCH_BYTES = 2**29
POWERS_TRIED = 32


class TooManyPaths(ValueError):
    """More paths than a table should hold.

    at_least: so many there are, maybe more.  threshold: one that is sure to stay within the limit.
    """

    def __init__(self, at_least: int, threshold: float) -> None:
        """Say how many, and what would help."""
        super().__init__(
            f"there are at least {at_least:,} such paths and the limit is {MAX_PATHS:,}; "
            f"a threshold of {threshold:.3g} is sure to stay within it"
        )
        self.at_least = at_least
        self.threshold = threshold


def top_paths(
    coefficients: ArrayLike | LeontiefSystem,
    demand: ArrayLike,
    intensity: ArrayLike,
    *,
    count: int | None = None,
    threshold: float | None = None,
    max_length: int = 12,
    roots: ArrayLike | None = None,
    root_group: ArrayLike | None = None,
    emitter_group: ArrayLike | None = None,
) -> pl.DataFrame:
    """Find the largest supply-chain paths f_z a_zk ... a_ji y_i, exactly (eq. 17).

    coefficients: A, (n, n), dimensionless, not negative, or its LeontiefSystem.
    demand: y, (n,), million USD; negative entries (inventories) are run apart from the others.
    intensity: f, (n,) or (k, n), e.g. t/musd, not negative.
    count: so many of each list.  threshold: those of |contribution| >= threshold; zero means all
    that are worth anything.  With both, both hold.
    max_length: the most arcs a path may have; 0 leaves emitters that make the final product.
    roots: indices of final products; the others are left out.
    root_group, emitter_group: (n,) labels. Every group of final products, every group of emitters,
    every pair of them if both are given, has a list of its own.

    Returns the paths, each list largest first, ties in the order of their indices: `path` (indices,
    final product first, emitter last) and `contribution` (unit of f times unit of y, negative where
    the demand is). Columns before them tell the lists apart: `stressor` (the row of f, if f has
    rows), `demand_sign` (1 or -1), `root_group` and `emitter_group` (if given).
    That none is missing is proved by bounds on what a node can receive and can pass on.

    Raises InvalidInput (shapes, NaN, infinity, negative A or f, count = 0, neither count nor
    threshold), UnproductiveEconomy, and TooManyPaths when all lists together exceed 50 million.
    """
    require_same_labels(
        coefficients=(coefficients, ("n", "n")),
        demand=(demand, ("n",)),
        intensity=(intensity, ("?k", "n")),
        root_group=(root_group, ("n",)),
        emitter_group=(emitter_group, ("n",)),
    )
    table = table_of(coefficients)
    n = len(table)
    final = finite_vector("demand", demand, length=n)
    rows = vector_or_rows("intensity", intensity, n)
    require_non_negative("coefficients", table)
    require_non_negative("intensity", rows)
    floor = _floor(count, threshold)
    max_length = whole_number("max_length", max_length, 0)
    makers = Groups.of("root_group", np.zeros(n) if root_group is None else root_group, n)
    emitters = Groups.of(
        "emitter_group", np.zeros(n) if emitter_group is None else emitter_group, n
    )
    if roots is not None:
        final = _only(final, roots)
    if not isinstance(coefficients, LeontiefSystem):
        _require_productive(table)

    stressors = np.atleast_2d(rows)
    signed = {sign: part for sign in (1, -1) if (part := np.maximum(sign * final, 0.0)).any()}
    arriving = {
        sign: most_arriving(table, makers.members * part, max_length)
        for sign, part in signed.items()
    }
    lists: list[pl.DataFrame] = []
    for stressor, emitter, multipliers in _multipliers(table, stressors, emitters, max_length):
        for sign, part in signed.items():
            problem = PathProblem(table, part, multipliers, arriving[sign], makers.code)
            search = PathSearch(problem, _thresholds(problem, count, floor))
            so_far = sum(len(paths) for paths in lists)
            more = int(search.count(MAX_PATHS - so_far).sum())
            if so_far + more > MAX_PATHS:
                enough = _sure_threshold(table, final, stressors, max_length)
                raise TooManyPaths(so_far + more, enough)
            paths = _ordered(search.collect(), makers, count)
            lists.append(_marked(paths, stressor, sign, pl.Series(emitters.labels), emitter))
    given = {
        "stressor": rows.ndim == 2,
        "root_group": root_group is not None,
        "emitter_group": emitter_group is not None,
    }
    return _joined(lists, makers, emitters).drop(
        name for name, is_given in given.items() if not is_given
    )


def _floor(count: int | None, threshold: float | None) -> float:
    """Return the threshold that no path may be below."""
    if count is None and threshold is None:
        raise InvalidInput("say which paths: count (so many), threshold (worth so much), or both")
    if count is not None:
        whole_number("count", count, 1)
    try:
        floor = 0.0 if threshold is None else float(threshold)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"threshold must be a number, it is {threshold!r}") from error
    if not 0 <= floor < np.inf:
        raise InvalidInput(f"threshold must be finite and not negative, it is {threshold}")
    return floor


def _only(demand: Array, roots: ArrayLike) -> Array:
    """Return the demand for some final products alone."""
    try:
        chosen = np.asarray(roots)
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"roots must be a list of indices: {error}") from error
    n = len(demand)
    if chosen.ndim != 1 or not np.issubdtype(chosen.dtype, np.integer):
        raise InvalidInput(
            f"roots must be a list of indices, it is {chosen.dtype} of shape {chosen.shape}"
        )
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < n):
        raise InvalidInput(
            f"roots must be from 0 to {n - 1}, they are from {chosen.min()} to {chosen.max()}"
        )
    return np.where(np.isin(np.arange(n), chosen), demand, 0.0)


def _require_productive(table: Array) -> None:
    """Refuse a spectral radius of one or more.

    Column sums of a power of A below one prove that it is less, most often those of A itself. Only
    where none of the first powers does, the factorisation of I - A decides.
    """
    sums = np.ones(len(table))
    for _ in range(POWERS_TRIED):
        sums = sums @ table
        if sums.max() < 1:
            return
    LeontiefSystem(table)


def _multipliers(
    table: Array, stressors: Array, emitters: Groups, max_length: int
) -> Iterator[tuple[int, int, Array]]:
    """Yield each stressor and group that emits it, with their multipliers, (max_length + 1, n)."""
    tasks = [
        (stressor, emitter)
        for stressor in range(len(stressors))
        for emitter in range(len(emitters.labels))
        if (stressors[stressor] * emitters.members[emitter]).any()
    ]
    batch = max(1, BATCH_BYTES // ((max_length + 1) * stressors[0].nbytes))
    for first in range(0, len(tasks), batch):
        part = tasks[first : first + batch]
        intensities = np.array([stressors[k] * emitters.members[group] for k, group in part])
        multipliers = multipliers_by_length(table, intensities, max_length)
        for row, (stressor, emitter) in enumerate(part):
            yield stressor, emitter, np.ascontiguousarray(multipliers[:, row])


def _thresholds(problem: PathProblem, count: int | None, floor: float) -> Array:
    """Return thresholds, (groups,), that leave each group `count` paths or somewhat more.

    Paths worth T or more are together worth no more than the total, so the threshold sought is at
    most total / count. From there it is lowered until the group has enough, and raised again
    between the last two where that was far too many. No threshold is below the floor; a group with
    too few paths above it stays there.
    """
    totals = problem.totals
    if count is None:
        return np.where(totals > 0, floor, np.inf)
    ample = 8 * count + 1000
    least = float(np.finfo(np.float64).tiny)
    thresholds = np.where(totals > 0, np.maximum(totals / count, floor), np.inf)
    too_few, too_many = 2 * totals, np.zeros_like(totals)  # thresholds known to leave so
    undecided = totals > 0
    step = 4.0
    while undecided.any():
        found = PathSearch(problem, np.where(undecided, thresholds, np.inf)).count(ample)
        few = undecided & (found < count) & (thresholds > floor)
        # Too many between which there is no other threshold are ties, and stay.
        apart = (thresholds < too_few * (1 - 1e-12)) & (too_few > 4 * least)
        many = undecided & (found > ample) & apart
        too_few = np.where(few, thresholds, too_few)
        too_many = np.where(many, thresholds, too_many)
        between = np.sqrt(too_few) * np.sqrt(np.maximum(too_many, least))
        with np.errstate(under="ignore"):
            lower = np.where(many | (too_many > 0), between, thresholds / step)
        undecided = few | many
        thresholds = np.where(undecided, np.maximum(lower, floor), thresholds)
        step = min(step, 1e150) ** 1.5
    return thresholds


def _sure_threshold(table: Array, final: Array, stressors: Array, max_length: int) -> float:
    """Return a threshold that at most MAX_PATHS paths reach: together they make the total."""
    everything = stressors.sum(axis=0, keepdims=True)
    multipliers = multipliers_by_length(table, everything, max_length)[-1, 0]
    return float(multipliers @ np.abs(final)) / MAX_PATHS


def _ordered(found: FoundPaths, makers: Groups, count: int | None) -> pl.DataFrame:
    """Return paths by group, largest first, ties by their indices, at most `count` a group."""
    lengths = np.diff(found.ends, prepend=0)
    group = makers.code[found.nodes[found.starts]]
    order = np.lexsort((-found.contribution, group))
    of_group, worth = group[order], found.contribution[order]
    same = (np.diff(worth) == 0) & (np.diff(of_group) == 0)
    tied = np.append(same, False) | np.insert(same, 0, False) if len(order) else same
    rows = order[tied]
    if len(rows):
        indices = _padded(found, lengths, rows)
        by = (*indices.T[::-1], -found.contribution[rows], group[rows])
        order[tied] = rows[np.lexsort(by)]
    if count is not None:
        order = order[np.arange(len(order)) - np.searchsorted(of_group, of_group) < count]
    return pl.DataFrame(
        {
            "root_group": pl.Series(makers.labels[group[order]]),
            "path": _path_lists(found, lengths, order),
            "contribution": found.contribution[order],
        }
    )


def _padded(found: FoundPaths, lengths: Indices, rows: Indices) -> Indices:
    """Return the indices of some paths as a table; -1, before all indices, fills it up."""
    steps = np.arange(lengths[rows].max())
    inside = steps < lengths[rows, None]
    at = np.where(inside, found.starts[rows, None] + steps, 0)
    return np.where(inside, found.nodes[at].astype(np.int64), -1)


def _path_lists(found: FoundPaths, lengths: Indices, order: Indices) -> pl.Series:
    """Return the indices of the paths in an order, as a column of lists."""
    ends = lengths[order].cumsum()
    begins = ends - lengths[order]
    at = np.repeat(found.starts[order] - begins, lengths[order]) + np.arange(lengths[order].sum())
    offsets = pa.array(np.concatenate((np.zeros(1, np.int64), ends)))
    return pl.Series("path", pa.LargeListArray.from_arrays(offsets, pa.array(found.nodes[at])))


def _marked(
    paths: pl.DataFrame, stressor: int, sign: int, emitters: pl.Series, emitter: int
) -> pl.DataFrame:
    """Return the paths with the columns that tell their list from others."""
    return paths.select(
        pl.lit(stressor, pl.Int32).alias("stressor"),
        pl.lit(sign, pl.Int8).alias("demand_sign"),
        "root_group",
        pl.lit(emitters[emitter], emitters.dtype).alias("emitter_group"),
        "path",
        pl.col("contribution") * sign,
    )


def _joined(lists: list[pl.DataFrame], makers: Groups, emitters: Groups) -> pl.DataFrame:
    """Return all lists, one after the other; the same columns for an empty list."""
    schema = pl.Schema(
        {
            "stressor": pl.Int32(),
            "demand_sign": pl.Int8(),
            "root_group": pl.Series(makers.labels).dtype,
            "emitter_group": pl.Series(emitters.labels).dtype,
            "path": pl.List(pl.Int32()),
            "contribution": pl.Float64(),
        }
    )
    keys = ["stressor", "demand_sign", "root_group", "emitter_group"]
    return pl.concat([schema.to_frame(), *lists]).sort(
        keys, descending=[False, True, False, False], maintain_order=True
    )

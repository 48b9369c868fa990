"""Branch and bound over supply-chain paths: every path above a threshold, and no other.

A path is worth the demand at its root times the coefficients along it times the intensity at its
end. Two bounds keep the search small; both hold for A, f, y >= 0:

- what a node can still carry: with h arcs left, the paths that go on from a node are worth at most
  m[h] = f + m[h-1] A together, the Leontief multiplier cut off after h arcs;
- what can arrive at a node: after t arcs at most (A^t y)_j, so at most the maximum of it over t.

An arc from i to j on a path worth the threshold T or more satisfies m_i a_ij arriving_j >= T. One
pass over A finds those arcs, usually a few in a thousand; the search sees no other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from compute._checks import Array, Indices
from compute._path_kernels import Nodes, count_entries, fill_entries, sorted_by, walk

WORTH_THREADS = 2**23  # entries of A: 64 MB


@dataclass(frozen=True)
class PathProblem:
    """One search: non-negative coefficients, demand and intensity, and their bounds.

    coefficients: A, (n, n).  demand: y, (n,).
    multipliers: m, (max_length + 1, n), the first row is the intensity f.
    arriving: (groups, n), the most that can arrive at a node from the final products of a group.
    root_group: (n,), the group of each final product; each group has a threshold of its own.
    """

    coefficients: Array
    demand: Array
    multipliers: Array
    arriving: Array
    root_group: Indices

    @property
    def totals(self) -> Array:
        """(groups,): what all paths of a group are worth together."""
        worth = self.demand * self.multipliers[-1]
        totals = np.zeros(len(self.arriving))
        np.add.at(totals, self.root_group, worth)
        return totals

    @property
    def safety(self) -> float:
        """Factor on thresholds that makes up for the rounding of the sums in the bounds."""
        terms = (len(self.demand) + 2) * (len(self.multipliers) + 1)
        return 1 - 4 * terms * float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class FoundPaths:
    """Paths end to end: p is `nodes[ends[p - 1]:ends[p]]`, final product first, emitter last."""

    nodes: Nodes
    ends: Indices
    contribution: Array

    @staticmethod
    def of_size(paths: int, nodes: int) -> FoundPaths:
        """Make room for so many."""
        return FoundPaths(np.empty(nodes, np.int32), np.empty(paths, np.int64), np.empty(paths))

    @property
    def starts(self) -> Indices:
        """Where each path begins in `nodes`."""
        return np.concatenate((np.zeros(1, np.int64), self.ends))[:-1]


def most_arriving(coefficients: Array, demand_by_group: Array, max_length: int) -> Array:
    """Return the most that can arrive at each node: the maximum of A^t y over t < max_length.

    demand_by_group: (groups, n).  Returns (groups, n).
    """
    arriving = np.ascontiguousarray(demand_by_group.T)
    most = arriving.copy()
    for _ in range(max_length - 1):
        arriving = coefficients @ arriving
        np.maximum(most, arriving, out=most)
    return np.ascontiguousarray(most.T)


def multipliers_by_length(coefficients: Array, intensities: Array, max_length: int) -> Array:
    """Return the multipliers of paths with at most h arcs: m[0] = f, m[h] = f + m[h - 1] A.

    intensities: (k, n).  Returns (max_length + 1, k, n).
    """
    multipliers = np.empty((max_length + 1, *intensities.shape))
    multipliers[0] = intensities
    for length in range(max_length):
        np.add(intensities, multipliers[length] @ coefficients, out=multipliers[length + 1])
    return multipliers


class PathSearch:
    """The paths of a problem that are worth the threshold of their group or more.

    thresholds: (groups,); infinity leaves a group out, zero asks for all paths worth anything.
    Count before you collect: `collect` takes memory for all that there are.
    """

    def __init__(self, problem: PathProblem, thresholds: Array) -> None:
        """Find the arcs that can matter."""
        self._problem = problem
        self._thresholds = thresholds
        self._arcs = _useful_arcs(problem, thresholds)

    def count(self, limit: int) -> Indices:
        """Return how many there are, (groups,); a group is given up soon after `limit`."""
        paths, _ = self._walk(limit, FoundPaths.of_size(0, 0), keep=False)
        totals = np.zeros(len(self._thresholds), np.int64)
        np.add.at(totals, self._problem.root_group, paths)
        return totals

    def collect(self) -> FoundPaths:
        """Return all of them, in the order of their final products, otherwise in none."""
        no_limit = int(np.iinfo(np.int64).max)
        paths, nodes = self._walk(no_limit, FoundPaths.of_size(0, 0), keep=False)
        found = FoundPaths.of_size(int(paths.sum()), int(nodes.sum()))
        self._walk(no_limit, found, keep=True)
        return found

    def _walk(self, limit: int, found: FoundPaths, *, keep: bool) -> tuple[Indices, Indices]:
        return walk(
            self._problem.demand,
            self._problem.multipliers,
            self._problem.root_group,
            self._thresholds,
            self._problem.safety,
            self._arcs.start,
            self._arcs.supplier,
            self._arcs.coefficient,
            limit,
            keep,
            found.nodes,
            found.ends,
            found.contribution,
        )


@dataclass(frozen=True)
class _Arcs:
    """Arcs by buyer, worth most first: those of j are `start[j]:start[j + 1]`."""

    start: Indices
    supplier: Nodes
    coefficient: Array


def _useful_arcs(problem: PathProblem, thresholds: Array) -> _Arcs:
    """Find the arcs that can lie on a path worth its threshold, in one pass over A."""
    n = len(problem.demand)
    if len(problem.multipliers) == 1:
        return _Arcs(np.zeros(n + 1, np.int64), np.empty(0, np.int32), np.empty(0))
    onward = problem.multipliers[-2]
    # A threshold of zero gives infinity (every arc is useful) or, where nothing arrives, no number.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        arriving = np.nan_to_num(problem.arriving / thresholds[:, None], posinf=np.inf).max(axis=0)
    # A is read along memory, whichever way round it lies there.
    by_supplier = problem.coefficients.flags.c_contiguous
    if by_supplier:
        supplier, buyer, coefficient = _scan(problem.coefficients, onward, arriving, problem.safety)
    else:
        buyer, supplier, coefficient = _scan(
            problem.coefficients.T, arriving, onward, problem.safety
        )
    order = np.argsort(-(coefficient * onward[supplier]), kind="stable")
    start = np.concatenate(([0], np.bincount(buyer, minlength=n))).cumsum()
    slots = sorted_by(buyer, order, start)
    return _Arcs(start, supplier[slots], coefficient[slots])


def _scan(lines: Array, along: Array, across: Array, bound: float) -> tuple[Nodes, Nodes, Array]:
    """Find the entries with along_l entry_lc across_c >= bound, as (l, c, entry), on all cores."""
    counts = np.zeros(len(lines), np.int64)

    def count(first: int, last: int) -> None:
        count_entries(lines, along, across, bound, first, last, counts)

    def fill(first: int, last: int) -> None:
        fill_entries(lines, along, across, bound, first, last, counts, ends, line, column, entry)

    _by_lines(count, lines)
    ends = counts.cumsum()
    line, column = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.int32)
    entry = np.empty(ends[-1])
    _by_lines(fill, lines)
    return line, column, entry


def _by_lines(work: Callable[[int, int], None], lines: Array) -> None:
    """Do the work on all lines first..last-1, by several threads where that pays."""
    cores = _usable_cores()
    if lines.size < WORTH_THREADS or cores == 1:
        work(0, len(lines))
        return
    edges = np.linspace(0, len(lines), 4 * cores + 1).astype(int).tolist()
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


def _usable_cores() -> int:
    """Return the cores this process may use; not every system can say more than how many exist."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

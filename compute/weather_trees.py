"""Boosted trees asked for every day under every weather: each tree is walked once a day and once a weather.

A leaf of a tree is reached when all splits on the way say so. A split sees one column: of the weather, or of the
calendar and time. So which leaves the weather leaves open is reckoned once for each weather, which the day leaves
open once for each day, and the one leaf that is open for both is the tree's answer (after QuickScorer, Lucchese et
al. 2015, doi:10.1145/2766462.2767733). The sums have the bits of scikit-learn's own: the same values in the same
order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Leaves = NDArray[np.uint8]

MOST_LEAVES = 8
"""Of a tree: a set of leaves is the bits of one byte."""
_DAYS_AT_ONCE = 128  # times 200 weathers: what a core keeps near


@dataclass(frozen=True)
class _Split:
    """A split of a tree. column: what it looks at.  right, left: the leaves on either side.

    A value up to the threshold goes left.
    """

    column: int
    threshold: float
    left: int
    right: int


@dataclass(frozen=True)
class _Tree:
    """A tree: all its leaves, its splits, and the value of the leaf for each set that holds one, shape (256,)."""

    leaves: int
    splits: tuple[_Split, ...]
    values: Array

    def open_leaves(self, table: Array, first: int) -> Leaves:
        """Per row of a table the leaves that it leaves open. table: columns from ``first`` on, without NaN."""
        found = np.full(len(table), self.leaves, dtype=np.uint8)
        for split in self.splits:
            column = split.column - first
            if 0 <= column < table.shape[1]:
                is_left = table[:, column] <= split.threshold
                found &= ~np.where(is_left, split.right, split.left).astype(np.uint8)
        return found


@dataclass(frozen=True)
class PairTrees:
    """The trees of a fitted scikit-learn HistGradientBoostingRegressor, for pairs of days and weathers."""

    baseline: float
    trees: tuple[_Tree, ...]

    @classmethod
    def of(cls, model: Any) -> PairTrees:
        """From the fitted model. Raises ValueError for trees that are larger than ours, or of categories."""
        trees = tuple(_tree(predictor.nodes) for (predictor,) in model._predictors)
        return cls(float(np.ravel(model._baseline_prediction)[0]), trees)

    def predict(self, weathers: Array, days: Array) -> Iterator[Array]:
        """Of each day under each of the weathers, some days at a time, each part of shape (k, m).

        weathers: (m, w), the model's first columns.  days: (n, c), the others.  Neither has NaN.
        """
        width = weathers.shape[1]
        of_weather = [tree.open_leaves(weathers, 0) for tree in self.trees]
        of_day = [tree.open_leaves(days, width) for tree in self.trees]
        for start in range(0, len(days), _DAYS_AT_ONCE):
            part = slice(start, start + _DAYS_AT_ONCE)
            total = np.full((len(days[part]), len(weathers)), self.baseline)
            for tree, open_weather, open_day in zip(self.trees, of_weather, of_day, strict=True):
                # Days that leave the same leaves open have the same row; a tree has few of them.
                kinds, which = np.unique(open_day[part], return_inverse=True)
                total += tree.values[kinds[:, None] & open_weather][which]
            yield total


def _tree(nodes: NDArray[Any]) -> _Tree:
    """A tree from scikit-learn's nodes; the first one is its root."""
    if nodes["is_categorical"].any() or nodes["is_leaf"].sum() > MOST_LEAVES:
        raise ValueError(f"trees of at most {MOST_LEAVES} leaves and of numbers are expected")
    leaves = {int(node): 1 << bit for bit, node in enumerate(np.flatnonzero(nodes["is_leaf"]))}
    splits: list[_Split] = []

    def below(node: int) -> int:
        if node in leaves:
            return leaves[node]
        of_node = nodes[node]
        left, right = below(int(of_node["left"])), below(int(of_node["right"]))
        splits.append(
            _Split(int(of_node["feature_idx"]), float(of_node["num_threshold"]), left, right)
        )
        return left | right

    whole = below(0)
    values = np.zeros(2**MOST_LEAVES)
    for node, bit in leaves.items():
        values[bit] = nodes[node]["value"]
    return _Tree(whole, tuple(splits), values)

"""The loops of the path search, compiled. Arguments are described where they are called."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compute._checks import Array, Indices
from compute._compiled import compiled

Nodes = NDArray[np.int32]


@compiled
def count_entries(
    lines: Array,
    along: Array,
    across: Array,
    bound: float,
    first: int,
    last: int,
    counts: Indices,
) -> None:
    """Count the entries with along_l entry_lc across_c >= bound in the lines first..last-1."""
    for i in range(first, last):
        scale = along[i]
        wanted = 0
        if scale > 0:
            for j in range(lines.shape[1]):
                wanted += (lines[i, j] > 0) & (lines[i, j] * scale * across[j] >= bound)
        counts[i] = wanted


@compiled
def fill_entries(
    lines: Array,
    along: Array,
    across: Array,
    bound: float,
    first: int,
    last: int,
    counts: Indices,
    ends: Indices,
    line: Nodes,
    column: Nodes,
    entry: Array,
) -> None:
    """Write those entries, as (line, column, entry), to the slots before `ends`."""
    for i in range(first, last):
        slot = ends[i] - counts[i]
        scale = along[i]
        j = 0
        while slot < ends[i]:
            if lines[i, j] > 0 and lines[i, j] * scale * across[j] >= bound:
                line[slot] = i
                column[slot] = j
                entry[slot] = lines[i, j]
                slot += 1
            j += 1


@compiled
def sorted_by(key: Nodes, order: Indices, start: Indices) -> Indices:
    """Sort by key, counting; within a key the given order stays."""
    free = start.copy()
    slots = np.empty(len(order), np.int64)
    for entry in order:
        slots[free[key[entry]]] = entry
        free[key[entry]] += 1
    return slots


@compiled
def walk(
    demand: Array,
    multipliers: Array,
    root_group: Indices,
    thresholds: Array,
    safety: float,
    start: Indices,
    supplier: Nodes,
    coefficient: Array,
    limit: int,
    keep: bool,
    nodes: Nodes,
    ends: Indices,
    contribution: Array,
) -> tuple[Indices, Indices]:
    """Go down from every final product; return (paths, nodes on them) by final product.

    With `keep` the paths are written to nodes, ends, contribution, which must be long enough.
    """
    longest = multipliers.shape[0] - 1
    chain = np.empty(longest + 1, np.int32)
    weight = np.empty(longest + 1)
    next_arc = np.empty(longest + 1, np.int64)
    paths = np.zeros(len(demand), np.int64)
    path_nodes = np.zeros(len(demand), np.int64)
    of_group = np.zeros(len(thresholds), np.int64)
    path, slot = 0, 0
    for root in range(len(demand)):
        threshold = thresholds[root_group[root]]
        cut = threshold * safety
        most = demand[root] * multipliers[longest, root]
        chain[0], weight[0], next_arc[0] = root, demand[root], start[root]
        depth = 0 if most > 0 and most >= cut else -1
        arrived = True
        while depth >= 0 and of_group[root_group[root]] <= limit:
            worth = weight[depth] * multipliers[0, chain[depth]]
            if arrived and worth > 0 and worth >= threshold:
                of_group[root_group[root]] += 1
                paths[root] += 1
                path_nodes[root] += depth + 1
                if keep:
                    for step in range(depth + 1):
                        nodes[slot] = chain[step]
                        slot += 1
                    ends[path] = slot
                    contribution[path] = worth
                    path += 1
            arrived = False
            arc = next_arc[depth]
            if depth == longest or arc == start[chain[depth] + 1]:
                depth -= 1
                continue
            next_arc[depth] += 1
            below = supplier[arc]
            carried = weight[depth] * coefficient[arc]
            if carried * multipliers[longest - 1, below] < cut:
                depth -= 1  # the arcs are sorted: no later one can do better
                continue
            onward = carried * multipliers[longest - depth - 1, below]
            if onward > 0 and onward >= cut:
                depth += 1
                chain[depth], weight[depth], next_arc[depth] = below, carried, start[below]
                arrived = True
    return paths, path_nodes

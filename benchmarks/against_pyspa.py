"""Structural path analysis of one final product: pyspa 2.4 and top_paths, side by side.

python -m benchmarks.against_pyspa [sectors] [threshold as a share of the total]
"""

from __future__ import annotations

import contextlib
import io
import sys

import numpy as np
import pandas as pd
import polars as pl
from pyspa.pyspa import get_spa
from threadpoolctl import threadpool_limits

from benchmarks.generated import Array, generated_economy
from benchmarks.measured import clocked, compare
from compute._path_search import (
    PathProblem,
    PathSearch,
    most_arriving,
    multipliers_by_length,
)
from compute.supply_chain import top_paths

LENGTH = 7  # pyspa's default number of stages
REPEATS = 20


def with_pyspa(
    coefficients: Array, intensity: Array, multipliers: Array, root: int, threshold: float
) -> dict[tuple[int, ...], float]:
    """Return the paths that pyspa finds, with the worth of their last node.

    pyspa keeps a path when all that hangs on its last node exceeds the threshold; those whose last
    node alone does are among them.
    """
    n = len(coefficients)
    sheet = pd.DataFrame(
        {
            "Sector ID": np.arange(n),
            "Name": [f"sector {i}" for i in range(n)],
            "Unit": "USD",
            "Region": "all",
            "DR_e_(t)": intensity,
            "TR_e_(t)": multipliers,
        }
    )
    with contextlib.redirect_stdout(io.StringIO()):
        chain = get_spa(
            root, LENGTH, coefficients, sheet, {"e": threshold},
            breakdown_remainder=False, zero_indexing=True,
        )  # fmt: skip
    found = {}
    for pathway in chain.pathways_list:
        path = tuple(int(node.index_reference) for node in pathway.nodes)
        worth = pathway.nodes[-1].direct_intensities["e"]
        found[path] = 0.0 if worth is None else float(worth)
    return {path: worth for path, worth in found.items() if worth >= threshold}


def main(sectors: int = 1000, share: float = 1e-4) -> None:
    coefficients, _, intensity = generated_economy(sectors // 50, 50)
    n = len(coefficients)
    print(
        f"{n} sectors, one final product, at most {LENGTH} arcs, threshold {share:.0e} of the total"
    )
    with clocked("inverse, for the multipliers pyspa asks for") as inverse:
        multipliers = intensity @ np.linalg.inv(np.eye(n) - coefficients)
    root = int(np.argsort(multipliers)[n // 2])
    threshold = share * float(multipliers[root])
    demand = np.zeros(n)
    demand[root] = 1.0
    with clocked("pyspa: search") as theirs:
        expected = with_pyspa(coefficients, intensity, multipliers, root, threshold)

    def everything() -> pl.DataFrame:
        return top_paths(coefficients, demand, intensity, threshold=threshold, max_length=LENGTH)

    with clocked("top_paths: first call, loads or compiles"):
        everything()
    with clocked(f"top_paths: multipliers and search, {REPEATS} times") as ours:
        for _ in range(REPEATS):
            paths = everything()
    by_length = multipliers_by_length(coefficients, intensity[None], LENGTH)[:, 0]
    arriving = most_arriving(coefficients, demand[None], LENGTH)
    problem = PathProblem(
        coefficients, demand, np.ascontiguousarray(by_length), arriving, np.zeros(n, np.int64)
    )
    with clocked(f"top_paths: search, {REPEATS} times") as ours_search:
        for _ in range(REPEATS):
            PathSearch(problem, np.array([threshold])).collect()

    found = {tuple(path): worth for path, worth in paths.select("path", "contribution").rows()}
    same = found.keys() == expected.keys()
    gap = max(abs(found[path] / expected[path] - 1) for path in found.keys() & expected.keys())
    print(f"  paths: pyspa {len(expected)}, ours {len(found)}; same list: {same}, gap {gap:.0e}")
    compare("search alone", theirs.cpu_s, ours_search.cpu_s / REPEATS)
    compare("with multipliers", theirs.cpu_s + inverse.cpu_s, ours.cpu_s / REPEATS)
    if not same:
        raise SystemExit("the lists differ")


if __name__ == "__main__":
    with threadpool_limits(1):  # CPU seconds count work, not threads that wait for each other
        main(*(kind(text) for kind, text in zip((int, float), sys.argv[1:], strict=False)))

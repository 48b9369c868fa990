"""Cost of each step against the number of sectors: a table, exponents, and a log-log plot.

python -m benchmarks.cost_against_size [regions of 65 sectors ...]
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.generated import SECTORS, Array, generated_economy
from benchmarks.measured import clocked, machine
from compute.leontief import LeontiefSystem
from compute.supply_chain import layer_flows, production_layers, top_paths

mpl.use("Agg")
from matplotlib import pyplot as plt

REGIONS = (10, 20, 40, 80, 120, 190)  # 190 x 65 = 12,350, the paper's size
HERE = Path(__file__).parent
SHARE = 1e-6


def costs(regions: int) -> dict[str, float]:
    """CPU seconds of each step, best of several at small sizes."""
    coefficients, demand, intensity = generated_economy(regions)
    n = len(coefficients)
    final, region = demand.sum(axis=1), np.arange(n) // SECTORS
    top_paths(np.eye(2) / 2, np.ones(2), np.ones(2), count=1)  # compiles
    best: dict[str, float] = {}
    for _ in range(max(1, 40 // regions)):
        with clocked() as factorise:
            system = LeontiefSystem(coefficients)
        with clocked() as layers:
            total = production_layers(system, final, intensity).total.sum()
        with clocked() as flows:
            layer_flows(system, final, intensity, groups=region)
        del system
        with clocked() as paths:
            found = top_paths(coefficients, final, intensity, threshold=SHARE * float(total))
        with clocked() as largest:
            top_paths(coefficients, final, intensity, count=1000)
        clocks = {
            "factorise I - A": factorise,
            "production layers": layers,
            "flows between layers": flows,
            "paths above 1e-6 of the total": paths,
            "1,000 largest paths": largest,
        }
        for name, clock in clocks.items():
            best[name] = min(best.get(name, np.inf), clock.cpu_s)
    steps = ", ".join(f"{name} {seconds:.3f}" for name, seconds in best.items())
    print(f"{n:,} sectors, CPU-s: {steps}; {len(found):,} paths", flush=True)
    return best | {"sectors": n, "paths found": len(found)}


def exponent(sizes: Array, seconds: Array) -> float:
    """Slope of log seconds on log sectors over the larger half, where overheads are behind."""
    large = slice(len(sizes) // 2, None)
    return float(np.polyfit(np.log(sizes[large]), np.log(seconds[large]), 1)[0])


def main(*regions: int) -> None:
    print(machine())
    rows = [costs(count) for count in regions or REGIONS]
    with (HERE / "cost_against_size.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, sorted(rows[0], key=lambda name: name != "sectors"))
        writer.writeheader()
        writer.writerows(
            {name: f"{value:.4g}" if name != "sectors" else value for name, value in row.items()}
            for row in rows
        )
    sizes = np.array([row["sectors"] for row in rows], float)
    figure, axes = plt.subplots(figsize=(7, 5), layout="constrained")
    for name in [name for name in rows[0] if name not in ("sectors", "paths found")]:
        seconds = np.array([row[name] for row in rows])
        label = f"{name}: n^{exponent(sizes, seconds):.2f}"
        print(f"  {label}")
        axes.loglog(sizes, seconds, "o-", label=label)
    axes.set(xlabel="sectors n", ylabel="CPU seconds", title="Cost against size, 60 % filled")
    axes.set_xticks(sizes, [f"{size:,.0f}" for size in sizes], minor=False)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(HERE / "cost_against_size.png", dpi=120)


if __name__ == "__main__":
    with threadpool_limits(1):  # CPU seconds count work, not threads that wait for each other
        main(*map(int, sys.argv[1:]))

"""The whole calculation at the paper's size, in memory, step by step against the machine's floors.

31 provinces and 159 foreign regions of 65 sectors (n = 12,350), 60 % of the cells filled, 477
columns of foreign final demand: balance, embodied output by exporter, production layers, and all
supply-chain paths worth 1e-6 of the total or more over the 2,015 provincial products.

    python -m benchmarks.paper_size [provinces] [foreign regions]
"""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.generated import CATEGORIES, SECTORS, Array, generated_flows
from benchmarks.measured import Clock, bytes_per_cpu_s, clocked, flops_per_cpu_s, machine, peak_gib
from compute.balance import gras
from compute.footprint import (
    Provinces,
    export_account,
    exporter_blocks,
    relative_difference,
)
from compute.leontief import technical_coefficients
from compute.supply_chain import layer_flows, production_layers, top_paths

SHARE = 1e-6
LENGTH = 12


def totals_to_meet(flows: Array, n: int) -> tuple[Array, Array]:
    """Row and column totals other than the table's: noise on rows, new input shares on columns."""
    rng = np.random.default_rng(11)
    rows = flows.sum(axis=1) * np.exp(0.3 * rng.standard_normal(n))
    columns = flows.sum(axis=0) * np.exp(0.3 * rng.standard_normal(flows.shape[1]))
    columns[:n] = rows * rng.uniform(0.3, 0.75, n)
    columns[n:] *= (rows.sum() - columns[:n].sum()) / columns[n:].sum()
    return rows, columns


def main(provinces: int = 31, foreign: int = 159) -> None:
    flows, n = generated_flows(provinces + foreign)
    local, home = provinces * SECTORS, provinces * CATEGORIES
    rows, columns = totals_to_meet(flows, n)
    rng = np.random.default_rng(12)
    intensity = np.exp(2 * rng.standard_normal(n)) * (np.arange(n) < local)
    flops, reading = flops_per_cpu_s(), bytes_per_cpu_s(flows)
    print(f"{n:,} sectors, {flows.shape[1]:,} columns; {machine()}")
    print(
        f"  a CPU second: {flops / 1e9:.0f} GFLOP of gemm, {reading / 1e9:.1f} GB read from memory"
    )

    clocks: list[Clock] = []
    with clocked("balance") as clock:
        clocks.append(clock)
        balanced = gras(flows, rows, columns)
        passes = 2 * balanced.iterations + 4
        clock.floor_s = passes * flows.nbytes / reading
    iterations, residual = balanced.iterations, balanced.max_residual
    table = balanced.table
    del flows, balanced

    with clocked("coefficients") as clock:
        clocks.append(clock)
        coefficients = technical_coefficients(table[:, :n], rows)
        demand = table[:, n + home :].copy()
        clock.floor_s = 2 * coefficients.nbytes / reading
    del table
    a_pass = coefficients.nbytes / reading

    with clocked(f"factorisation, output of {demand.shape[1]} demands") as clock:
        clocks.append(clock)
        account = export_account(coefficients, Provinces(provinces, SECTORS), demand)
        clock.floor_s = (2 / 3 * n**3 + 2 / 3 * local**3 + 2 * n**2 * demand.shape[1]) / flops
    with clocked("embodied output by exporter") as clock:
        clocks.append(clock)
        by_exporters = np.zeros_like(account.driven_musd)
        for block in exporter_blocks(account):
            by_exporters += block[..., 0]
            by_exporters += block[..., 1]
        work = 2 * local**2 * SECTORS + 2 * 2 * local * SECTORS * demand.shape[1]
        clock.floor_s = provinces * work / flops
    gap = relative_difference(by_exporters, account.driven_musd)

    final = demand.sum(axis=1)
    exports = (account.final_musd + account.intermediate_musd).sum(axis=1)
    province = np.arange(local) // SECTORS
    by_exporter = exports[:, None] * (province[:, None] == np.arange(provinces))
    with clocked("layers and flows between them, both variants") as clock:
        clocks.append(clock)
        layers = production_layers(account.whole, final, intensity)
        production_layers(account.domestic, by_exporter, intensity[:local])
        flow = layer_flows(account.domestic, exports, intensity[:local], groups=province)
        clock.floor_s = 5 * a_pass
    total = float((intensity * account.output_musd.sum(axis=1)).sum())
    layer_gap = abs(layers.total.sum() / total - 1)
    domestic = account.domestic.coefficients
    del account

    with clocked("path search: compile, or load from the cache") as clock:
        clocks.append(clock)
        top_paths(np.eye(2) / 2, np.ones(2), np.ones(2), count=1)
    roots = np.arange(local)
    for name, a, y, f, length in (
        ("paths, global variant", coefficients, final, intensity, LENGTH),
        ("paths, domestic variant", domestic, exports, intensity[:local], LENGTH),
    ):
        with clocked(name) as clock:
            clocks.append(clock)
            paths = top_paths(a, y, f, threshold=SHARE * total, max_length=length, roots=roots)
            # Multipliers and what arrives: length passes each; input checks 4; the arcs 2.
            clock.floor_s = (2 * length + 6) * a.nbytes / reading
        worth = float(paths["contribution"].sum())
        print(f"    {len(paths):,} paths worth {worth / total:.1%} of all emission for exports")

    print(
        f"  balanced in {iterations} iterations to {residual:.0e}; exporters sum to {gap:.0e}, "
        f"layers to {layer_gap:.0e}, flows conserve to {flow.conservation.max():.0e}"
    )
    wall, cpu = sum(c.wall_s for c in clocks), sum(c.cpu_s for c in clocks)
    print(f"  all steps: {wall:.1f} s, {cpu:.1f} CPU-s, peak {peak_gib():.2f} GiB")
    if max(gap, layer_gap, float(flow.conservation.max())) > 1e-9 or residual > 1e-6:
        raise SystemExit("an identity does not hold")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""All accounts of a multi-regional table: pymrio 0.7 calc_all and one LU factorisation.

Same Z, Y and seven stressors. Accounts: A, x, S, multipliers M, and by region and product
consumption-based, production-based, imported and exported accounts (D_cba, D_pba, D_imp, D_exp).

    python -m benchmarks.against_pymrio [regions of 65 sectors]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pymrio
from threadpoolctl import threadpool_limits

from benchmarks.generated import CATEGORIES, SECTORS, Array, generated_flows
from benchmarks.measured import clocked, compare, machine
from compute.leontief import LeontiefSystem, emission_intensity, technical_coefficients

STRESSORS = 7


def with_pymrio(flows: Array, emission: Array, regions: int) -> dict[str, Array]:
    """pymrio's calc_all, from the same arrays."""
    n = flows.shape[0]
    names = [f"r{region}" for region in range(regions)]
    rows = pd.MultiIndex.from_product([names, range(SECTORS)], names=["region", "sector"])
    demand = pd.MultiIndex.from_product([names, range(CATEGORIES)], names=["region", "category"])
    system = pymrio.IOSystem(
        Z=pd.DataFrame(flows[:, :n], rows, rows), Y=pd.DataFrame(flows[:, n:], rows, demand)
    )
    stressors = pd.Index([f"s{k}" for k in range(STRESSORS)], name="stressor")
    system.emissions = pymrio.Extension("emissions", F=pd.DataFrame(emission, stressors, rows))
    with clocked("pymrio: calc_all") as clock:
        system.calc_all()
    found = {name: getattr(system.emissions, name) for name in ("S", "M")}
    found |= {name: getattr(system.emissions, f"D_{name}") for name in ("cba", "pba", "imp", "exp")}
    return {name: np.asarray(frame) for name, frame in found.items()} | {
        "cpu_s": np.array(clock.cpu_s)
    }


def with_one_factorisation(flows: Array, emission: Array, regions: int) -> dict[str, Array]:
    """The same accounts from compute.leontief, no inverse."""
    n = flows.shape[0]
    with clocked("tradeplume: the same accounts") as clock:
        output = flows.sum(axis=1)
        demand = flows[:, n:].reshape(n, regions, CATEGORIES).sum(axis=2)
        system = LeontiefSystem(technical_coefficients(flows[:, :n], output))
        intensity = emission_intensity(emission, output)
        # f of one region at a time, (regions, k, n): what each region emits for a product.
        members = np.arange(n) // SECTORS == np.arange(regions)[:, None]
        by_region = (members[:, None] * intensity).reshape(-1, n)
        chains = system.solve_transposed(by_region).reshape(regions, STRESSORS, n)
        multipliers = chains.sum(axis=0)
        driven = system.solve(demand)  # (n, regions)

        def by_product(carried: Array, bought: Array) -> Array:
            """Sum over regions of origin what is carried by a product bought: (k, sectors)."""
            return (carried * bought).reshape(STRESSORS, regions, SECTORS).sum(axis=1)

        consumed = np.concatenate(
            [by_product(multipliers, demand[:, region]) for region in range(regions)], axis=1
        )
        own = np.concatenate(
            [by_product(chains[region], demand[:, region]) for region in range(regions)], axis=1
        )
        abroad = driven.sum(axis=1) - driven[np.arange(n), np.arange(n) // SECTORS]
        accounts = {
            "S": intensity,
            "M": multipliers,
            "cba": consumed,
            "pba": intensity * driven.sum(axis=1),
            "imp": consumed - own,
            "exp": intensity * abroad,
        }
    return accounts | {"cpu_s": np.array(clock.cpu_s)}


def main(regions: int = 62) -> None:
    flows, n = generated_flows(regions)
    emission = np.random.default_rng(1).exponential(size=(STRESSORS, n))
    print(f"{n} sectors of {regions} regions, {STRESSORS} stressors; {machine()}")
    ours = with_one_factorisation(flows, emission, regions)
    theirs = with_pymrio(flows, emission, regions)
    gaps = {
        name: float(np.abs(ours[name] - theirs[name]).max() / np.abs(theirs[name]).max())
        for name in ("S", "M", "cba", "pba", "imp", "exp")
    }
    print("  largest gap, relative: " + ", ".join(f"{k} {gap:.0e}" for k, gap in gaps.items()))
    compare("all accounts", float(theirs["cpu_s"]), float(ours["cpu_s"]))
    if max(gaps.values()) > 1e-9:
        raise SystemExit("the accounts differ")


if __name__ == "__main__":
    with threadpool_limits(1):  # CPU seconds count work, not threads that wait for each other
        main(*map(int, sys.argv[1:]))

"""What the embedded engine costs, against grid size: factorisation, scenarios, adjoint, memory.

    python -m benchmarks.atmosphere

Prints one row a grid, on made-up weather over the nested domain; a real run takes the bundled weather.
"""

from __future__ import annotations

import resource
import time

import numpy as np

from compute.atmosphere.engine import EMISSION_GROUPS, POLLUTANTS, GriddedEmission
from compute.atmosphere.grid import Grid
from compute.atmosphere.reduced import build_engine
from compute.atmosphere.season import Release
from compute.atmosphere.weather import Weather
from flows.air_inputs import packaged_parameters

SIZES = ((56, 40), (112, 80), (224, 160))
SCENARIOS, RECEPTORS = 5, 32


def measure(columns: int, rows: int) -> dict[str, float]:
    """Seconds and MiB of one season on a grid of columns x rows cells."""
    grid = Grid(
        70.0 + 70.0 / columns * np.arange(columns, dtype=np.float64),
        15.0 + 40.0 / rows * np.arange(rows, dtype=np.float64),
    )
    rng = np.random.default_rng(0)
    shape, cells = grid.shape, rows * columns
    weather = Weather(
        "DJF",
        90.25,
        rng.normal(2, 1, shape),
        rng.normal(0, 1, shape),
        np.full(shape, 280.0),
        np.full(shape, 60.0),
        np.full(shape, 5.0),
        np.abs(rng.normal(500, 300, shape)),
    )
    groups = len(EMISSION_GROUPS)
    release = Release(
        np.full((len(POLLUTANTS), groups), 0.25), np.zeros(groups), np.full(groups, 0.07)
    )
    emissions = {
        str(place): GriddedEmission(rng.uniform(0, 10, (len(POLLUTANTS), groups, cells)))
        for place in range(SCENARIOS)
    }
    began = time.perf_counter()
    engine = build_engine(
        grid, [weather], [release], np.zeros((1, cells)), grid.area_m2(), packaged_parameters()
    )
    built = time.perf_counter()
    engine = engine.with_base(emissions["0"])
    engine.run(emissions)
    ran = time.perf_counter()
    receptors = rng.uniform(0, 1, (RECEPTORS, cells))
    for first in range(0, RECEPTORS, 8):
        engine.sensitivities(receptors[first : first + 8] / cells)
    done = time.perf_counter()
    return {
        "cells": float(cells),
        "factorise_s": built - began,
        "scenarios_s": ran - built,
        "adjoint_s": done - ran,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Print the table."""
    print(f"one season, {SCENARIOS} scenarios, {RECEPTORS} receptors")
    for columns, rows in SIZES:
        found = measure(columns, rows)
        print("  ".join(f"{name} {value:,.1f}" for name, value in found.items()), flush=True)


if __name__ == "__main__":
    main()

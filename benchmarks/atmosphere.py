"""What the embedded engine costs: against grid size on made-up weather, or a real edition's four seasons.

    python -m benchmarks.atmosphere                  one season on grids of four sizes; CSV and PNG beside this
    python -m benchmarks.atmosphere <working file>   four seasons of an edition with concentrations

Seconds are those of the processor, all threads together (a busy machine does not change them), and of the wall.
"""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from compute.atmosphere.engine import EMISSION_GROUPS, POLLUTANTS, GriddedEmission
from compute.atmosphere.grid import Grid
from compute.atmosphere.gridding import Gridding
from compute.atmosphere.reduced import ReducedEngine, SeasonMaker, build_engine
from compute.atmosphere.season import Release
from compute.atmosphere.weather import Weather
from steps.atmosphere_inputs import packaged_parameters
from steps.concentration import Receptors, read_emissions, receptors_of, season_sensitivity

SIZES = ((56, 40), (112, 80), (168, 120), (224, 160))
SCENARIOS, RECEPTORS, BATCH = 5, 32, 8
RESULT = Path(__file__).with_name("atmosphere_cost.csv")
Made = TypeVar("Made")
STAGES = ("factorise", "scenarios", "adjoint")


class Clock:
    """Seconds of processor and wall by stage."""

    def __init__(self) -> None:
        self.found: dict[str, float] = {}

    def run(self, stage: str, work: Callable[[], Made]) -> Made:
        """Do the work; what a stage takes in several calls is added up."""
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        self._add(f"{stage}_cpu_s", time.process_time() - cpu)
        self._add(f"{stage}_wall_s", time.perf_counter() - wall)
        return result

    def _add(self, name: str, seconds: float) -> None:
        self.found[name] = round(self.found.get(name, 0.0) + seconds, 2)


def peak_mib() -> int:
    """Largest memory of the process so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _adjoint(engine: ReducedEngine, receptors: np.ndarray) -> None:
    for first in range(0, len(receptors), BATCH):
        engine.sensitivities(receptors[first : first + BATCH])


def measure(columns: int, rows: int) -> dict[str, float]:
    """One season on a grid of columns x rows cells."""
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
    clock = Clock()
    parameters, nothing = packaged_parameters(), np.zeros((1, cells))
    engine = clock.run(
        "factorise",
        lambda: build_engine(grid, [weather], [release], nothing, grid.area_m2(), parameters),
    )
    ready = engine.with_base(emissions["0"])
    clock.run("scenarios", lambda: ready.run(emissions))
    receptors = rng.uniform(0, 1 / cells, (RECEPTORS, cells))
    clock.run("adjoint", lambda: _adjoint(ready, receptors))
    return {"cells": cells, **clock.found, "peak_mib": peak_mib()}


def measure_edition(working: str) -> dict[str, float]:
    """Four seasons, one after the other, all scenarios and all receptors of an edition's working file."""
    import duckdb

    from steps import atmosphere_inputs

    with duckdb.connect(working, read_only=True) as con:
        year = int(
            con.execute("select any_value(year) from marts.fct_pm25_province").fetchall()[0][0]
        )
        parameters = atmosphere_inputs.read_parameters(con)
        land = atmosphere_inputs.read_land(con, year)
        gridding = atmosphere_inputs.read_gridding(con, land, year)
        base, removed = read_emissions(con, land)
        scenarios = {"Base": base} | {code: base - less for code, less in removed.items()}
        makers = atmosphere_inputs.engines_of(con, land, parameters)
    gridded = {code: gridding.place(tonnes) for code, tonnes in scenarios.items()}
    clock, receptors = Clock(), receptors_of(land)
    with threadpool_limits(1, user_api="blas"):
        for make in makers:
            _clock_season(clock, make, gridded, gridding, receptors)
    return {"scenario_count": len(gridded), **clock.found, "peak_mib": peak_mib()}


def _clock_season(
    clock: Clock,
    make: SeasonMaker,
    gridded: dict[str, GriddedEmission],
    gridding: Gridding,
    receptors: Receptors,
) -> None:
    ready = clock.run("factorise", make).with_base(gridded["Base"])
    clock.run("scenarios", lambda: ready.run(gridded))
    clock.run("adjoint", lambda: season_sensitivity(ready, gridding, receptors))


def draw(rows: list[dict[str, float]], path: Path) -> None:
    """Processor seconds and peak memory against cells, on logarithmic axes."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    figure = make_subplots(
        rows=1, cols=2, subplot_titles=("processor seconds, one season", "peak of the process, MiB")
    )
    cells = [row["cells"] for row in rows]
    for stage in STAGES:
        seconds = [row[f"{stage}_cpu_s"] for row in rows]
        figure.add_trace(
            go.Scatter(x=cells, y=seconds, name=stage, mode="lines+markers"), row=1, col=1
        )
    peak = [row["peak_mib"] for row in rows]
    figure.add_trace(go.Scatter(x=cells, y=peak, name="peak", mode="lines+markers"), row=1, col=2)
    figure.update_xaxes(title_text="cells of a layer", type="log", dtick="D2")
    figure.update_yaxes(type="log")
    figure.update_layout(
        title=f"The embedded engine against grid size: {SCENARIOS} scenarios, {RECEPTORS} receptors",
        template="plotly_white",
        width=1000,
        height=450,
    )
    figure.write_image(path)


def main() -> None:
    """Print, and write the table and the plot of grid sizes."""
    if len(sys.argv) > 1:
        print(
            "  ".join(f"{name} {value:,}" for name, value in measure_edition(sys.argv[1]).items())
        )
        return
    rows = []
    for columns, height in SIZES:
        rows.append(measure(columns, height))
        print("  ".join(f"{name} {value:,}" for name, value in rows[-1].items()), flush=True)
    with RESULT.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    draw(rows, RESULT.with_suffix(".png"))


if __name__ == "__main__":
    main()

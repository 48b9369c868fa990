"""How sure the results are: the step `uncertainty`, its settings and what it writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from compute.footprint import Provinces
from compute.uncertainty.draws import SOURCES
from compute.uncertainty.drive import Drive
from compute.uncertainty.headline import Headlines
from compute.uncertainty.sampling import Emissions, Plan, TableDraws, TableErrors, draw_block
from compute.uncertainty.statistics import Moments, Winners, quantiles, variance_shares
from compute.uncertainty.table import LinkedTable
from steps.draw_settings import Settings
from steps.sensitivity import Variant, write_sensitivity
from steps.uncertainty_inputs import Inputs, coefficient_table, read_inputs, read_table
from warehouse.scratch import scratch
from warehouse.tables import Assumptions, Tables

Array = NDArray[np.float64]
Spread = Callable[[Callable[[range], Path], Sequence[range]], list[Path]]
"""Makes every item of a list by a function, in order of the items: on this processor or on many."""
BYTES_AT_ONCE = 16_000_000  # of draws in memory while their quantiles are taken


def draw_uncertainty(
    con: Tables,
    assumptions: Assumptions,
    settings: Settings,
    relinked: Mapping[Variant, Drive],
    spread: Spread,
) -> tuple[int, tuple[str, ...]]:
    """Write computed.uncertainty, rank_stability, uncertainty_coefficient and sensitivity.

    relinked: what exports drive under other assumptions.
    spread: makes the blocks of draws, here or on other processors.
    Returns the rows of the first, and what was drawn in words.  Without table draws no system is solved: the
    embodied output of the run is used again for every inventory.
    """
    plan, home_region = settings.plan, str(assumptions["home_region"])
    coefficient = float(assumptions.get("health_exposure_coefficient", 0.0))
    inputs = read_inputs(con, home_region, coefficient)
    needs_table = plan.table_draws > 0 or settings.alternatives
    tables = read_table(con, home_region) if needs_table else None
    with scratch("draws") as folder:
        drawn = run_blocks(plan, inputs, tables if plan.table_draws else None, folder, spread)
    con.write("computed.rank_stability", rank_table(inputs, drawn))
    con.write("computed.uncertainty_coefficient", coefficient_table(inputs))
    write_sensitivity(
        con, inputs, tables[0] if tables and settings.alternatives else None, relinked, assumptions
    )
    rows = con.write("computed.uncertainty", result_table(inputs, plan, drawn))
    drawn_tables = f", {plan.table_draws} of the table" if plan.table_draws else ""
    return rows, (f"{plan.draws:,} draws{drawn_tables}, seed {plan.seed}",)


@dataclass(frozen=True)
class _Model:
    """What travels to every worker; the linked table is read from the folder."""

    headlines: Headlines
    emissions: Emissions
    drive: Drive
    errors: TableErrors | None


@dataclass(frozen=True)
class Drawn:
    """All draws: their moments, those of every source alone, quantiles (3, h), and who is first."""

    together: Moments
    alone: dict[str, Moments]
    quantiles: Array
    winners: Winners


def run_blocks(
    plan: Plan,
    inputs: Inputs,
    tables: tuple[LinkedTable, TableErrors] | None,
    folder: Path,
    spread: Spread,
) -> Drawn:
    """Make all blocks of a plan; the same bits wherever they are made.

    Draws go to files in `folder` and are read back a few results at a time: memory does not grow
    with their number.
    """
    model = _Model(inputs.headlines, inputs.emissions, inputs.drive, tables[1] if tables else None)
    if tables:
        _save_table(tables[0], folder / "table.npz")
    made = spread(partial(_make_block, plan, model, folder), plan.blocks)
    results = len(inputs.headlines.labels)
    together = Moments.none(results)
    alone: dict[str, Moments] = {}
    counts = np.zeros(1, dtype=np.int64)
    for block in made:
        with np.load(block / "summary.npz", allow_pickle=False) as kept:
            together += _moments(kept, "together")
            counts = counts + kept["winners"]
            for source in (name for name in SOURCES if f"{name}_mean" in kept):
                before = alone.get(source, Moments.none(results))
                alone[source] = before + _moments(kept, source)
    files = [block / "draws.bin" for block in made]
    return Drawn(together, alone, _quantiles_of(files, results, plan.draws), Winners(counts))


def _make_block(plan: Plan, model: _Model, folder: Path, numbers: range) -> Path:
    """Make a block of draws: draws.bin, (h, d), and summary.npz, in the folder that is returned.

    One thread: BLAS with several adds in another order.
    """
    with threadpool_limits(1):
        tables = None if model.errors is None else _tables(folder / "table.npz", model.errors)
        block = draw_block(plan, numbers, model.headlines, model.emissions, model.drive, tables)
    place = folder / f"{numbers.start:08d}"
    place.mkdir(exist_ok=True)  # an item whose worker died is made once more
    np.ascontiguousarray(block.together.T).tofile(place / "draws.bin")
    kept: dict[str, Any] = {"winners": block.winners.counts}
    for source, values in {"together": block.together, **block.alone}.items():
        moments = Moments.of(values)
        kept[f"{source}_count"] = np.array(moments.count)
        kept[f"{source}_mean"], kept[f"{source}_squares"] = moments.mean, moments.squares
    np.savez(place / "summary.npz", **kept)
    return place


def _moments(kept: Mapping[str, Array], source: str) -> Moments:
    count = int(kept[f"{source}_count"])
    return Moments(count, kept[f"{source}_mean"], kept[f"{source}_squares"])


# A process makes many blocks of one table: it is solved once.
_solved: dict[Path, TableDraws] = {}


def _tables(file: Path, errors: TableErrors) -> TableDraws:
    if file not in _solved:
        _solved.clear()
        with np.load(file, allow_pickle=False) as kept:
            provinces = Provinces(*(int(number) for number in kept["provinces"]))
            table = LinkedTable(
                kept["flows"], kept["demand"], provinces, kept["consumer"], kept["is_home"]
            )
        _solved[file] = TableDraws(table, errors)
    return _solved[file]


def _save_table(table: LinkedTable, file: Path) -> None:
    np.savez(
        file,
        flows=table.flows,
        demand=table.demand,
        provinces=np.array([table.provinces.count, table.provinces.sectors]),
        consumer=table.consumer,
        is_home=table.is_home,
    )


def _quantiles_of(files: Sequence[Path], results: int, draws: int) -> Array:
    """5th, 50th and 95th percentile, (3, h), from files of (h, some draws)."""
    step = max(1, BYTES_AT_ONCE // (8 * draws))
    parts = []
    for first in range(0, results, step):
        rows = min(step, results - first)
        read = [_rows_of(file, results, first, rows) for file in files]
        parts.append(quantiles(np.concatenate(read, axis=1)))
    return np.concatenate(parts, axis=1)


def _rows_of(file: Path, results: int, first: int, rows: int) -> Array:
    """Some rows of a file of (results, d) doubles, read without mapping it into memory."""
    draws = file.stat().st_size // (8 * results)
    flat = np.fromfile(file, count=rows * draws, offset=8 * first * draws)
    return flat.reshape(rows, draws)


def result_table(inputs: Inputs, plan: Plan, drawn: Drawn) -> pl.DataFrame:
    """One row per headline: point, moments, quantiles, and what share of variance comes from where."""
    labels = pl.DataFrame(
        inputs.headlines.labels,
        schema=["result", "place", "pollutant", "part", "unit"],
        orient="row",
    )
    point = inputs.headlines.values(inputs.emissions.tonnes, inputs.drive)[0]
    low, median, high = drawn.quantiles
    variance = drawn.together.variance
    shares = {
        source: variance_shares(moments.variance[None], variance)[0]
        for source, moments in drawn.alone.items()
    }
    return labels.with_columns(
        point_value=pl.Series(point),
        mean_value=pl.Series(drawn.together.mean),
        standard_error=pl.Series(drawn.together.standard_error),
        p05_value=pl.Series(low),
        median_value=pl.Series(median),
        p95_value=pl.Series(high),
        draws=pl.lit(plan.draws),
        table_draws=pl.lit(plan.table_draws),
        seed=pl.lit(plan.seed),
        is_full=pl.lit(plan.full),
        is_rebalanced=pl.lit(plan.rebalance),
        **{
            f"{source}_variance_share": pl.Series(shares[source])
            if source in shares
            else pl.lit(None, dtype=pl.Float64)
            for source in SOURCES
        },
    )


def rank_table(inputs: Inputs, drawn: Drawn) -> pl.DataFrame:
    """Foreign consumers that were first in some draw, or are at the point, by place and pollutant."""
    headlines, axes = inputs.headlines, inputs.axes
    values = headlines.values(inputs.emissions.tonnes, inputs.drive)[1]
    at_point = values[:, :, headlines.ranked].reshape(-1, len(headlines.ranked)).argmax(axis=1)
    counts = drawn.winners.counts
    is_point = np.zeros(counts.shape, dtype=bool)
    is_point[np.arange(len(at_point)), at_point] = True
    row, column = np.nonzero((counts > 0) | is_point)
    names = [axes.consumers.labels["consumer"][int(each)] for each in headlines.ranked]
    places = [(place, pollutant) for place in headlines.places for pollutant in headlines.names]
    return pl.DataFrame(
        {
            "place": [places[each][0] for each in row],
            "pollutant": [places[each][1] for each in row],
            "consumer_region": [names[each] for each in column],
            "is_first_at_point": is_point[row, column],
            "first_draws": counts[row, column],
            "draws": np.full(len(row), counts.sum(axis=1)[0]),
        }
    )

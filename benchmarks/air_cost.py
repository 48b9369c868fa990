"""Cost of observed air against size, as a table and a picture: `python -m benchmarks.air_cost FOLDER`.

FOLDER: where `benchmarks.station_archive` left archive.csv (days of the archive), `benchmarks.air_archive`
steps.csv (runs from files to published marts; those of an earlier version as steps_before.csv) and
`benchmarks.weather_places` places.csv (places and workers). Writes air_cost.csv and air_cost.png beside this file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import polars as pl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

HERE = Path(__file__).parent


def table_of(folder: Path) -> pl.DataFrame:
    """One row a measured thing: what, size, cpu_s."""
    archive = pl.read_csv(folder / "archive.csv")
    parts = archive.select(what=pl.format("archive, {}", "what"), size="days", cpu_s="cpu_s")
    measured = pl.read_csv(folder / "places.csv")
    is_twice = (pl.col("workers") == 0) & (
        pl.col("measure") == "longest"
    )  # one process is the longest
    places = measured.filter(~is_twice).select(
        what=pl.format("places, {} workers: {}", "workers", "measure"), size="places", cpu_s="cpu_s"
    )
    runs = [
        _runs(folder / f"steps{which}.csv", when)
        for which, when in (("", ""), ("_before", ", before"))
        if (folder / f"steps{which}.csv").exists()
    ]
    return pl.concat([parts, places, *runs]).sort("what", "size")


def _runs(file: Path, when: str) -> pl.DataFrame:
    """Whole runs of an edition. when: what their name ends with."""
    whole = pl.read_csv(file).filter(pl.col("step") == "in all")
    name = pl.format("run, {}{}", "run", pl.lit(when))
    return whole.select(what=name, size="days", cpu_s=pl.col("cpu_s").cast(pl.Float64))


def draw(table: pl.DataFrame, file: Path) -> None:
    """Reading (both axes logarithmic), whole runs and places side by side."""
    figure, axes = plt.subplots(1, 3, figsize=(14, 4.4), layout="constrained")
    parts = (
        ("archive, ", "days read, 1,500 stations"),
        ("run, ", "days of the archive, from files to published marts"),
        ("places, ", "places"),
    )
    for panel, (prefix, label) in zip(axes, parts, strict=True):
        _lines(panel, table.filter(pl.col("what").str.starts_with(prefix)), label, prefix)
    axes[0].set(xscale="log", yscale="log")
    for panel in axes:
        sizes = sorted({size for line in panel.lines for size in line.get_xdata()})
        panel.set_xticks(sizes, labels=[str(size) for size in sizes])
        panel.minorticks_off()
    for panel in axes[1:]:
        panel.set_ylim(bottom=0)
    figure.savefig(file, dpi=120)


def _lines(axes: Axes, table: pl.DataFrame, label: str, prefix: str) -> None:
    for (what,), rows in table.group_by("what", maintain_order=True):
        axes.plot(rows["size"], rows["cpu_s"], marker="o", label=str(what).removeprefix(prefix))
    axes.set_xlabel(label)
    axes.set_ylabel("CPU seconds")
    axes.legend(fontsize=8)
    axes.grid(True, which="both", alpha=0.3)


def main(folder: Path) -> None:
    """Write both."""
    table = table_of(folder)
    table.write_csv(HERE / "air_cost.csv", float_precision=2)
    draw(table, HERE / "air_cost.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

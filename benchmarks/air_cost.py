"""Cost of observed air against size, as a table and a picture: `python -m benchmarks.air_cost FOLDER`.

FOLDER: where `benchmarks.station_archive` left archive.csv (days of the archive) and `benchmarks.weather_places`
left places.csv (places and workers). Writes air_cost.csv and air_cost.png beside this file.
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
    return pl.concat([parts, places]).sort("what", "size")


def draw(table: pl.DataFrame, file: Path) -> None:
    """Days on the left, places on the right, both axes logarithmic."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
    is_place = pl.col("what").str.starts_with("places")
    _lines(axes[0], table.filter(~is_place), "days of the archive, 1,500 stations")
    _lines(axes[1], table.filter(is_place), "places")
    figure.savefig(file, dpi=120)


def _lines(axes: Axes, table: pl.DataFrame, label: str) -> None:
    for (what,), rows in table.group_by("what", maintain_order=True):
        name = str(what).removeprefix("places, ").removeprefix("archive, ")
        axes.loglog(rows["size"], rows["cpu_s"], marker="o", label=name)
    sizes = table["size"].unique().sort().to_list()
    axes.set_xticks(sizes, labels=[str(size) for size in sizes])
    axes.minorticks_off()
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

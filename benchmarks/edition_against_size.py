"""The licensed edition at several sizes: CPU seconds and memory of its steps, as a table and a plot.

    python -m benchmarks.edition_against_size HOMES [size ...]

HOMES: a folder for one home a size (`paper_edition` fills it, in a process of its own).  A size that was measured
there before is not run again.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from benchmarks.generated import Array
from benchmarks.paper_edition import WHOLE
from synth.economy import MANY, SMALL_PROVINCES, SMALL_REGIONS
from synth.figures_of import all_provinces

mpl.use("Agg")
from matplotlib import pyplot as plt

SECTORS = 65
STEPS = (
    "publish",
    "footprint",
    "balance",
    "gate-marts",
    "supply-chain",
    "prepare",
    "load",
    "marts",
)
HERE = Path(__file__).parent
Row = dict[str, str | int]


def places(size: str) -> int:
    """Provinces and regions abroad of a size; the home region is its provinces."""
    if size == "small":
        return len(SMALL_PROVINCES) + len(SMALL_REGIONS) - 1
    return len(all_provinces()) + MANY[size] - 1


def measured(homes: Path, size: str) -> list[Row]:
    """The steps of a size, run if need be."""
    record = homes / size / "steps.csv"
    if not record.exists() or WHOLE not in record.read_text():
        record.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "benchmarks.paper_edition", str(record.parent), size]
        subprocess.run(command, check=True)
    with record.open() as file:
        rows = list(csv.DictReader(file))
    return [{"size": size, "sectors": SECTORS * places(size), **row} for row in rows]


def last_slope(sectors: Array, seconds: Array) -> float:
    """Exponent between the two largest sizes; below them what does not grow weighs more."""
    return float(np.diff(np.log(seconds[-2:]))[0] / np.diff(np.log(sectors[-2:]))[0])


def draw(rows: list[Row], sizes: list[str]) -> None:
    """CPU seconds (log-log) and memory against sectors."""
    sectors = np.array([SECTORS * places(size) for size in sizes], float)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for name in (WHOLE, *STEPS):
        found = {str(row["size"]): row for row in rows if row["step"] == name}
        if any(size not in found for size in sizes):
            continue
        cpu = np.array([float(found[size]["cpu_s"]) for size in sizes])
        label = f"{name}: n^{last_slope(sectors, cpu):.2f}"
        print(f"  {label}")
        left.loglog(sectors, cpu, "o-", label=label, linewidth=2.5 if name == WHOLE else 1)
        if name in (WHOLE, "balance", "footprint"):
            right.semilogx(
                sectors, [float(found[size]["peak_gib"]) for size in sizes], "o-", label=name
            )
    left.set(xlabel="sectors n", ylabel="CPU seconds", title="Licensed edition: cost against size")
    right.set(xlabel="sectors n", ylabel="GiB", title="Largest memory")
    for axes in (left, right):
        axes.set_xticks(sectors, [f"{one:,.0f}" for one in sectors], minor=False)
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize=8, loc="upper left")
    left.set_ylim(top=8 * left.get_ylim()[1])
    figure.savefig(HERE / "edition_against_size.png", dpi=120)


def main(homes: Path, *asked: str) -> None:
    """Measure, write the table, draw."""
    sizes = list(asked or ("small", *MANY))
    if len(sizes) < 2:
        sys.exit("Name at least two sizes: a line needs two points.")
    rows = [row for size in sizes for row in measured(homes, size)]
    with (HERE / "edition_against_size.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    draw(rows, sizes)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), *sys.argv[2:])

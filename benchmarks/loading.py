"""Loading against the number of rows: customs files read, checked, and written as raw.trade.

python -m benchmarks.loading [rows ...]   writes loading.csv and loading.png beside this file
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

import matplotlib as mpl
import numpy as np

from benchmarks.measured import clocked, machine
from warehouse.contracts import CONTRACTS, validate
from warehouse.database import connect, write_table
from warehouse.sources import customs
from warehouse.sources.customs_files import COMMODITY, MONTH, PARTNER, PLACE, REGIME

mpl.use("Agg")
from matplotlib import pyplot as plt

ROWS = (125_000, 250_000, 500_000, 1_000_000, 2_000_000, 4_000_000)
HERE = Path(__file__).parent
_PROVINCES = (
    11,
    12,
    13,
    14,
    15,
    21,
    22,
    23,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    41,
    42,
    43,
    44,
    45,
    46,
    50,
)
_PART = 500_000
STEPS = ("read", "check", "write")


def write_files(folder: Path, rows: int) -> float:
    """Monthly imports of generated amounts in the query site's layout, in parts; megabytes written."""
    named = (
        MONTH,
        COMMODITY,
        "商品名称",
        PARTNER,
        "贸易伙伴名称",
        REGIME,
        PLACE,
        "第一数量",
        "第一计量单位",
    )
    heading = ",".join((*named, "人民币")) + ",\r\n"
    for start in range(0, rows, _PART):
        lines = [heading]
        for at in range(start, min(start + _PART, rows)):
            month, rest = at % 12, at // 12
            province, rest = rest % len(_PROVINCES), rest // len(_PROVINCES)
            lines.append(
                f'"2017{month + 1:02d}\t","{84_000_000 + rest // 200:08d}\t","商品","{101 + rest % 200}\t","国家",'
                f'"10\t","{_PROVINCES[province]}\t","-","千克","{1_000_000 + at % 977_777:,}",\r\n'
            )
        file = folder / f"import-2017_p{start // _PART + 1}.csv"
        file.write_bytes("".join(lines).encode("gb18030"))
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


def cost(rows: int) -> dict[str, float]:
    """CPU and wall seconds of reading, checking and writing so many rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "trade"
        folder.mkdir()
        megabytes = write_files(folder, rows)
        with clocked() as read:
            frame = customs.read(sorted(folder.iterdir()), "trade", 2017)
        with clocked() as check:
            table = validate(frame, CONTRACTS["trade"], file=folder)
        with connect(Path(name) / "work.duckdb") as connection, clocked() as write:
            write_table(connection, "raw", "trade", table)
    clocks = {"read": read, "check": check, "write": write}
    result = {"rows": float(rows), "megabytes": megabytes, "loaded_rows": float(table.height)}
    result |= {f"{name}_cpu_s": clock.cpu_s for name, clock in clocks.items()}
    print(", ".join(f"{name} {value:,.2f}" for name, value in result.items()), flush=True)
    return result


def main(sizes: tuple[int, ...]) -> None:
    """Measure, write the table and the plot, print the exponent."""
    cost(50_000)  # opens files and libraries once
    found = [cost(rows) for rows in sizes]
    with (HERE / "loading.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(found[0]))
        writer.writeheader()
        writer.writerows([{key: f"{value:.3f}" for key, value in row.items()} for row in found])
    print(f"CPU seconds grow as rows^{plot(found):.2f}; {machine()}")


def plot(found: list[dict[str, float]]) -> float:
    """Draw loading.png; the slope of log seconds on log rows."""
    rows = np.array([row["rows"] for row in found])
    total = np.array([sum(row[f"{step}_cpu_s"] for step in STEPS) for row in found])
    slope = float(np.polyfit(np.log(rows), np.log(total), 1)[0])
    figure, axes = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
    for step, marker in zip(STEPS, "os^", strict=True):
        axes.loglog(rows, [row[f"{step}_cpu_s"] for row in found], marker=marker, label=step)
    axes.loglog(rows, total, marker="D", color="black", label=f"all, rows^{slope:.2f}")
    axes.loglog(rows, total[-1] * rows / rows[-1], color="grey", linestyle=":", label="linear")
    axes.set(xlabel="rows in customs files", ylabel="CPU seconds", title="Loading customs files")
    axes.set_xticks(rows, [f"{count:,.0f}" for count in rows])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(HERE / "loading.png", dpi=120)
    return slope


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or ROWS)

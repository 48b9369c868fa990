"""Codes as text and as DuckDB's ENUM: what writing, copying, reading and exchanging large tables costs.

    python -m benchmarks.code_columns [exporters]

Rows like those of fct_export_output at full size (1.8 million an exporter), CPU seconds a million rows.  The last
line is text cast from ENUM columns: what a mart of text costs when the table behind it has ENUM.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.measured import clocked
from compute.frames import Axis, to_frame
from warehouse.database import literal
from warehouse.gather import STORAGE_VERSION
from warehouse.row_keys import KeyProof

CODES = {
    "producer_province": [f"CN-{number:02d}" for number in range(31)],
    "producer_sector": [f"s{number:02d}" for number in range(65)],
    "exporter_province": [f"CN-{number:02d}" for number in range(31)],
    "consumer_region": [f"R{number:02d}" for number in range(160)],
    "demand_category": ["household", "government", "capital"],
    "product_use": ["final", "intermediate"],
}
KEY = ", ".join(CODES)


def block(exporter: str, rng: np.random.Generator) -> pl.DataFrame:
    """The rows of an exporter, 5 % of the cells empty."""
    axes = [Axis(pl.DataFrame({name: values})) for name, values in CODES.items()]
    del axes[2]  # the exporter is one
    array = rng.random(tuple(len(axis) for axis in axes))
    array[rng.random(array.shape) < 0.05] = 0.0
    frame = to_frame(array, [(axis, {}) for axis in axes], "output_musd")
    return frame.select(
        *list(CODES)[:2],
        pl.lit(exporter).alias("exporter_province"),
        *list(CODES)[3:],
        "output_musd",
    )


def columns(kind: str) -> str:
    """The columns of a table whose codes are of a kind, `text` or `enum`."""
    types = {
        name: "varchar" if kind == "text" else f"enum ({', '.join(map(literal, values))})"
        for name, values in CODES.items()
    }
    return ", ".join(f"{name} {of}" for name, of in types.items()) + ", output_musd double"


def costs(kind: str, frames: list[pl.DataFrame], folder: Path) -> dict[str, float]:
    """CPU seconds a million rows, by what is done."""
    rows = sum(frame.height for frame in frames) / 1e6
    found: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        with clocked() as clock:
            work()
        found[name] = clock.cpu_s / rows

    con = duckdb.connect(config={"memory_limit": "3GB"})
    for name in ("one", "two"):
        path = literal(str(folder / f"{kind}_{name}.duckdb"))
        con.execute(f"attach {path} as {name} (storage_version {literal(STORAGE_VERSION)})")
    con.execute(f"create table one.t ({columns(kind)})")

    def write() -> None:
        for frame in frames:
            con.register("incoming", frame)
            con.execute("insert into one.t by name select * from incoming")
            con.unregister("incoming")
        con.execute("checkpoint one")

    def copy(select: str) -> None:
        con.execute(f"create or replace table two.t as select {select} from one.t")
        con.execute("checkpoint two")

    text = ", ".join(f"cast({name} as varchar) as {name}" for name in CODES) + ", output_musd"
    parquet = literal(str(folder / "t.parquet"))
    timed("write", write)
    timed("copy", lambda: copy("*"))
    timed("Parquet", lambda: con.execute(f"copy one.t to {parquet} (compression zstd)"))
    grouped = "producer_province, producer_sector, consumer_region"
    timed(
        "group",
        lambda: con.sql(f"select {grouped}, sum(output_musd) from one.t group by all").fetchall(),
    )
    timed("hash", lambda: con.sql(f"select sum(hash({KEY}, output_musd)) from one.t").fetchall())
    keys = f"select count(distinct hash({KEY})) from one.t"
    timed("distinct keys", lambda: con.sql(keys).fetchall())
    if kind == "enum":
        timed("copy as text", lambda: copy(text))
        hashed = f"select sum(hash({KEY}, output_musd)) from (select {text} from one.t)"
        timed("hash as text", lambda: con.sql(hashed).fetchall())
    con.close()
    return found


def main(exporters: int = 5) -> None:
    """Print the table, and what the proof of keys costs in their place."""
    rng = np.random.default_rng(0)
    frames = [block(exporter, rng) for exporter in CODES["exporter_province"][:exporters]]
    rows = sum(frame.height for frame in frames)
    print(f"{rows:,} rows, CPU-s a million")
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("text", "enum"):
            found = costs(kind, frames, Path(folder))
            print(f"{kind}: " + ", ".join(f"{name} {cost:.3f}" for name, cost in found.items()))
    proof = KeyProof(tuple(CODES))
    with clocked() as clock:
        for frame in frames:
            proof.add(frame)
    print(f"keys by their codes: {clock.cpu_s / rows * 1e6:.3f} (shown: {proof.holds})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

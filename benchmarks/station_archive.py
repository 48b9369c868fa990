"""Reading the national station archive: `python -m benchmarks.station_archive FILE FOLDER [days ...]`.

FILE: a day as the archive ships it (china_sites_YYYYMMDD.csv).  For each number of days (10, 30, 60 otherwise)
an archive is made of it and read: anew, with the days that were kept, when one more day has come.  The rows must
be the same.  Prints processor seconds and peak memory; FOLDER/archive.csv has them as a table.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.archive_files import LAST, write_archive
from benchmarks.measured import forget_peak, peak_gib
from warehouse.sources import cnemc
from warehouse.sources.kept_days import days_kept_in

ANEW, KEPT, NEW_DAY = "anew", "kept", "a new day"


def measured(archive: Path, kept: Path) -> tuple[pl.DataFrame, float]:
    """The rows, and the processor seconds of reading them."""
    began = time.process_time()
    with days_kept_in(kept):
        rows = cnemc.read([archive], "observation", LAST.year)
    return rows, time.process_time() - began


def main(day_file: Path, folder: Path, sizes: list[int]) -> None:
    """Measure each size and write the table."""
    cnemc.read([day_file], "observation", LAST.year)  # imports, and threads of the library
    table: list[tuple[str, int, float]] = []
    write_archive(day_file, max(sizes), folder / "all")
    files = sorted((folder / "all").iterdir())
    for days in sizes:
        with tempfile.TemporaryDirectory(dir=folder) as made:
            archive, kept = Path(made) / "archive", Path(made) / "kept"
            archive.mkdir()
            for file in files[-days:]:
                (archive / file.name).hardlink_to(file)
            newest = archive / f"china_sites_{LAST:%Y%m%d}.csv"
            forget_peak()
            anew, first = measured(archive, kept)
            peak = peak_gib()
            again, second = measured(archive, kept)
            aside = newest.rename(Path(made) / newest.name)
            measured(archive, kept)
            aside.rename(newest)
            grown, third = measured(archive, kept)
        if not (anew.equals(again) and anew.equals(grown)):
            raise SystemExit("the rows differ")
        table += [(ANEW, days, first), (KEPT, days, second), (NEW_DAY, days, third)]
        print(
            f"{days} days, {anew.height:,} rows: anew {first:.2f} CPU-s ({first / days:.3f} a day),"
            f" kept {second:.2f}, a new day {third:.2f}; {peak:.2f} GiB",
            flush=True,
        )
    with (folder / "archive.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("what", "days", "cpu_s"))
        writer.writerows((what, days, f"{seconds:.3f}") for what, days, seconds in table)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [int(each) for each in sys.argv[3:]] or [10, 30, 60])

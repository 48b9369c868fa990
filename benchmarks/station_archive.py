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
from dataclasses import dataclass
from pathlib import Path

from benchmarks.archive_files import LAST, write_archive
from benchmarks.measured import forget_peak, peak_gib
from warehouse.sources import cnemc
from warehouse.sources.kept_days import days_kept_in

ANEW, KEPT, NEW_DAY = "anew", "kept", "a new day"


@dataclass(frozen=True)
class Reading:
    """What one reading made and took: rows, a checksum of them in their order, processor seconds, peak memory.

    The rows themselves are let go, so that the next reading has the memory to itself.
    """

    rows: int
    checksum: int
    cpu_s: float
    peak_gib: float


def measured(archive: Path, kept: Path) -> Reading:
    """Read the archive, with the days that are kept."""
    forget_peak()
    began = time.process_time()
    with days_kept_in(kept):
        rows = cnemc.read([archive], "observation", LAST.year)
    seconds, peak = time.process_time() - began, peak_gib()
    return Reading(rows.height, int(rows.with_row_index().hash_rows(seed=1).sum()), seconds, peak)


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
            anew = measured(archive, kept)
            again = measured(archive, kept)
            aside = newest.rename(Path(made) / newest.name)
            measured(archive, kept)
            aside.rename(newest)
            grown = measured(archive, kept)
        if len({(each.rows, each.checksum) for each in (anew, again, grown)}) > 1:
            raise SystemExit("the rows differ")
        found = {ANEW: anew, KEPT: again, NEW_DAY: grown}
        table += [(what, days, each.cpu_s) for what, each in found.items()]
        print(
            f"{days} days, {anew.rows:,} rows: anew {anew.cpu_s:.2f} CPU-s ({anew.cpu_s / days:.3f} a day),"
            f" kept {again.cpu_s:.2f}, a new day {grown.cpu_s:.2f};"
            f" {', '.join(f'{each.peak_gib:.2f}' for each in found.values())} GiB",
            flush=True,
        )
    with (folder / "archive.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("what", "days", "cpu_s"))
        writer.writerows((what, days, f"{seconds:.3f}") for what, days, seconds in table)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [int(each) for each in sys.argv[3:]] or [10, 30, 60])

"""Reading the national station archive: `python -m benchmarks.station_archive FILE [days ...]`.

FILE: a day as the archive ships it (china_sites_YYYYMMDD.csv).  Its hours are written again for as many days as
asked for (10, 30 and 60 otherwise) and read as a folder; prints processor seconds a day and peak memory.
"""

from __future__ import annotations

import re
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from warehouse.sources import cnemc

_FIRST = date(2017, 1, 1)


def copies(day_file: Path, days: int, folder: Path) -> None:
    """Write the file's hours under other dates."""
    stamp = re.sub(r"\D", "", day_file.name)
    text = day_file.read_text(encoding="utf-8")
    for number in range(days):
        day = f"{_FIRST + timedelta(number):%Y%m%d}"
        path = folder / f"china_sites_{day}.csv"
        path.write_text(text.replace(f"{stamp},", f"{day},"), encoding="utf-8")


def main() -> None:
    day_file, *asked = sys.argv[1:]
    cnemc.read([Path(day_file)], "observation", _FIRST.year)  # imports, and threads of the library
    for days in [int(number) for number in asked] or [10, 30, 60]:
        with tempfile.TemporaryDirectory() as folder:
            copies(Path(day_file), days, Path(folder))
            began = time.process_time()
            rows = cnemc.read([Path(folder)], "observation", _FIRST.year).height
            seconds = time.process_time() - began
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(f"{days} days, {rows:,} rows: {seconds / days:.3f} CPU-s a day, {peak:.2f} GiB")


if __name__ == "__main__":
    main()

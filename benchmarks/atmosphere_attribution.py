"""The whole attribution read through its view: `python -m benchmarks.atmosphere_attribution <published file>`.

Receptor, producer, exporter, consumer region and component, summed over emission groups, with 3.5 GB for DuckDB.
"""

from __future__ import annotations

import resource
import sys
import time

import duckdb

QUERY = """
    select count(*), sum(pm25_ug_m3)
    from (
        select receptor, producer_province, exporter_province, consumer_region, component,
            sum(pm25_ug_m3) as pm25_ug_m3
        from marts.fct_pm25_attribution
        where edition = 'open-2007'
        group by all
    )
"""


def main() -> None:
    """Print rows, wall and CPU seconds, and peak memory."""
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        con.execute("set memory_limit = '3.5GB'")
        began, worked = time.perf_counter(), time.process_time()
        rows, total = con.execute(QUERY).fetchall()[0]
        wall, cpu = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{rows:,} rows, {total:.1f} ug/m3 in all: {wall:.1f} s wall, {cpu:.1f} s CPU, {peak:.2f} GiB"
    )


if __name__ == "__main__":
    main()

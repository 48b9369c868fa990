"""Homes with working files made by SQL, for tests of publishing and its history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from warehouse import meta
from warehouse.database import connect
from warehouse.home import Home, WorkingFile, locate, prepare


def make_home(root: Path) -> Home:
    home = locate(root)
    prepare(home, needed_bytes=0)
    return home


def make_working(
    home: Home, edition: str, year: int, *, factor: float = 1.0, run: str = "", rows: int = 6
) -> WorkingFile:
    """Two provinces and two pollutants. factor: on Hebei's SO2.  run: names the run (its fingerprint)."""
    working = home.working_file(edition, year)
    working.path.unlink(missing_ok=True)
    with connect(working.path) as connection:
        meta.ensure_tables(connection)
        connection.execute(f"""
            create schema marts;
            create table marts.fct_emission_inventory as
                select '{edition}' as edition, {year} as year, province, pollutant, i as sector,
                       (i + 1) * case when province = 'CN-HE' and pollutant = 'SO2'
                                      then {factor} else 1 end as emission_t
                from range({rows}) as r(i), (values ('CN-HE'), ('CN-GD')) as p(province),
                     (values ('SO2'), ('NOx')) as q(pollutant);
            create table marts.fct_share as select '{edition}' as edition, {year} as year,
                'CN-HE' as province, 0.25 as export_share;
            create table marts.dim_pollutant as select 'SO2' as code;
        """)
        step = meta.FinishedStep("gate-marts", f"{run}{factor}{rows}", datetime.now(), 1.0, 1)
        meta.record_step(connection, step, {})
    return working

"""A made-up China of two provinces that fills the real one's box, as a working file; and a fake installation."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from tests.geoschem.excerpts import VERSION, write_run_directory
from warehouse.database import write_table
from warehouse.home import Home
from warehouse.provenance import ProvenanceRecord

EDITION, YEAR = "made-up", 2007
FAKE = Path(__file__).with_name("fake_gcclassic.py")
POLLUTANTS = ("SO2", "NOx", "NH3", "CO", "BC", "OC", "PM25_other")
LOADED = ProvenanceRecord(
    role="grid_cell",
    file_name="made_up.csv",
    reader="tidy",
    producer="tests",
    title="made up",
    citation="none",
    licence="none",
    terms_of_use="",
    accessed_date=date(2020, 1, 1),
    vintage_year=YEAR,
    original_file_name="made_up.csv",
    original_sha256="0" * 64,
    original_bytes=1,
    loaded_rows=1,
    is_bundled=False,
)
GROUPS = ("power", "industry", "transport", "residential", "agriculture")


def write_working_file(path: Path) -> None:
    """The tables that simulations read and write; west (CN-XJ) and east (CN-SH) of 104.6 E."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        for schema in ("raw", "seeds", "intermediate", "computed", "marts", "meta"):
            con.execute(f"create schema {schema}")
        con.execute(
            """
            create table raw.grid_cell as
            select
                case when column_number < 110 then 'CN-XJ' else 'CN-SH' end as province,
                70 + 0.3125e0 * column_number as longitude,
                15 + 0.25e0 * row_number as latitude,
                600e0 as area_km2,
                1e3 + column_number as population_persons,
                4e2 as rural_population_persons
            from range(13, 209) as c (column_number), range(13, 154) as r (row_number)
            """
        )
        con.execute(
            "create table raw.relief as select 70 + 0.3125e0 * c as longitude, 15 + 0.25e0 * r as"
            " latitude, 1e2 as altitude_m from range(224) as x (c), range(160) as y (r)"
        )
        con.execute(
            "create table raw.population_total (province varchar, source_year integer,"
            " population_persons double)"
        )
        con.execute(
            "create table raw.point_source (province varchar, longitude double, latitude double,"
            " capacity_mw double, kind varchar, start_year integer, end_year integer)"
        )
        con.execute(
            "insert into raw.point_source values"
            " ('CN-SH', 121.5, 31.2, 1000, 'coal_power', 1990, 2030)"
        )
        write_table(con, "raw", "provenance", pl.DataFrame([LOADED]))
        con.execute(
            "create table seeds.gridding_proxy as select unnest(['power', 'industry', 'transport',"
            " 'residential', 'agriculture']) as emission_group, unnest(['coal_power', 'population',"
            " 'population', 'population', 'area']) as proxy, 1e0 as share"
        )
        con.execute(
            "create table seeds.emission_month_share as select g.emission_group, m.month,"
            " (1 + 1e-2 * m.month) / 12.78 as share from (select unnest(?) as emission_group) as g,"
            " (select unnest(range(1, 13)) as month) as m",
            [list(GROUPS)],
        )
        con.execute(
            "create table seeds.region as from (values"
            " ('CN-XJ', 'province', 'Northwest', 'China'), ('CN-SH', 'province', 'East Coast', 'China'),"
            " ('CN-GD', 'province', 'East Coast', 'China'), ('CHN', 'home', null, 'China'),"
            " ('USA', 'foreign', null, 'USA'), ('DEU', 'foreign', null, 'Western Europe')"
            ") as region (code, kind, china_region, world_region)"
        )
        con.execute(
            "create table intermediate.int_atmosphere__emission as"
            " select p.province, g.emission_group, x.pollutant, 1e5 as emission_t"
            " from (select unnest(['CN-XJ', 'CN-SH']) as province) as p,"
            " (select unnest(?) as emission_group) as g, (select unnest(?) as pollutant) as x",
            [list(GROUPS), list(POLLUTANTS)],
        )
        # Of 1e5 t: 3e4 for exports of the own province, 1e4 for the other's, 5e3 that return.
        con.execute(
            "create table intermediate.int_atmosphere__export_emission as"
            " select e.province as producer_province, e.emission_group, e.pollutant,"
            " d.exporter_province, d.consumer_region, case when d.consumer_region = 'CHN' then 5e3"
            " when d.exporter_province = e.province then 15e3 else 5e3 end as emission_t"
            " from intermediate.int_atmosphere__emission as e,"
            " (select 'CN-XJ' as exporter_province, 'USA' as consumer_region union all"
            " select 'CN-XJ', 'DEU' union all select 'CN-SH', 'USA' union all"
            " select 'CN-SH', 'DEU' union all select 'CN-SH', 'CHN') as d"
            " where e.emission_group = 'industry'"
        )
        con.execute("create table marts.dim_region as select 'CHN' as code, 'home' as kind")
        con.execute(
            "create table marts.fct_emission_inventory as select * from"
            " intermediate.int_atmosphere__emission"
        )
        con.execute(
            "create table marts.fct_export_emission as select * from"
            " intermediate.int_atmosphere__export_emission"
        )


def write_edition(home: Home) -> None:
    """The edition file that gives the working file its name, so that commands and flows find it."""
    folder = home.root / "editions"
    folder.mkdir(exist_ok=True)
    (folder / f"{EDITION}.yml").write_text(f"name: {EDITION}\nextends: open-2007\n")


def write_installation(root: Path, version: str = VERSION) -> None:
    """A source folder with a version, run directories in our excerpts, and the fake program."""
    prefix = "SpeciesConc_" if version.startswith("14.0") else "SpeciesConcVV_"
    (root / "build" / "bin").mkdir(parents=True)
    (root / "CMakeLists.txt").write_text(
        f"cmake_minimum_required (VERSION 3.13.0)\nproject (geos_chem_classic\n  VERSION {version}\n)\n"
    )
    program = root / "build" / "bin" / "gcclassic"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    program.chmod(0o755)
    for kind in ("boundary", "nested"):
        write_run_directory(root / "rundirs" / kind, kind, root, prefix)
    restart = root / "rundirs" / "boundary" / "Restarts" / "GEOSChem.Restart.20190701_0000z.nc4"
    restart.write_bytes(b"first restart file, made up")

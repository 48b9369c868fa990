"""Rewrites the data that tradeplume ships from the publishers' originals.

    python -m warehouse.bundle --from <folder of originals> [--only <bundle>]

Each role of each bundled edition is read by its genuine reader, cut to what may be bundled, checked
against its contract, and written as Parquet with sorted rows: the same originals give the same
bytes. SOURCES.yml beside the files says whose figures they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import polars as pl

from warehouse.bundle_air import AIR_CITIES, AIR_QUALITY
from warehouse.bundle_economy import ECONOMY_2012, ECONOMY_2017
from warehouse.bundle_emission import EMISSION_2012, EMISSION_2017
from warehouse.bundle_health import health_parts
from warehouse.bundle_part import ACCESSED, GAINS_FILES, REAS_ARCHIVE, Part
from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.manifest import Entry, Original, Source, bytes_of, sha256_of, write_manifest
from warehouse.sources import READERS

BUNDLED = Path(__file__).with_name("bundled")
CITY_NAMES = Path(__file__).parents[1] / "seeds" / "air" / "city_alias.csv"
_ROWS_PER_GROUP = 1 << 20


_CENSUS = (
    "air/population/tudigong_population_2020_census_county.csv",
    "air/population/tudigong_counties-geo.topojson",
)
_CAQRA = "air/caqra_chinavis2021/"
_CITIES = (
    f"{_CAQRA}kunkunyy_city_month_line.json.gz",
    f"{_CAQRA}kunkunyy_province_detail.json",
    "air/boundaries/cn_city.csv",
    "air/population/tudigong_ghsl_county.csv",
)
_OBSERVED_YEARS = (2013, 2014, 2015, 2016, 2017)
AIR_PARTS: tuple[Part, ...] = (
    Part(
        "grid_cell",
        "census_grid",
        _CENSUS,
        2020,
        ACCESSED,
        note="County figures spread over area.",
    ),
    Part(
        "point_source",
        "gem_coal",
        ("air/gem_gcpt/Global-Coal-Plant-Tracker-January-2025.xlsx",),
        2024,
        ACCESSED,
        note="Units of China that were built: place, capacity, first and last year alone.",
    ),
    Part(
        "meteorology",
        "open_climatology",
        (
            "air/meteorology/monthly_navy_winds.cdf.gz",
            f"{_CAQRA}kunkunyy_province_detail.json",
            f"{_CAQRA}kunkunyy_year_city.json.gz",
            f"{_CAQRA}xwyzsn_province_daily_2013_2018.tar.gz",
            f"{_CAQRA}with_province_20130101_grid.csv.gz",
            "air/boundaries/cn_city.csv",
        ),
        2018,
        ACCESSED,
        note="A climatology that this project interpolates; it stands for every year.",
    ),
    Part("relief", "open_relief", ("air/meteorology/china-dem.nc",), 2022, ACCESSED),
    Part(
        "evaluation_emission",
        "reas_history",
        (REAS_ARCHIVE,),
        2015,
        ACCESSED,
        note="Provincial totals by sector for 2013-2015 and seven species alone; to judge the engine.",
    ),
    Part(
        "evaluation_observation",
        "caqra_province",
        (f"{_CAQRA}kunkunyy_province_detail.json",),
        2016,
        ACCESSED,
        keep=pl.col("source_year").is_in(_OBSERVED_YEARS),
        note="Means by province and month 2013-2017 of four pollutants alone.",
    ),
    Part(
        "evaluation_observation",
        "caqra_city",
        _CITIES,
        2016,
        ACCESSED,
        keep=pl.col("source_year").is_in(_OBSERVED_YEARS),
        shortened=pl.col("concentration_ug_m3").round(2),
        note="Means over people by province and month 2013-2017, from cities; no city's own figures.",
    ),
    Part(
        "evaluation_coverage",
        "caqra_coverage",
        (*_CITIES, "air/population/tudigong_counties-geo.topojson"),
        2016,
        ACCESSED,
        note="Residents of cities by cell, each city's spread evenly: the weights of the observed means.",
    ),
    Part(
        "evaluation_weather",
        "caqra_weather",
        (f"{_CAQRA}kunkunyy_province_detail.json",),
        2016,
        ACCESSED,
        keep=pl.col("source_year").is_in(_OBSERVED_YEARS),
        note="Departures by province and month 2013-2017 from the mean of 2013-2018.",
    ),
    Part(
        "observed_series",
        "aqli",
        ("air/aqli_province_pm25_1998_2023/gadm1_2023_wide.csv.gz",),
        2023,
        "2026-11-30",
        note="The 31 provinces alone, 1998-2023.",
    ),
)
OPEN_2007: tuple[Part, ...] = (
    Part("global_table", "wiod", ("economy/wiod_2013release/wiod07.rda",), 2007, ACCESSED),
    Part(
        "provincial_table",
        "provincial_io_2007",
        ("economy/zhangda_provIO_2007/ChinaIO.xls",),
        2007,
        ACCESSED,
    ),
    Part(
        "export_total",
        "provincial_panel",
        ("economy/provincial_panel_1998_2019/provincial_panel.csv",),
        2007,
        ACCESSED,
    ),
    Part(
        "export_total",
        "provincial_exports",
        ("economy/provincial_exports_2007/exports_2007.csv",),
        2007,
        ACCESSED,
    ),
    Part(
        "sector_emission",
        "reas",
        (REAS_ARCHIVE,),
        2007,
        ACCESSED,
        note="Provincial totals by sector for 2007 and seven species alone.",
    ),
    Part(
        "subsector_emission",
        "gains",
        GAINS_FILES,
        2005,
        ACCESSED,
        note="Region CHIN_PLUS alone, every five years 1990-2050; 2007 lies between two.",
    ),
    Part(
        "emission_proxy",
        "ceads_co2",
        ("economy/ceads_co2_provincial/Emission_Inventories_for_30_Provinces_2007.xlsx",),
        2007,
        ACCESSED,
        keep=pl.col("component").is_in(["raw_coal", "process", "scope1_total"]),
        note="Raw coal, process and scope 1 total alone, as a proxy for shares.",
    ),
    Part(
        "population",
        "census",
        (
            "air/population/tudigong_population_2020_census_county.csv",
            "air/population/tudigong_counties-geo.topojson",
        ),
        2020,
        ACCESSED,
        note=(
            "The county figures sum to 1,409,878,724, 100,000 above the official total of the 31 "
            "provinces; the excess is in Inner Mongolia. Kinmen, not covered, is left out."
        ),
    ),
    Part(
        "population_total",
        "provincial_panel",
        ("economy/provincial_panel_1998_2019/provincial_panel.csv",),
        2007,
        ACCESSED,
    ),
    *AIR_PARTS,
    # open-2011 takes its ages and rates from here.
    *health_parts((2007, 2011)),
)
OPEN_2017: tuple[Part, ...] = (*ECONOMY_2017, *EMISSION_2017, *health_parts((2017,)))
OPEN_2012: tuple[Part, ...] = (*ECONOMY_2012, *EMISSION_2012, *health_parts((2012,)))
BUNDLES = {
    ("open_2007", 2007): OPEN_2007,
    ("open_2012", 2012): OPEN_2012,
    ("open_2017", 2017): OPEN_2017,
    ("air_quality", 2018): AIR_QUALITY,
    ("air_cities", 2025): AIR_CITIES,
}


def read_part(part: Part, year: int, originals: Path) -> pl.DataFrame:
    """The rows of one part. Raises InputError when an original is missing or damaged."""
    paths = [originals / name for name in part.originals]
    frame = READERS[part.reader].read(paths, part.role, part.read_year or year)
    kept = frame if part.keep is None else frame.filter(part.keep)
    if part.coded:
        kept = _by_code(kept)
    return kept if part.shortened is None else kept.with_columns(part.shortened)


def _by_code(frame: pl.DataFrame) -> pl.DataFrame:
    """Cities by their code. Raises InputError for a name that the seed does not know."""
    seed = pl.read_csv(CITY_NAMES, schema_overrides={"city": pl.String})
    codes = dict(zip(seed["alias"], seed["city"], strict=True))
    unknown = sorted(set(frame["place"]) - set(codes))
    if unknown:
        raise InputError(
            "A city is not known.",
            file=CITY_NAMES,
            column="alias",
            found=", ".join(unknown),
            expected="every city of the originals",
            remedy="Add it to seeds/air/city.csv and seeds/air/city_alias.csv, and say how it counts.",
        )
    return frame.with_columns(pl.col("place").replace_strict(codes, return_dtype=pl.String))


def bundled_table(role: str, frames: Sequence[pl.DataFrame], file: str) -> pl.DataFrame:
    """The parts of a role as one validated table, sorted by its key."""
    contract = CONTRACTS[role]
    return validate(pl.concat(frames), contract, file=file).sort(contract.key)


def write_bundle(name: str, year: int, originals: Path, bundled: Path = BUNDLED) -> list[Path]:
    """Writes every role of a bundle and its manifest; returns the Parquet files.

    Raises InputError when an original is missing, damaged or breaks the role's contract.
    """
    folder = bundled / name
    folder.mkdir(parents=True, exist_ok=True)
    parts_of: dict[str, list[Part]] = {}
    for part in BUNDLES[name, year]:
        parts_of.setdefault(part.role, []).append(part)
    entries = {}
    for role, parts in parts_of.items():
        path = folder / f"{role}.parquet"
        frames = [read_part(part, year, originals) for part in parts]
        table = bundled_table(role, frames, str(path))
        table.write_parquet(
            path, compression="zstd", compression_level=19, row_group_size=_ROWS_PER_GROUP
        )
        sources = [
            _source(part, frame.height, originals)
            for part, frame in zip(parts, frames, strict=True)
        ]
        entries[path.name] = Entry(
            role=role, rows=table.height, sha256=sha256_of(path), sources=tuple(sources)
        )
    write_manifest(folder, entries)
    return [folder / file for file in entries]


def _source(part: Part, rows: int, originals: Path) -> Source:
    publication = READERS[part.reader].publication
    return Source(
        reader=part.reader,
        **asdict(publication),
        note=part.note,
        accessed=date.fromisoformat(part.accessed),
        vintage_year=part.vintage_year,
        rows=rows,
        originals=tuple(
            Original(file=path.name, sha256=sha256_of(path), bytes=bytes_of(path))
            for path in (originals / name for name in part.originals)
        ),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: rewrites every bundle, or the one asked for, and prints what it wrote."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.bundle", description=__doc__)
    parser.add_argument("--from", dest="originals", type=Path, required=True)
    parser.add_argument("--to", dest="bundled", type=Path, default=BUNDLED)
    parser.add_argument("--only", choices=[name for name, _ in BUNDLES])
    options = parser.parse_args(arguments)
    for name, year in BUNDLES:
        if options.only not in (None, name):
            continue
        for path in write_bundle(name, year, options.originals, options.bundled):
            rows = pl.scan_parquet(path).select(pl.len()).collect().item()
            print(f"{path.name:32} {rows:>9,} rows {path.stat().st_size:>11,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

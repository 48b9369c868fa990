"""Rewrites the data that tradeplume ships from the publishers' originals.

    python -m warehouse.bundle --from <folder of originals>

Each role of each bundled edition is read by its genuine reader, cut to what may be bundled, checked
against its contract, and written as Parquet with sorted rows: the same originals give the same
bytes. SOURCES.yml beside the files says whose figures they are.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import READERS

BUNDLED = Path(__file__).with_name("bundled")
MANIFEST = "SOURCES.yml"
_HEADER = """\
# Whose figures these files hold. Written by `python -m warehouse.bundle`; do not edit by hand.
# accessed: the day the original was taken from its publisher or keeper.
"""
_GAINS = "air/emissions_ceds_inputs/GAINS/Global by region-detail_emf30_{}_wSE.csv"


@dataclass(frozen=True)
class Part:
    """Originals that one reader turns into rows of a role.

    originals: relative to the folder of originals.  vintage_year: the year the figures describe.
    keep: the rows that may be bundled (None: all), and why in ``note``.
    """

    role: str
    reader: str
    originals: tuple[str, ...]
    vintage_year: int
    accessed: str
    keep: pl.Expr | None = None
    note: str = ""


OPEN_2007: tuple[Part, ...] = (
    Part("global_table", "wiod", ("economy/wiod_2013release/wiod07.rda",), 2007, "2026-11-21"),
    Part(
        "provincial_table",
        "provincial_io_2007",
        ("economy/zhangda_provIO_2007/ChinaIO.xls",),
        2007,
        "2026-11-21",
    ),
    Part(
        "export_total",
        "provincial_panel",
        ("economy/provincial_panel_1998_2019/provincial_panel.csv",),
        2007,
        "2026-11-21",
    ),
    Part(
        "export_total",
        "provincial_exports",
        ("economy/provincial_exports_2007/exports_2007.csv",),
        2007,
        "2026-11-21",
    ),
    Part(
        "sector_emission",
        "reas",
        ("air/emissions_ceds_inputs/REASv3.2_CHN_provinces.tar.gz",),
        2007,
        "2026-11-21",
        note="Provincial totals by sector for 2007 and seven species alone.",
    ),
    Part(
        "subsector_emission",
        "gains",
        tuple(_GAINS.format(name) for name in ("BC", "CO", "NH3", "NOx", "OC", "SO2_v2")),
        2007,
        "2026-11-21",
        note="Region CHIN_PLUS alone; every five years 1990-2050.",
    ),
    Part(
        "emission_proxy",
        "ceads_co2",
        ("economy/ceads_co2_provincial/Emission_Inventories_for_30_Provinces_2007.xlsx",),
        2007,
        "2026-11-21",
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
        "2026-11-21",
    ),
    Part(
        "population_total",
        "provincial_panel",
        ("economy/provincial_panel_1998_2019/provincial_panel.csv",),
        2007,
        "2026-11-21",
    ),
)
BUNDLES = {("open_2007", 2007): OPEN_2007}


def build_role(parts: Sequence[Part], role: str, year: int, originals: Path) -> pl.DataFrame:
    """The bundled table of a role, validated and sorted by its key.

    Raises InputError when an original is missing or breaks its layout or the contract.
    """
    contract = CONTRACTS[role]
    frames = []
    for part in (part for part in parts if part.role == role):
        paths = [originals / name for name in part.originals]
        frame = READERS[part.reader].read(paths, role, year)
        frames.append(frame if part.keep is None else frame.filter(part.keep))
    files = ", ".join(name for part in parts if part.role == role for name in part.originals)
    return validate(pl.concat(frames), contract, file=files).sort(contract.key)


def write_bundle(name: str, year: int, originals: Path, bundled: Path = BUNDLED) -> list[Path]:
    """Writes every role of a bundle and its manifest; returns the Parquet files."""
    parts = BUNDLES[name, year]
    folder = bundled / name
    folder.mkdir(parents=True, exist_ok=True)
    written, manifest = [], {}
    for role in dict.fromkeys(part.role for part in parts):
        frame = build_role(parts, role, year, originals)
        path = folder / f"{role}.parquet"
        frame.write_parquet(
            path, compression="zstd", compression_level=19, statistics=True, row_group_size=1 << 20
        )
        written.append(path)
        manifest[path.name] = {
            "role": role,
            "rows": frame.height,
            "sha256": sha256_of(path),
            "sources": [_source(part, originals) for part in parts if part.role == role],
        }
    text = yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=110)
    (folder / MANIFEST).write_text(_HEADER + text, encoding="utf-8")
    return written


def sha256_of(path: Path) -> str:
    """The file's SHA-256 as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _source(part: Part, originals: Path) -> dict[str, Any]:
    publication = READERS[part.reader].publication
    if publication is None:
        raise InputError(f"Reader {part.reader} names no publisher; it cannot be bundled.")
    return {
        "reader": part.reader,
        "producer": publication.producer,
        "title": publication.title,
        "citation": publication.citation,
        "licence": publication.licence,
        "terms_of_use": publication.terms_of_use,
        "note": part.note,
        "accessed": part.accessed,
        "vintage_year": part.vintage_year,
        "originals": [
            {
                "file": Path(name).name,
                "sha256": sha256_of(originals / name),
                "bytes": (originals / name).stat().st_size,
            }
            for name in part.originals
        ],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: rewrites every bundle and prints what it wrote."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.bundle", description=__doc__)
    parser.add_argument("--from", dest="originals", type=Path, required=True)
    parser.add_argument("--to", dest="bundled", type=Path, default=BUNDLED)
    options = parser.parse_args(arguments)
    for name, year in BUNDLES:
        for path in write_bundle(name, year, options.originals, options.bundled):
            rows = pl.scan_parquet(path).select(pl.len()).collect().item()
            print(f"{path.name:32} {rows:>9,} rows {path.stat().st_size:>11,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""CEDS by province of China: emissions by eight sectors, 2000 to 2022, kt a year, cut from CEDS's grids by CREA.

A table ``ceds_provincial_chn_<first>_<last>_kt.csv.gz`` (GID_1, NAME_1, year, pollutant, emission, sector). Hong
Kong, Macau and species that are not ours are left out. There is no primary PM2.5 in it. The shares of provinces
follow the grids' proxies, not provincial statistics: a second inventory, not the first.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    readable,
    role_frame,
    single_file,
)

NAME = "ceds_province"
SPECIES = ("SO2", "NOx", "CO", "NH3", "BC", "OC")
NOT_PROVINCES = frozenset({"Hong Kong", "Macau"})
SECTORS = frozenset(
    {
        "Agriculture",
        "Energy Sector",
        "Industrial Sector",
        "Transportation Sector",
        "Residential, Commercial, Other",
        "Solvents Production and Application",
        "Waste",
        "International Shipping",
    }
)
COLUMNS = ("GID_1", "NAME_1", "year", "pollutant", "emission", "sector")
_FILE = re.compile(r"ceds_provincial_chn_\d{4}_\d{4}_kt\.csv\.gz$")
_KT_TO_T = 1000.0
_HIGHEST_KT = 1e5

PUBLICATION = Publication(
    producer="CEDS (JGCRI/PNNL); cut to provinces by the Centre for Research on Energy and Clean Air (CREA)",
    title="Community Emissions Data System v_2024_07_08, China by province and sector, 2000-2022",
    citation=(
        "Hoesly, R. M. et al. (2018): Historical (1750-2014) anthropogenic emissions of reactive gases "
        "and aerosols from CEDS. Geoscientific Model Development 11, 369-408. "
        "doi:10.5194/gmd-11-369-2018; McDuffie, E. E. et al. (2020): Earth System Science Data 12, "
        "3413-3442. doi:10.5194/essd-12-3413-2020; creaemission (CREA)"
    ),
    licence="CEDS: open, with citation; creaemission: MIT",
    terms_of_use="Cite Hoesly et al. (2018) and McDuffie et al. (2020). Shares of provinces follow proxies.",
)


def read(paths: Sequence[Path], role: str, year: int) -> pl.DataFrame:
    """Emission of one year in t by province, sector and the six species.

    Raises InputError for a damaged file, another heading, an unknown province or sector, a year
    or a province without rows, or a cell that is not an emission.
    """
    path = single_file(paths, NAME)
    rows = [row for row in _records(path) if row["year"] == str(year)]
    found = {(province_of_any_name(row["NAME_1"]), row["pollutant"]) for row in rows}
    missing = sorted(
        f"{code} {species}"
        for code in PROVINCES
        for species in SPECIES
        if (code, species) not in found
    )
    if missing:
        raise InputError(
            "The file lacks rows of the year.",
            file=path,
            column="year",
            found=f"{len(missing)} provinces and species without any ({missing[0]} first)",
            expected=f"{len(PROVINCES)} provinces and {len(SPECIES)} species in {year}",
            remedy="Take a year that the file has, or copy the file again.",
        )
    return role_frame(
        (
            (
                province_of_any_name(row["NAME_1"]),
                row["sector"],
                row["pollutant"],
                _KT_TO_T * _emission(row, path),
            )
            for row in rows
        ),
        role,
    )


def recognises(path: Path) -> bool:
    """A file named as CREA names it."""
    return _FILE.search(path.name) is not None and first_bytes(path, 2) == b"\x1f\x8b"


def _records(path: Path) -> Iterator[Mapping[str, str]]:
    """The rows of provinces and of our species."""
    try:
        text = gzip.decompress(readable(path).read_bytes()).decode("utf-8-sig")
    except (*UNPACKING, UnicodeDecodeError) as error:
        raise broken(path, "a gzipped CSV in UTF-8", error) from error
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError(
            "The heading is not the publisher's.",
            file=path,
            row="heading",
            found=", ".join(reader.fieldnames or ()) or "no heading",
            expected=", ".join(COLUMNS),
            remedy="Copy or download the file again.",
        )
    for line, row in enumerate(reader, start=2):
        known = row["NAME_1"] in NOT_PROVINCES or province_of_any_name(row["NAME_1"])
        if not known or row["sector"] not in SECTORS:
            raise InputError(
                "A row names no province or sector of the publisher.",
                file=path,
                row=f"line {line}",
                found=f"{row['NAME_1']}, {row['sector']}",
                expected="China's provinces; the eight sectors of CEDS",
                remedy="Copy or download the file again.",
            )
        if row["NAME_1"] not in NOT_PROVINCES and row["pollutant"] in SPECIES:
            yield row


def _emission(row: Mapping[str, str], path: Path) -> float:
    place = f"{row['NAME_1']}, {row['sector']}, {row['pollutant']}, {row['year']}"
    value = number(row["emission"], file=path, row=place, column="emission", unit="kt")
    if not 0 <= value < _HIGHEST_KT:
        raise InputError(
            "A figure cannot be an emission in kt.",
            file=path,
            row=place,
            column="emission",
            found=f"{value:g}",
            expected=f"0 to {_HIGHEST_KT:g} kt",
            remedy="Restore the published figure.",
        )
    return value


READER = Reader(
    name=NAME,
    roles=("alternative_emission",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)

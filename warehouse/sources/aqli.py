"""AQLI: PM2.5 of provinces from satellites, weighted by people, a column a year from 1998 on.

The index's table of first-level units of the world (``gadm1_<year>_wide.csv``, also gzipped): ``id, name,
name0, population, pm1998 .. pm2023`` (ug/m3), then life-years. China's lines alone are read. Weights are the
people of the release's last year, in every year. Releases differ in their level by a fifth and more: for the
role of several series the release is part of the series' name, so that two of them can stand side by side.
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
from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.province_names import province_of_any_name
from warehouse.sources.air_files import heading
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

NAME = "aqli"
SERIES, SATELLITE = "observed_series", "satellite_pm25"
COUNTRY = "China"
POLLUTANT = "PM2.5"
NOT_PROVINCES = frozenset({"Hong Kong", "HongKong", "Macau", "Macao"})
_COLUMNS = frozenset({"name", "name0"})
_COLUMN = re.compile(r"pm((?:19|20)\d\d)")
_FILE = re.compile(r"gadm1_((?:19|20)\d\d)_wide\.csv(?:\.gz)?$")
_HIGHEST_UG_M3 = 300.0

PUBLICATION = Publication(
    producer="Energy Policy Institute at the University of Chicago (EPIC)",
    title="Air Quality Life Index (AQLI), PM2.5 by first-level unit from satellites, weighted by people",
    citation=(
        "Air Quality Life Index (AQLI) by the Energy Policy Institute at the University of Chicago, "
        "https://aqli.epic.uchicago.edu/; Van Donkelaar, A. et al. (2021): Environmental Science & "
        "Technology 55, 15287-15300. doi:10.1021/acs.est.1c05309"
    ),
    licence="CC BY 4.0",
    terms_of_use="Cite AQLI and Van Donkelaar et al. (2021). Releases differ in level.",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Annual means in ug/m3 by province, all years of the file.

    As role observed_series the rows carry the series ``aqli_<release>``.  Raises InputError for a damaged
    file, another heading, a province that is missing or unknown, a cell that is not a concentration, or
    (observed_series) a file name without the release.
    """
    path = single_file(paths, NAME)
    if role == SATELLITE:
        rows: Iterator[tuple[object, ...]] = _means(path)
    else:
        series = f"{NAME}_{_release(path)}"
        rows = (
            (province, series, POLLUTANT, year, value) for province, year, value in _means(path)
        )
    return role_frame(rows, role).sort(CONTRACTS[role].key)


def recognises(path: Path) -> bool:
    """A file named as the publisher names it, or a table headed so."""
    if not path.is_file():
        return False
    if _FILE.search(path.name) is not None:
        return bool(first_bytes(path, 1))
    names = heading(path)
    return set(names) >= _COLUMNS and any(_COLUMN.fullmatch(name) for name in names)


def _release(path: Path) -> str:
    found = _FILE.search(path.name)
    if found is None:
        raise InputError(
            "The file's name does not say the release.",
            file=path,
            found=path.name,
            expected="gadm1_<year>_wide.csv or .csv.gz",
            remedy="Give the file the publisher's name.",
        )
    return found[1]


def _means(path: Path) -> Iterator[tuple[str, int, float]]:
    """Province, year and concentration in ug/m3."""
    rows = list(csv.DictReader(io.StringIO(_text(path))))
    names = list(rows[0]) if rows else []
    years = [int(found[1]) for found in map(_COLUMN.fullmatch, names) if found]
    if not years or not set(names) >= _COLUMNS:
        raise InputError(
            "The heading is not the publisher's.",
            file=path,
            row="heading",
            found=", ".join(names[:8]) or "no heading",
            expected="name, name0, pm<year>",
            remedy="Copy or download the file again.",
        )
    ours = [row for row in rows if row["name0"] == COUNTRY and row["name"] not in NOT_PROVINCES]
    provinces = [province_of_any_name(row["name"]) for row in ours]
    unknown = [row["name"] for row, code in zip(ours, provinces, strict=True) if code is None]
    lacking = sorted(PROVINCES - {code for code in provinces if code})
    if unknown or lacking:
        said = [f"unknown: {', '.join(unknown)}"] if unknown else []
        said += [f"no line for {', '.join(lacking)}"] if lacking else []
        raise InputError(
            "The rows of China are not its 31 provinces.",
            file=path,
            column="name",
            found="; ".join(said),
            expected="names of 31 provinces",
            remedy="Copy or download the file again.",
        )
    for row, province in zip(ours, provinces, strict=True):
        if province is not None:
            for year in years:
                yield province, year, _concentration(row, year, path)


def _text(path: Path) -> str:
    try:
        content = readable(path).read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    except (*UNPACKING, UnicodeDecodeError) as error:
        raise broken(path, "CSV in UTF-8, perhaps gzipped", error) from error


def _concentration(row: Mapping[str, str], year: int, path: Path) -> float:
    column = f"pm{year}"
    value = number(row[column], file=path, row=row["name"], column=column, unit="ug/m3")
    if not 0 < value < _HIGHEST_UG_M3:
        raise InputError(
            "A yearly mean cannot be a concentration.",
            file=path,
            row=row["name"],
            column=column,
            found=f"{value:g}",
            expected=f"above 0 and below {_HIGHEST_UG_M3:g} ug/m3",
            remedy="Restore the published figure.",
        )
    return value


READER = Reader(
    name=NAME,
    roles=(SERIES, SATELLITE),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    vintage_year=2023,
)

"""CAQRA by city and month as means over people: what the residents of a province breathe.

Four files, known by their names:

- ``*city_month*.json.gz``: city to pollutant to 72 months from January 2013, ug/m3 (CO mg/m3).
- ``*province_detail.json``: the four municipalities, which the cities lack (reader ``caqra_province``).
- ``cn_city.csv``: cities with their codes of administrative divisions.
- ``*ghsl_county.csv``: residents and density of counties, by code.

``people``: cities weighted by residents. ``dense``: the same of cities above DENSE_PERSONS_PER_KM2 alone.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from polars import DataFrame

from warehouse.codes import PROVINCE_OF_DIVISION
from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.sources import caqra_province
from warehouse.sources.base import (
    Reader,
    broken,
    csv_records,
    first_bytes,
    number,
    one_of_each,
    readable,
    role_frame,
)

NAME = "caqra_city"
FIRST_YEAR, MONTHS = 2013, 72
DENSE_PERSONS_PER_KM2 = 500.0
"""A city is densely populated above this; the paper does not say its own bound."""
MUNICIPALITIES = {"CN-BJ": "1101", "CN-TJ": "1201", "CN-SH": "3101", "CN-CQ": "5001"}
COVERAGES: Mapping[str, float] = {"people": 0.0, "dense": DENSE_PERSONS_PER_KM2}
"""Coverage to the least density of a city, persons/km2."""
Key = tuple[str, int, int]
"""Pollutant, year, month."""


@dataclass(frozen=True)
class City:
    """Residents and density of a city, by its code of four digits."""

    province: str
    persons: float
    persons_per_km2: float


def read(paths: Sequence[Path], role: str, year: int) -> DataFrame:
    """Monthly means over people by province in ug/m3, all years of the files.

    Raises InputError when a file is missing or damaged, or a series has not 72 months.
    """
    files = _files(paths)
    cities = _cities(files["residents"])
    series = _by_code(files, cities)
    for province, key, value in _municipalities(files["provinces"], role, year):
        series.setdefault(MUNICIPALITIES[province], {})[key] = value
    rows = []
    for coverage, least in COVERAGES.items():
        sums: dict[tuple[str, Key], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for code, values in series.items():
            city = cities[code]
            if city.persons_per_km2 < least:
                continue
            for key, value in values.items():
                total = sums[city.province, key]
                total[0] += city.persons * value
                total[1] += city.persons
        rows += [(place, coverage, *key, up / down) for (place, key), (up, down) in sums.items()]
    return role_frame(sorted(rows), role)


def observed_cities(paths: Sequence[Path]) -> Mapping[str, City]:
    """The cities whose means ``read`` puts together, municipalities included, by code of four digits."""
    files = _files(paths)
    cities = _cities(files["residents"])
    codes = {*_by_code(files, cities), *MUNICIPALITIES.values()}
    return {code: cities[code] for code in sorted(codes)}


def _by_code(files: Mapping[str, Path], cities: Mapping[str, City]) -> dict[str, dict[Key, float]]:
    """Values of the cities that have residents, without the municipalities, by code."""
    codes = {
        record["city_name"]: record["city_adcode"][:4]
        for record in csv_records(files["codes"], ("city_name", "city_adcode"))
    }
    return {
        codes[name]: values
        for name, values in _series(files["months"])
        if codes.get(name) in cities and codes[name] not in MUNICIPALITIES.values()
    }


def _municipalities(path: Path, role: str, year: int) -> Iterator[tuple[str, Key, float]]:
    area = caqra_province.read([path], role, year)
    for province, _, pollutant, when, month, value in area.iter_rows():
        if province in MUNICIPALITIES:
            yield province, (pollutant, when, month), value


def _series(path: Path) -> Iterator[tuple[str, dict[Key, float]]]:
    """Name of each city, and its values in ug/m3."""
    try:
        content = json.loads(gzip.decompress(readable(path).read_bytes()))
        cities = list(content.items())
    except (*UNPACKING, ValueError, AttributeError) as error:
        raise broken(path, "gzipped JSON of cities", error) from error
    for name, by_pollutant in cities:
        values: dict[Key, float] = {}
        for pollutant, factor in caqra_province.UNIT_FACTOR.items():
            months = by_pollutant.get(pollutant, ())
            if len(months) != MONTHS:
                raise InputError(
                    "A city's series is not whole.",
                    file=path,
                    row=name,
                    column=pollutant,
                    found=f"{len(months)} months",
                    expected=f"{MONTHS} months from January {FIRST_YEAR}",
                    remedy="Copy or download the file again.",
                )
            for place, cell in enumerate(months):
                value = number(cell, file=path, row=name, column=pollutant, unit="ug/m3")
                values[pollutant, FIRST_YEAR + place // 12, place % 12 + 1] = factor * value
        yield name, values


def _cities(path: Path) -> Mapping[str, City]:
    """Counties summed to cities: persons, and persons over the area that their densities say."""
    persons: dict[str, float] = defaultdict(float)
    area: dict[str, float] = defaultdict(float)
    columns = ("CODE", "GHSL_POP", "GHSL_POP_DENS")
    for place, record in enumerate(csv_records(path, columns), start=1):
        counted, density = (
            number(record[name] or 0, file=path, row=place, column=name, unit="persons")
            for name in columns[1:]
        )
        if counted > 0 and density > 0:
            code = city_code(record["CODE"].strip())
            persons[code] += counted
            area[code] += counted / density
    return {
        code: City(PROVINCE_OF_DIVISION[code[:2]], total, total / area[code])
        for code, total in persons.items()
        if code[:2] in PROVINCE_OF_DIVISION
    }


def city_code(county: str) -> str:
    """A county's city; Chongqing's counties (5002) belong to the municipality."""
    return "5001" if county.startswith("5002") else county[:4]


_NAMES: dict[str, Callable[[str], bool]] = {
    "months": lambda name: "city_month" in name and name.endswith(".json.gz"),
    "provinces": lambda name: name.endswith("province_detail.json"),
    "codes": lambda name: name.endswith("cn_city.csv"),
    "residents": lambda name: name.endswith("ghsl_county.csv"),
}


def _files(paths: Sequence[Path]) -> dict[str, Path]:
    return one_of_each(
        paths,
        _NAMES,
        "Means over people need four files, each once.",
        "cities by month, provinces by month, codes of cities, residents of counties",
    )


def recognises(path: Path) -> bool:
    """The file of cities by month; the three others have readers or uses of their own."""
    return _NAMES["months"](path.name) and first_bytes(path, 2) == b"\x1f\x8b"


READER = Reader(
    name=NAME,
    roles=("evaluation_observation",),
    read=read,
    recognises=recognises,
    publication=replace(
        caqra_province.PUBLICATION,
        title="CAQRA, Chinese air quality reanalysis 2013-2018, means over people by province and month",
        terms_of_use="Cite Kong et al. (2021). Cities weighted by residents (GHSL, CC BY 4.0), not stations.",
    ),
    max_files=4,
    vintage_year=2018,
)

"""Monthly weather of China from open data: FNOC winds and reanalysed weather of provinces and cities.

Six files, known by their names:

- ``monthly_navy_winds.cdf.gz``: FNOC monthly surface winds 1982-1992, 2.5 degrees, NetCDF 3.
- ``*province_detail.json``: CAQRA by province and month 2013-2018 (U, V, TEMP, RH).
- ``*year_city.json.gz``: CAQRA by city and year (U, V, TEMP, RH).
- ``*province_daily*.tar.gz``: CAQRA by province and day; daily winds give the variance.
- ``with_province_*_grid.csv.gz``: the provinces' cells, for the centres of provinces.
- ``cn_city.csv``: centres of cities.

Where a city or province is near, its wind counts; far from all of them FNOC's. Cities have yearly means:
their month is the year plus the province's departure from its own year.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.files import UNPACKING
from warehouse.sources.base import Publication, Reader, broken, first_bytes, one_of_each, readable

NAME = "open_climatology"
Field = NDArray[np.float64]

LONGITUDE = np.arange(69.0, 141.0 + 0.1, 1.25)
LATITUDE = np.arange(14.0, 56.0 + 0.1, 1.0)
NEAR_KM = 120.0
"""Distance within which a place's own weather dominates."""
FNOC_KM = 400.0
"""Distance from all places at which FNOC's wind counts as much as one place's."""
_KM_PER_DEGREE = 111.2
_NOT_MAINLAND = ("台湾", "香港", "澳门", "中华")
_ELEMENTS = {
    "U": "eastward_wind",
    "V": "northward_wind",
    "TEMP": "air_temperature",
    "RH": "relative_humidity",
}

PUBLICATION = Publication(
    producer=(
        "Institute of Atmospheric Physics, Chinese Academy of Sciences (CAQRA); US Navy FNOC and NOAA PMEL "
        "(winds)"
    ),
    title="Monthly climatology of wind, temperature and humidity over China",
    citation=(
        "Kong, L. et al. (2021): A 6-year-long (2013-2018) high-resolution air quality reanalysis dataset in "
        "China. Earth System Science Data 13, 529-570. doi:10.5194/essd-13-529-2021; FNOC monthly winds "
        "1982-1992, NOAA PMEL (Ferret data sets)"
    ),
    licence="CAQRA: cite; FNOC: US government work; derived fields of this project",
    terms_of_use="Cite Kong et al. (2021). Interpolated means, not the publishers' grids.",
)


@dataclass(frozen=True)
class _Place:
    """A province's or city's centre and its weather by element, (12,)."""

    longitude: float
    latitude: float
    monthly: Mapping[str, Field]


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Climatology by month on a 1.25 x 1 degree grid; any year.

    Raises InputError when one of the files is missing or damaged.
    """
    files = _files(paths)
    names = _read_json(files["provinces"])
    centres = _province_centres(files["mask"])
    provinces = _province_weather(names, centres, files["provinces"])
    cities = _city_weather(files["cities"], files["city_centres"], provinces)
    variance = _wind_variance(files["daily"])
    places = [*provinces.values(), *cities]
    fnoc_east, fnoc_north = _fnoc(files["fnoc"])
    lon, lat = np.meshgrid(LONGITUDE, LATITUDE)
    weight = _weights(lon, lat, places)
    far = 1.0 / (FNOC_KM**2 + NEAR_KM**2) ** 2
    frames = []
    for element, variable in _ELEMENTS.items():
        values = np.stack([place.monthly[element] for place in places])
        sums = np.einsum("pyx,pm->myx", weight, values)
        total = weight.sum(axis=0)
        if element in ("U", "V"):
            prior = fnoc_east if element == "U" else fnoc_north
            field = (sums + far * prior) / (total + far)
        else:
            field = sums / total
        frames.append(_long(variable, field, LONGITUDE, LATITUDE, 2))
    there = [province for province in provinces if province in variance]
    spread = _weights(lon, lat, [provinces[province] for province in there])
    field = np.einsum("pyx,pm->myx", spread, np.stack([variance[name] for name in there]))
    frames.append(_long("wind_variance", field / spread.sum(axis=0), LONGITUDE, LATITUDE, 2))
    return pl.concat(frames)


def recognises(path: Path) -> bool:
    """One of the six by its name."""
    return bool(first_bytes(path)) and any(matches(path.name) for matches in _NAMES.values())


_NAMES: dict[str, Callable[[str], bool]] = {
    "fnoc": lambda name: name.endswith("monthly_navy_winds.cdf.gz"),
    "provinces": lambda name: name.endswith("province_detail.json"),
    "cities": lambda name: name.endswith("year_city.json.gz"),
    "daily": lambda name: "province_daily" in name and name.endswith(".tar.gz"),
    "mask": lambda name: "with_province_" in name and name.endswith("_grid.csv.gz"),
    "city_centres": lambda name: name.endswith("cn_city.csv"),
}


def _files(paths: Sequence[Path]) -> dict[str, Path]:
    return one_of_each(
        paths,
        _NAMES,
        "The climatology needs six files, each once.",
        "the files that docs/atmosphere.md lists",
    )


def _read_json(path: Path) -> Any:
    try:
        content = readable(path).read_bytes()
        return json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    except (*UNPACKING, ValueError) as error:
        raise broken(path, "JSON", error) from error


def _province_centres(path: Path) -> dict[str, tuple[float, float]]:
    """Mean of the cells of each province, by its name as written."""
    cells: dict[str, list[tuple[float, float]]] = defaultdict(list)
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
            for record in csv.DictReader(stream):
                if record["province"]:
                    cells[record["province"]].append((float(record["lon"]), float(record["lat"])))
    except (*UNPACKING, KeyError, ValueError) as error:
        raise broken(path, "gzipped CSV with lat, lon, province", error) from error
    return {name: tuple(np.mean(points, axis=0)) for name, points in cells.items()}


def _province_weather(
    records: Any, centres: Mapping[str, tuple[float, float]], path: Path
) -> dict[str, _Place]:
    sums: dict[str, dict[str, Field]] = defaultdict(lambda: {e: np.zeros(12) for e in _ELEMENTS})
    counts: dict[str, Field] = defaultdict(lambda: np.zeros(12))
    try:
        for record in records:
            name = record["city"]
            if record["month"] == "total" or name.startswith(_NOT_MAINLAND):
                continue
            month = int(record["month"]) - 1
            for element in _ELEMENTS:
                sums[name][element][month] += float(record[element])
            counts[name][month] += 1
        return {
            name: _Place(
                *centres[name], {e: field / counts[name] for e, field in by_element.items()}
            )
            for name, by_element in sums.items()
        }
    except (KeyError, TypeError, ValueError) as error:
        raise broken(path, "monthly records of provinces", error) from error


def _city_weather(path: Path, centres: Path, provinces: Mapping[str, _Place]) -> list[_Place]:
    """Cities that the list of centres knows; the province's departure from its year gives the months."""
    with centres.open(encoding="utf-8-sig", newline="") as stream:
        known = {row["city_name"]: row for row in csv.DictReader(stream)}
    places = []
    try:
        for entry in _read_json(path):
            (name, years), *_ = entry.items()
            where = known.get(name)
            province = provinces.get(where["province_name"]) if where else None
            if where is None or province is None:
                continue
            monthly = {}
            for element in _ELEMENTS:
                mean = np.mean([float(record[element]) for record in years.values()])
                course = province.monthly[element]
                monthly[element] = mean + course - course.mean()
            monthly["RH"] = np.clip(monthly["RH"], 5, 100)
            places.append(_Place(float(where["lon"]), float(where["lat"]), monthly))
    except (KeyError, TypeError, ValueError) as error:
        raise broken(path, "yearly records of cities", error) from error
    return places


def _wind_variance(path: Path) -> dict[str, Field]:
    """Variance of daily wind within a month, mean of both directions and six years, m2/s2."""
    months = pl.select(
        day=pl.date_range(pl.date(2013, 1, 1), pl.date(2018, 12, 31), "1d")
    ).with_columns(month=pl.col("day").dt.month(), block=pl.col("day").dt.strftime("%Y%m"))
    result = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = Path(member.name).stem
                if not member.name.endswith(".csv") or name.startswith(_NOT_MAINLAND):
                    continue
                stream = archive.extractfile(member)
                table = pl.read_csv(io.BytesIO(stream.read() if stream else b""))
                daily = pl.concat([months, table.select("U", "V")], how="horizontal")
                spread = (
                    daily.group_by("block", "month")
                    .agg(variance=(pl.col("U").var() + pl.col("V").var()) / 2)
                    .group_by("month")
                    .agg(pl.col("variance").mean())
                    .sort("month")
                )
                result[name] = spread["variance"].to_numpy()
    except (*UNPACKING, pl.exceptions.PolarsError) as error:
        raise broken(path, "an archive of daily tables", error) from error
    return result


def _fnoc(path: Path) -> tuple[Field, Field]:
    """Mean of the eleven years by month, on the climatology's grid, m/s: (12, ny, nx) each."""
    import xarray

    try:
        content = gzip.decompress(path.read_bytes())
        data = xarray.open_dataset(io.BytesIO(content), engine="scipy", decode_times=False)
        winds = []
        for name in ("UWND", "VWND"):
            field = data[name].where(data[name] > -99)
            monthly = field.values.reshape(-1, 12, *field.shape[1:]).mean(axis=0)
            coarse = xarray.DataArray(
                monthly,
                dims=("month", "lat", "lon"),
                coords={"lat": data["FNOCY"].values, "lon": data["FNOCX"].values},
            )
            winds.append(coarse.interp(lat=LATITUDE, lon=LONGITUDE).values)
    except (*UNPACKING, KeyError, ValueError, TypeError) as error:
        raise broken(path, "FNOC winds (gzipped NetCDF 3)", error) from error
    return winds[0], winds[1]


def _weights(lon: Field, lat: Field, places: Sequence[_Place]) -> Field:
    """Inverse fourth power of distance, flat within NEAR_KM: (places, ny, nx)."""
    result = np.empty((len(places), *lon.shape))
    for place, here in enumerate(places):
        east = (lon - here.longitude) * np.cos(np.radians(0.5 * (lat + here.latitude)))
        squared = (east**2 + (lat - here.latitude) ** 2) * _KM_PER_DEGREE**2
        result[place] = 1.0 / (squared + NEAR_KM**2) ** 2
    return result


def _long(
    variable: str, field: Field, longitude: Field, latitude: Field, digits: int
) -> pl.DataFrame:
    months, rows, columns = field.shape
    month, lat, lon = np.meshgrid(np.arange(1, months + 1), latitude, longitude, indexing="ij")
    return pl.DataFrame(
        {
            "variable": [variable] * (months * rows * columns),
            "month": month.ravel().astype(np.int64),
            "longitude": lon.ravel(),
            "latitude": lat.ravel(),
            "value": np.round(field, digits).ravel(),
        }
    )


READER = Reader(
    name=NAME,
    roles=("meteorology",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=6,
)

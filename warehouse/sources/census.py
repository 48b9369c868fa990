"""The 2020 census by county (NBS tabulation of 2022) with the centroids of the counties' polygons.

Two files: a CSV with the columns CODE, NAME and POPU, and a TopoJSON map in an Albers projection
whose object ``county`` has the property CODE. Both are those of the project Tudigong. Taiwan, Hong
Kong and Macao are not part of this census.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.codes import PROVINCE_OF_DIVISION
from warehouse.errors import InputError
from warehouse.sources.albers import Albers
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    csv_heading,
    csv_records,
    first_bytes,
    number,
    readable,
    role_frame,
)

NAME = "census"
YEAR = 2020
PROJECTION = Albers(latitude_1=24, latitude_2=48, latitude_0=36, longitude_0=104.5)
UNCOUNTED = {"350527": "Kinmen: on the map of counties, not covered by the census"}
"""Counties whose population is blank in the publication, each with the reason."""
_COLUMNS = ("CODE", "NAME", "POPU")

PUBLICATION = Publication(
    producer="National Bureau of Statistics of China",
    title="Tabulation on the 2020 China Population Census by County, with county centroids",
    citation=(
        "National Bureau of Statistics of China (2022): Tabulation on the 2020 China Population "
        "Census by County. China Statistics Press, Beijing. ISBN 978-7-5037-9772-9; boundaries: "
        "Cheng, R., CTAmap 1.30"
    ),
    licence="Official statistics; tabulation and map from github.com/thebamboogrove/tudigong (MIT)",
    terms_of_use="Name the National Bureau of Statistics. Boundaries are approximate.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Residents of each county (persons) at its centroid (degrees), whatever the edition's year.

    Raises InputError when one of the two files is missing or damaged, a county is on one of them
    alone, or a population is blank without a stated reason.
    """
    tables = [path for path in paths if path.suffix.lower() == ".csv"]
    maps = [path for path in paths if path.suffix.lower() in {".topojson", ".json"}]
    if len(tables) != 1 or len(maps) != 1 or len(paths) != 2:
        raise InputError(
            "The census needs its table and its map.",
            file=", ".join(str(path) for path in paths) or None,
            found=f"{len(tables)} CSV, {len(maps)} TopoJSON, {len(paths)} files",
            expected="one CSV and one TopoJSON",
            remedy="Put both files side by side, and nothing else.",
        )
    centroids = _centroids(maps[0])
    rows = []
    counted: set[str] = set()
    for place, record in enumerate(csv_records(tables[0], _COLUMNS), start=1):
        code = record["CODE"].strip()
        counted.add(code)
        if not record["POPU"].strip() and code in UNCOUNTED:
            continue
        persons = number(record["POPU"], file=tables[0], row=place, column="POPU", unit="persons")
        if code[:2] not in PROVINCE_OF_DIVISION or code not in centroids:
            raise InputError(
                "The county is not on the map, or in no province.",
                file=tables[0],
                row=place,
                column="CODE",
                found=code,
                expected=f"a code of {maps[0].name}",
                remedy="Take table and map of the same version.",
            )
        longitude, latitude = centroids[code]
        rows.append((code, PROVINCE_OF_DIVISION[code[:2]], longitude, latitude, persons))
    absent = sorted(set(centroids) - counted)
    if absent:
        raise InputError(
            "Counties of the map are not in the table.",
            file=tables[0],
            column="CODE",
            found=f"{len(absent)} absent, {absent[0]} first",
            expected="every county of the map",
            remedy="Take table and map of the same version.",
        )
    return role_frame(rows, "population")


def recognises(path: Path) -> bool:
    """The table by its heading, or a TopoJSON map."""
    if path.suffix.lower() == ".csv":
        return set(_COLUMNS) <= set(csv_heading(path))
    start = first_bytes(path).decode("utf-8-sig", errors="replace")
    return start.lstrip().startswith('{"type":"Topology"')


def _centroids(path: Path) -> dict[str, tuple[float, float]]:
    """County code to longitude and latitude of its centroid."""
    try:
        topology = json.loads(readable(path).read_text(encoding="utf-8"))
        scale = np.array(topology["transform"]["scale"], dtype=float)
        translate = np.array(topology["transform"]["translate"], dtype=float)
        arcs = [
            np.cumsum(np.array(arc, dtype=float), axis=0) * scale + translate
            for arc in topology["arcs"]
        ]
        counties = topology["objects"]["county"]["geometries"]
        centroids = {
            str(county["properties"]["CODE"]): _place(*_centroid(county, arcs))
            for county in counties
        }
    except (ValueError, KeyError, IndexError, TypeError, ZeroDivisionError) as error:
        raise broken(path, "TopoJSON with an object `county`", error) from error
    if len(centroids) != len(counties):
        raise InputError(
            "A county is on the map twice.",
            file=path,
            column="CODE",
            found=f"{len(counties)} counties, {len(centroids)} codes",
            expected="every code once",
            remedy="Copy or download the map again.",
        )
    return centroids


def _place(x_m: float, y_m: float) -> tuple[float, float]:
    """Longitude and latitude to a millionth of a degree (0.1 m), alike on every machine."""
    longitude, latitude = PROJECTION.geographic(x_m, y_m)
    return round(longitude, 6), round(latitude, 6)


def _centroid(county: dict[str, Any], arcs: list[NDArray[np.float64]]) -> tuple[float, float]:
    """Centroid in the map's plane, which keeps areas; holes count negative."""
    polygons = {"Polygon": [county["arcs"]], "MultiPolygon": county["arcs"]}[county["type"]]
    total = np.zeros(3)
    for polygon in polygons:
        for position, ring in enumerate(polygon):
            total += _moments(_ring(ring, arcs)) * (1 if position == 0 else -1)
    area, x, y = total
    if area == 0:
        raise ZeroDivisionError(f"county {county['properties']['CODE']} has no area")
    return float(x / area), float(y / area)


def _ring(indices: Sequence[int], arcs: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The points of a ring: its arcs one after another, ~i meaning arc i backwards."""
    parts = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in indices]
    return np.concatenate([parts[0], *[part[1:] for part in parts[1:]]])


def _moments(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Area and first moments of a closed ring (shoelace), the area taken as positive."""
    x, y = points[:, 0], points[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    area = cross.sum() / 2
    x_moment = ((x[:-1] + x[1:]) * cross).sum() / 6
    y_moment = ((y[:-1] + y[1:]) * cross).sum() / 6
    return np.array([area, x_moment, y_moment]) * (1.0 if area >= 0 else -1.0)


READER = Reader(
    name=NAME,
    roles=("population",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=2,
    vintage_year=YEAR,
)

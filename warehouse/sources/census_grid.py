"""The 2020 census by county laid on the nested grid: who lives in which cell of which province.

The files are those of the reader ``census``: a CSV with CODE, POPU and POPU_URB, and the TopoJSON map
of the counties. A county's residents are spread evenly over its area, so that every county's total is
kept; areas are exact overlaps of polygons in the map's equal-area projection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse import nested_grid
from warehouse.codes import PROVINCE_OF_DIVISION
from warehouse.errors import InputError
from warehouse.sources import census
from warehouse.sources.base import Publication, Reader, broken, csv_records, number, readable

NAME = "census_grid"
UNCOUNTED_URBAN_SHARE = 0.0
BEYOND = {"460302": "Nansha: islands south of the grid; their residents stay out of the cells"}
"""Counties that no cell touches, each with the reason."""
_M2_PER_KM2 = 1e6

PUBLICATION = Publication(
    producer=census.PUBLICATION.producer,
    title="Tabulation on the 2020 China Population Census by County, laid on a 0.3125 x 0.25 degree grid",
    citation=census.PUBLICATION.citation,
    licence=census.PUBLICATION.licence,
    terms_of_use=census.PUBLICATION.terms_of_use,
)


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Area (km2), residents and rural residents of every cell and province, whatever the edition's year.

    Raises InputError as the reader ``census`` does, for a share of urban residents outside 0 to 1,
    and for a county that lies outside every cell.
    """
    residents = census.read(paths, "population", year)
    table = next(path for path in paths if path.suffix.lower() == ".csv")
    chart = next(path for path in paths if path.suffix.lower() != ".csv")
    urban = _urban_share(table)
    people = dict(zip(residents["place_code"], residents["population_persons"], strict=True))
    parts: list[pl.DataFrame] = []
    for code, places, area in county_areas(chart):
        share = area / area.sum()
        persons = people.get(code, 0.0)
        parts.append(
            pl.DataFrame(
                {
                    "province": PROVINCE_OF_DIVISION[code[:2]],
                    "cell": places,
                    "area_km2": area / _M2_PER_KM2,
                    "population_persons": share * persons,
                    "rural_population_persons": share
                    * persons
                    * (1 - urban.get(code, UNCOUNTED_URBAN_SHARE)),
                }
            )
        )
    longitude, latitude = nested_grid.longitudes(), nested_grid.latitudes()
    return (
        pl.concat(parts)
        .group_by("province", "cell")
        .sum()
        .filter(pl.col("area_km2") > 0)
        .sort("province", "cell")
        .with_columns(
            pl.col("cell")
            .map_elements(
                lambda cell: longitude[cell % nested_grid.COLUMNS], return_dtype=pl.Float64
            )
            .alias("longitude"),
            pl.col("cell")
            .map_elements(
                lambda cell: latitude[cell // nested_grid.COLUMNS], return_dtype=pl.Float64
            )
            .alias("latitude"),
        )
        .select(
            "province",
            "longitude",
            "latitude",
            "area_km2",
            "population_persons",
            "rural_population_persons",
        )
    )


def county_areas(chart: Path) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.float64]]]:
    """Code of every county that cells of the grid touch, those cells, and its area in each, m2.

    Raises InputError for a county outside every cell that is not in BEYOND.
    """
    shapes = _polygons(chart)
    cells, cell_tree = _cells()
    for code, shape in shapes.items():
        places = cell_tree.query(shape, predicate="intersects")
        area = np.array([shape.intersection(cells[place]).area for place in places])
        if area.sum() <= 0 and code in BEYOND:
            continue
        if area.sum() <= 0:
            raise InputError(
                "A county lies outside every cell of the grid.",
                file=chart,
                column="CODE",
                found=code,
                expected="a county within 69.84 to 139.84 E and 14.875 to 54.875 N",
                remedy="Take the map of China's counties.",
            )
        yield code, places.astype(np.int64), area


def _urban_share(path: Path) -> dict[str, float]:
    """Share of urban residents by county; a blank one is left out."""
    shares = {}
    for place, record in enumerate(csv_records(path, ("CODE", "POPU_URB")), start=1):
        text = record["POPU_URB"].strip()
        if not text:
            continue
        share = number(text, file=path, row=place, column="POPU_URB", unit="share")
        if not 0 <= share <= 1:
            raise InputError(
                "A share of urban residents is not a share.",
                file=path,
                row=place,
                column="POPU_URB",
                found=text,
                expected="a number from 0 to 1",
                remedy="Restore the published figure.",
            )
        shares[record["CODE"].strip()] = share
    return shares


def _polygons(path: Path) -> dict[str, Any]:
    """County code to its polygon in the map's plane (metres), made valid."""
    import shapely

    try:
        topology = json.loads(readable(path).read_text(encoding="utf-8"))
        scale = np.array(topology["transform"]["scale"], dtype=float)
        translate = np.array(topology["transform"]["translate"], dtype=float)
        arcs = [
            np.cumsum(np.array(arc, dtype=float), axis=0) * scale + translate
            for arc in topology["arcs"]
        ]
        return {
            str(county["properties"]["CODE"]): shapely.make_valid(
                shapely.MultiPolygon([_polygon(parts, arcs) for parts in _parts(county)])
            )
            for county in topology["objects"]["county"]["geometries"]
        }
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise broken(path, "TopoJSON with an object `county`", error) from error


def _parts(county: dict[str, Any]) -> list[Any]:
    return list({"Polygon": [county["arcs"]], "MultiPolygon": county["arcs"]}[county["type"]])


def _polygon(rings: Sequence[Sequence[int]], arcs: list[NDArray[np.float64]]) -> Any:
    import shapely

    outer, *holes = [census.ring(indices, arcs) for indices in rings]
    return shapely.Polygon(outer, [hole for hole in holes if len(hole) > 3])


def _cells() -> tuple[Any, Any]:
    """The cells as quadrilaterals in the map's plane, in the grid's order, and a tree of them."""
    import shapely

    east = nested_grid.WEST + nested_grid.STEP_LONGITUDE * (
        np.arange(nested_grid.COLUMNS + 1) - 0.5
    )
    north = nested_grid.SOUTH + nested_grid.STEP_LATITUDE * (np.arange(nested_grid.ROWS + 1) - 0.5)
    corners = np.array([[census.PROJECTION.projected(x, y) for x in east] for y in north])
    rings = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1], corners[:-1, :-1]],
        axis=2,
    ).reshape(-1, 5, 2)
    cells = shapely.polygons(rings)
    return cells, shapely.STRtree(cells)


READER = Reader(
    name=NAME,
    roles=("grid_cell",),
    read=read,
    recognises=census.recognises,
    publication=PUBLICATION,
    max_files=2,
)

"""The outline of the provinces: whole, consistent, and of the right size."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from atlas.outline import OUTLINE, WITHOUT_DATA
from warehouse.codes import PROVINCE_OF_DIVISION
from warehouse.sources.census import PROJECTION

GRID_CELLS = Path(__file__).parents[2] / "warehouse/bundled/open_2007/grid_cell.parquet"


@pytest.fixture(scope="module")
def shapes() -> dict[str, shapely.MultiPolygon]:
    places = json.loads(OUTLINE.read_text(encoding="utf-8"))["features"]
    return {
        place["id"]: shapely.MultiPolygon(
            [(rings[0], rings[1:]) for rings in place["geometry"]["coordinates"]]
        )
        for place in places
    }


def area_km2(shape: shapely.MultiPolygon) -> float:
    flat = shapely.transform(
        shape, lambda points: np.array([PROJECTION.projected(x, y) for x, y in points])
    )
    return float(flat.area) / 1e6


def test_every_province_is_drawn_and_the_places_without_data_too(shapes) -> None:
    assert set(shapes) == {*PROVINCE_OF_DIVISION.values(), *WITHOUT_DATA.values()}
    assert len(shapes) == 34
    assert not any(shape.is_empty for shape in shapes.values())


def test_areas_are_those_of_the_census_map(shapes) -> None:
    areas = dict(pl.read_parquet(GRID_CELLS).group_by("province").agg(pl.sum("area_km2")).rows())
    assert len(areas) == 31
    drawn = {code: area_km2(shapes[code]) for code in areas}
    # Jiagedaqi and Songling count in Heilongjiang's census and lie in Inner Mongolia's outline.
    between = [code for code in areas if code in ("CN-HL", "CN-NM")]
    for figures in (areas, drawn):
        figures["both"] = sum(figures.pop(code) for code in between)
    # Simplified to 5 km: coasts and small municipalities lose most.
    off = {code: drawn[code] / area - 1 for code, area in areas.items()}
    assert {code: share for code, share in off.items() if abs(share) > 0.03} == {}


def test_neighbours_do_not_overlap(shapes) -> None:
    provinces = {code: shapely.make_valid(shapes[code]) for code in PROVINCE_OF_DIVISION.values()}
    overlaps = {
        (one, other): share
        for one, other in combinations(provinces, 2)
        if (share := provinces[one].intersection(provinces[other]).area / provinces[one].area)
        > 1e-3
    }
    assert overlaps == {}


def test_outer_rings_run_clockwise_as_the_map_needs_them(shapes) -> None:
    rings = [part.exterior for shape in shapes.values() for part in shape.geoms]
    assert not any(ring.is_ccw for ring in rings)

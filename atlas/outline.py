"""Rewrites the outline of the provinces that the maps draw, from its two open originals.

    python -m atlas.outline --provinces tudigong_counties-geo.topojson --world countries-50m.json

Every border is simplified once and the provinces are put together from the borders again, so that
neighbours keep sharing them; 0.01 degrees: good for a picture of the nation, not for measuring.
`assets/SOURCES.yml` says whose they are.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from warehouse.codes import PROVINCE_OF_DIVISION
from warehouse.sources import census

OUTLINE = Path(__file__).with_name("assets") / "provinces.json"
WITHOUT_DATA = {"Taiwan": "CN-TW", "Hong Kong": "CN-HK", "Macao": "CN-MO"}
"""Places of the world map that are drawn beside the provinces, as places without data."""
TOLERANCE_M = 5_000.0
SMALLEST_PART_M2 = 1_000e6
_SNAP_M = 100.0
_TOLERANCE_DEGREES = 0.02
_DECIMALS = 2

Point = Callable[[float, float], tuple[float, float]]


def outline(provinces: Path, world: Path) -> dict[str, Any]:
    """GeoJSON of 31 provinces, Taiwan, Hong Kong and Macao; ids are ISO 3166-2 codes.

    provinces: TopoJSON in the census map's projection, object `province`.  world: TopoJSON in degrees,
    object `countries`.  Exterior rings run clockwise, as d3 and Plotly expect them.
    """
    shapes = {
        PROVINCE_OF_DIVISION[str(code)[:2]]: shape
        for code, shape in _shapes(provinces, "province", "CODE").items()
    }
    features = [
        _feature(code, shape, census.PROJECTION.geographic)
        for code, shape in sorted(_simplified(shapes).items())
    ]
    others = _shapes(world, "countries", "name")
    features += [
        _feature(code, shapely.simplify(others[name], _TOLERANCE_DEGREES), lambda x, y: (x, y))
        for name, code in WITHOUT_DATA.items()
    ]
    return {"type": "FeatureCollection", "features": features}


def _shapes(path: Path, layer: str, key: str) -> dict[Any, Any]:
    """The polygons of a TopoJSON object, by one of their properties."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    scale = np.array(topology["transform"]["scale"], dtype=float)
    translate = np.array(topology["transform"]["translate"], dtype=float)
    arcs = [
        np.cumsum(np.array(arc, dtype=float), axis=0) * scale + translate
        for arc in topology["arcs"]
    ]
    return {
        place["properties"][key]: shapely.MultiPolygon([_polygon(rings, arcs) for rings in parts])
        for place in topology["objects"][layer]["geometries"]
        if (parts := _parts(place))
    }


def _parts(place: Mapping[str, Any]) -> list[Any]:
    if place.get("type") == "Polygon":
        return [place["arcs"]]
    return list(place["arcs"]) if place.get("type") == "MultiPolygon" else []


def _polygon(rings: Sequence[Sequence[int]], arcs: list[NDArray[np.float64]]) -> Any:
    outer, *holes = [census.ring(indices, arcs) for indices in rings]
    return shapely.Polygon(outer, [hole for hole in holes if len(hole) > 3])


def _simplified(shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Shapes whose shared borders are simplified once for both sides, without the smallest parts."""
    clean = {code: shapely.make_valid(shape, method="structure") for code, shape in shapes.items()}
    borders = shapely.line_merge(
        shapely.union_all([shapely.boundary(shape) for shape in clean.values()], grid_size=_SNAP_M)
    )
    fewer = shapely.union_all(shapely.simplify(shapely.get_parts(borders), TOLERANCE_M))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(fewer)))
    large = [face for face in faces if face.area >= SMALLEST_PART_M2]
    owned: dict[str, list[Any]] = {code: [] for code in clean}
    for face in large:
        shared = {code: shape.intersection(face).area for code, shape in clean.items()}
        owner = max(shared, key=lambda code: shared[code])
        if shared[owner] > face.area / 2:
            owned[owner].append(face)
    empty = [code for code, parts in owned.items() if not parts]
    if empty:
        raise ValueError(f"no face of the simplified map belongs to {', '.join(sorted(empty))}")
    return {code: shapely.MultiPolygon(parts) for code, parts in owned.items()}


def _feature(code: str, shape: Any, to_degrees: Point) -> dict[str, Any]:
    rings = [
        [_ring(part.exterior.coords, to_degrees, clockwise=True)]
        + [_ring(hole.coords, to_degrees, clockwise=False) for hole in part.interiors]
        for part in shapely.get_parts(shape)
    ]
    kept = [polygon for polygon in rings if len(polygon[0]) > 3]
    geometry = {"type": "MultiPolygon", "coordinates": kept}
    return {"type": "Feature", "id": code, "properties": {}, "geometry": geometry}


def _ring(
    coordinates: Iterable[tuple[float, float]], to_degrees: Point, *, clockwise: bool
) -> list[list[float]]:
    points: list[list[float]] = []
    for x, y in coordinates:
        point = [round(value, _DECIMALS) for value in to_degrees(x, y)]
        if not points or points[-1] != point:
            points.append(point)
    if len(points) > 3 and shapely.LinearRing(points).is_ccw == clockwise:
        points.reverse()
    return points


def main() -> None:
    """Write the outline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provinces", type=Path, required=True)
    parser.add_argument("--world", type=Path, required=True)
    options = parser.parse_args()
    text = json.dumps(outline(options.provinces, options.world), separators=(",", ":"))
    OUTLINE.write_text(text + "\n", encoding="utf-8")
    print(f"{OUTLINE}: {len(text):,} bytes")


if __name__ == "__main__":
    main()

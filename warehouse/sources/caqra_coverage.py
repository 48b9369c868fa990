"""Where the cities lie whose means the reader ``caqra_city`` puts together: residents, even over each city.

CAQRA's mean of a city is over its whole area, countryside included. To compare like with like, a model's mean
must be taken over the same cells with the same weights. The files are those of ``caqra_city`` and the map of the
counties (reader ``census``), whose codes begin with their city's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from warehouse import nested_grid
from warehouse.errors import InputError
from warehouse.sources import caqra_city
from warehouse.sources.base import Reader, role_frame, single_file
from warehouse.sources.census_grid import county_areas

NAME = "caqra_coverage"


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Residents by province, coverage and cell, each city's spread evenly over its area.

    Raises InputError as the readers ``caqra_city`` and ``census_grid`` do.
    """
    charts = [path for path in paths if path.suffix.lower() == ".topojson"]
    cities = caqra_city.observed_cities([path for path in paths if path not in charts])
    area: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for county, cells, parts in county_areas(single_file(charts, NAME)):
        for cell, part in zip(cells, parts, strict=True):
            area[caqra_city.city_code(county)][int(cell)] += float(part)
    persons: dict[tuple[str, str, int], float] = defaultdict(float)
    for code, city in cities.items():
        if code not in area:
            raise InputError(
                "A city of the residents is not on the map.",
                file=charts[0],
                column="CODE",
                found=f"no county whose code begins with {code}",
                expected="every county",
                remedy="Take the map of China's counties that belongs to the residents.",
            )
        whole = sum(area[code].values())
        for coverage, least in caqra_city.COVERAGES.items():
            if city.persons_per_km2 >= least:
                for cell, part in area[code].items():
                    persons[city.province, coverage, cell] += city.persons * part / whole
    longitude, latitude = nested_grid.longitudes(), nested_grid.latitudes()
    rows = [
        (
            province,
            coverage,
            float(longitude[cell % nested_grid.COLUMNS]),
            float(latitude[cell // nested_grid.COLUMNS]),
            float(np.round(value, 1)),
        )
        for (province, coverage, cell), value in sorted(persons.items())
    ]
    return role_frame(rows, role)


READER = Reader(
    name=NAME,
    roles=("evaluation_coverage",),
    read=read,
    recognises=lambda _: False,  # its files are known by other readers
    publication=replace(
        caqra_city.READER.publication,
        title="Residents of the cities of CAQRA's provincial means over people, on a 0.3125 x 0.25 degree grid",
        terms_of_use="Residents: GHSL (CC BY 4.0). Boundaries: project Tudigong (MIT), CTAmap 1.30.",
    ),
    max_files=5,
    vintage_year=2018,
)

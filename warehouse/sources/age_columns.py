"""People of China by five-year age group, a column an age, a row a year (GBD's, as PM2.5-attr-mort keeps them).

Columns `year, 0, 5, ..., 95`: each age is the first of its group, and the last group is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.health_contracts import NATION
from warehouse.sources.base import Publication, Reader, number, role_frame, single_file
from warehouse.sources.health_text import heading_of, table_rows

NAME = "age_columns"
AGES = tuple(str(first) for first in range(0, 100, 5))

PUBLICATION = Publication(
    producer="Institute for Health Metrics and Evaluation (IHME)",
    title="Global Burden of Disease Study: people of China by five-year age group",
    citation=(
        "Global Burden of Disease Collaborative Network. Global Burden of Disease Study: population estimates. "
        "Seattle, United States: Institute for Health Metrics and Evaluation (IHME). As kept in PM2.5-attr-mort "
        "(Y. Liu), https://github.com/evanliu3594/PM2.5-attr-mort"
    ),
    licence="IHME Free-of-Charge Non-commercial User Agreement",
    terms_of_use="Non-commercial use alone, with the citation. The figures are not under this project's licence.",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Persons by age group and year, all years of the file.

    Raises InputError for another heading, a year that stands twice, or a cell that is not a number of people.
    """
    path = single_file(paths, NAME)
    rows = table_rows(path, ["year", *AGES])
    named = [f"{first}-{int(following) - 1}" for first, following in pairwise(AGES)]
    found, years = [], set()
    for place, row in enumerate(rows, start=1):
        year = int(number(row["year"], file=path, row=place, column="year", unit="year"))
        if year in years:
            raise InputError(
                "A year stands twice.",
                file=path,
                row=place,
                column="year",
                found=year,
                expected="one row a year",
                remedy="Copy or download the file again.",
            )
        years.add(year)
        for age, group in zip(AGES, [*named, f"{AGES[-1]}+"], strict=True):
            persons = number(row[age], file=path, row=year, column=age, unit="persons")
            found.append((NATION, group, year, persons))
    return role_frame(found, role)


def recognises(path: Path) -> bool:
    """A table with a column for every fifth age."""
    heading = heading_of(path)
    return "endpoint" not in heading and {"year", *AGES} <= set(heading)


READER = Reader(
    name=NAME,
    roles=("age_structure",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)

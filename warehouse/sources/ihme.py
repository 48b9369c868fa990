"""IHME's Global Burden of Disease: death rates as the GBD Results tool exports them, CSV, gzipped or zipped.

Columns are named `measure, location, sex, age, cause, metric, year, val, upper, lower`, or with `_name` and `_id`.
Rows of deaths as rates per 100,000 of both sexes in China and, where an export has them, its provinces are taken.
NCD+LRI is the sum of non-communicable diseases and lower respiratory infections, and so are the ends of its
interval, as if the errors of both went together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.health_contracts import AGE_BOUNDS, CAUSES, NATION, YOUNGEST_ADULT
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import Publication, Reader, number, role_frame, some_files
from warehouse.sources.health_text import heading_of, only, table_rows
from warehouse.sources.notes import note

NAME = "ihme"
COUNTRY = "China"
COLUMNS = ("measure", "location", "sex", "age", "cause", "metric", "year", "val", "upper", "lower")
NON_COMMUNICABLE, RESPIRATORY, TOGETHER = "Non-communicable diseases", "LRI", "NCD+LRI"
CAUSE_OF_NAME = {
    "Ischemic heart disease": "IHD",
    "Stroke": "stroke",
    "Chronic obstructive pulmonary disease": "COPD",
    "Tracheal, bronchus, and lung cancer": "LC",
    "Lower respiratory infections": RESPIRATORY,
    NON_COMMUNICABLE: NON_COMMUNICABLE,
}
_RANGE = re.compile(r"(\d+)\s*(?:-|to)\s*(\d+)(?: years)?")
_OPEN = re.compile(r"(\d+)\s*(?:\+|plus)(?: years)?")
ALL_AGES = "All ages"

Key = tuple[str, str, str, int]
"""Region, cause, age group, year."""
Values = tuple[float, float, float]
"""Rate, lower and upper end, per 100,000."""

PUBLICATION = Publication(
    producer="Institute for Health Metrics and Evaluation (IHME)",
    title="Global Burden of Disease Study, results: deaths by cause and age, rates per 100,000",
    citation=(
        "Global Burden of Disease Collaborative Network. Global Burden of Disease Study 2019 (GBD 2019) Results. "
        "Seattle, United States: Institute for Health Metrics and Evaluation (IHME), 2020. "
        "https://vizhub.healthdata.org/gbd-results/"
    ),
    licence="IHME Free-of-Charge Non-commercial User Agreement",
    terms_of_use="Non-commercial use alone, with the citation. The figures are not under this project's licence.",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Rates per 100,000 by region, cause, age group of 25 and older (or all ages) and year.

    Raises InputError for another heading, a file without deaths, rates, both sexes or China, a cell that is no
    number, or a cell that is given twice.
    """
    found: dict[Key, Values] = {}
    for path in some_files(paths, NAME):
        for key, values in _of_file(path).items():
            if found.setdefault(key, values) != values:
                raise _twice(path, key)
    with_all = _without_totals(_summed(found))
    for cause in CAUSES:
        if not any(key[1] == cause for key in with_all):
            note(f"The file has no {cause}: no deaths of it are computed.", paths[0].name)
    return role_frame(
        (
            (region, cause, age, year, *values)
            for (region, cause, age, year), values in with_all.items()
        ),
        role,
    )


def _of_file(path: Path) -> dict[Key, Values]:
    rows = [_plain(row) for row in table_rows(path, _columns(path))]
    only(rows, "measure", "Deaths", path, "The table has no deaths.")
    only(rows, "metric", "Rate", path, "The table has no rates per 100,000.")
    only(rows, "sex", "Both", path, "The table has no rows of both sexes together.")
    only(rows, "location", COUNTRY, path, "The table is of other countries: it has no China.")
    found: dict[Key, Values] = {}
    for place, row in enumerate(rows, start=1):
        cause, region = CAUSE_OF_NAME.get(row["cause"]), _region(row["location"])
        wanted = (row["measure"], row["metric"], row["sex"]) == ("Deaths", "Rate", "Both")
        age = _age_group(row["age"])
        if not wanted or cause is None or region is None or age is None:
            continue
        rate, high, low = (
            number(row[name], file=path, row=place, column=name, unit="per 100,000")
            for name in ("val", "upper", "lower")
        )
        year = int(number(row["year"], file=path, row=place, column="year", unit="year"))
        key = (region, cause, age, year)
        if key in found:
            raise _twice(path, key)
        found[key] = (rate, low, high)
    if not found:
        raise InputError(
            "The table has none of the causes of GEMM at ages of 25 and older.",
            file=path,
            column="cause",
            found=", ".join(sorted({row["cause"] for row in rows})[:8]),
            expected=", ".join(CAUSE_OF_NAME),
            remedy="Choose these causes when you download the table.",
        )
    return found


def recognises(path: Path) -> bool:
    """A table whose heading is that of the GBD Results tool."""
    return set(COLUMNS) <= {name.removesuffix("_name") for name in heading_of(path)}


def conversions(_paths: Sequence[Path]) -> tuple[str, ...]:
    """What reading did to the figures."""
    return (
        "NCD+LRI is non-communicable diseases plus lower respiratory infections, and so are its interval's ends",
        "ages below 25, other causes and other places are left out",
    )


def _columns(path: Path) -> list[str]:
    heading = heading_of(path)
    return [
        name if name in heading or f"{name}_name" not in heading else f"{name}_name"
        for name in COLUMNS
    ]


def _plain(row: Mapping[str, str]) -> dict[str, str]:
    return {name: row[name] if name in row else row[f"{name}_name"] for name in COLUMNS}


def _region(location: str) -> str | None:
    return NATION if location == COUNTRY else province_of_any_name(location)


def _age_group(text: str) -> str | None:
    """The group as ours are named; None for children, and for groups that ours do not have."""
    if text == ALL_AGES:
        return "all"
    if (found := _RANGE.fullmatch(text)) is not None:
        name = f"{found[1]}-{found[2]}"
    elif (found := _OPEN.fullmatch(text)) is not None:
        name = f"{found[1]}+"
    else:
        return None
    return name if AGE_BOUNDS.get(name, (0, 0))[0] >= YOUNGEST_ADULT else None


def _summed(found: Mapping[Key, Values]) -> dict[Key, Values]:
    """NCD+LRI in the place of non-communicable diseases, where both are there."""
    result = {key: values for key, values in found.items() if key[1] != NON_COMMUNICABLE}
    for (region, cause, age, year), values in found.items():
        other = found.get((region, RESPIRATORY, age, year))
        if cause == NON_COMMUNICABLE and other is not None:
            sums = tuple(one + two for one, two in zip(values, other, strict=True))
            result[region, TOGETHER, age, year] = (sums[0], sums[1], sums[2])
    return result


def _without_totals(found: Mapping[Key, Values]) -> dict[Key, Values]:
    """All ages only where a region, cause and year has no groups."""
    grouped = {(region, cause, year) for region, cause, age, year in found if age != "all"}
    return {
        key: values
        for key, values in found.items()
        if key[2] != "all" or (key[0], key[1], key[3]) not in grouped
    }


def _twice(path: Path, key: Key) -> InputError:
    return InputError(
        "A death rate is given twice.",
        file=path,
        column="val",
        found=", ".join(map(str, key)),
        expected="one rate a region, cause, age group and year",
        remedy="Leave one export in place.",
    )


READER = Reader(
    name=NAME,
    roles=("baseline_mortality",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    conversions=conversions,
)

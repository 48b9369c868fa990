"""Ammonia by province and product category: the role's own columns as CSV, comments behind ``#`` above them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.province_names import province_of
from warehouse.sources.base import (
    Publication,
    Reader,
    csv_rows,
    number,
    role_frame,
    single_file,
)
from warehouse.sources.text_files import head_lines, heading_at

NAME = "ammonia_products"
COLUMNS = ["province", "product_category", "emission_t"]
CATEGORIES = 14
NATION_T = (1e5, 3e7)
"""Agriculture emits about 9 million t a year; a few provinces less."""

PUBLICATION = Publication(
    producer="Supplied by the user, after Chen et al.",
    title="Agricultural ammonia emissions by province and fourteen product categories",
    citation=(
        "Chen et al., reference 49 of Communications Earth & Environment 6, 467 (2025). "
        "doi:10.1038/s43247-025-02458-z"
    ),
    licence="Not stated",
    terms_of_use="Not stated",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Emission in t by province and category. Provinces may be codes or names.

    Raises InputError for another heading, an unknown province, a category that some provinces lack, a row
    twice, a cell that is not a number, or amounts out of scale.
    """
    path = single_file(paths, NAME)
    rows = [[cell.strip() for cell in row] for row in csv_rows(path)]
    start = heading_at(rows, COLUMNS)
    filled = [row for row in rows if any(row)]
    if start is None or rows[start] != COLUMNS:
        raise _odd(
            path, "heading", ", ".join(filled[0]) if filled else "nothing", ", ".join(COLUMNS)
        )
    found: dict[tuple[str, str], float] = {}
    for at, row in enumerate(rows[start + 1 :], start=start + 2):
        if not any(row):
            continue
        if len(row) != len(COLUMNS):
            raise _odd(path, f"line {at}", f"{len(row)} cells", f"{len(COLUMNS)} cells")
        province = province_of(row[0])
        if province is None:
            raise _odd(path, f"line {at}", repr(row[0]), "a province")
        key = (province, row[1].strip())
        if key in found:
            raise _odd(
                path,
                f"line {at}",
                f"{', '.join(key)} twice",
                "one row for each province and category",
            )
        found[key] = number(row[2], file=path, row=f"line {at}", column=COLUMNS[2], unit="t")
    _check(path, found)
    return role_frame(((*key, value) for key, value in found.items()), "ammonia")


def recognises(path: Path) -> bool:
    """A CSV file whose first line without ``#`` is the heading."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    return any(row == COLUMNS for row in head_lines(path))


def _check(path: Path, found: dict[tuple[str, str], float]) -> None:
    provinces, categories = {key[0] for key in found}, {key[1] for key in found}
    missing = sorted((p, c) for p in provinces for c in categories if (p, c) not in found)
    if missing or len(categories) != CATEGORIES:
        raise _odd(
            path,
            ", ".join(missing[0]) if missing else "all",
            f"{len(categories)} categories, {len(missing)} rows missing",
            f"{CATEGORIES} categories in each province",
        )
    total = sum(found.values())
    if min(found.values()) < 0 or not NATION_T[0] < total < NATION_T[1]:
        raise _odd(
            path,
            "all",
            f"{total:,.6g} t in all, lowest {min(found.values()):g}",
            "0.1 to 30 million t, none negative",
        )


def _odd(path: Path, row: str, found: str, expected: str) -> InputError:
    return InputError(
        "The file is not a table of ammonia by product category.",
        file=path,
        row=row,
        found=found,
        expected=expected,
        remedy="Write it as docs/editions.md says.",
    )


READER = Reader(
    name=NAME,
    roles=("ammonia",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    marks=tuple(COLUMNS),
)

"""Ammonia by province and product category: the role's own columns as CSV, comments behind ``#`` above them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    readable,
    role_frame,
    single_file,
)

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
    twice, a cell that is no number, or amounts out of scale.
    """
    path = single_file(paths, NAME)
    lines = _lines(path)
    skipped = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = list(csv.reader(io.StringIO("".join(lines[skipped:]))))
    if not rows or [name.strip() for name in rows[0]] != COLUMNS:
        raise _odd(path, "heading", ", ".join(rows[0]) if rows else "nothing", ", ".join(COLUMNS))
    found: dict[tuple[str, str], float] = {}
    for at, row in enumerate(rows[1:], start=skipped + 2):
        if len(row) != len(COLUMNS):
            raise _odd(path, f"line {at}", f"{len(row)} cells", f"{len(COLUMNS)} cells")
        code = row[0].strip()
        province = code if code.startswith("CN-") else province_of_any_name(code)
        if province is None:
            raise _odd(path, f"line {at}", repr(code), "a province")
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
    text = first_bytes(path).decode("utf-8-sig", errors="replace")
    named = [line for line in text.splitlines() if line and not line.startswith("#")]
    return bool(named) and [name.strip() for name in named[0].split(",")] == COLUMNS


def _lines(path: Path) -> list[str]:
    try:
        return readable(path).read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except UnicodeDecodeError as error:
        raise broken(path, "CSV in UTF-8", error) from error


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
)

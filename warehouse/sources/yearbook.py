"""Yearbook figures by province: output, prices and output values of products, from the national data service.

Which indicators are read, and as which product, says ``yearbook_items.csv`` beside this module; the measure
follows from the printed unit. Other indicators in the files are passed over and noted.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

import polars as pl

from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader, number, role_frame, some_files
from warehouse.sources.notes import note
from warehouse.sources.yearbook_tables import Cell, cells, is_yearbook

NAME = "yearbook"
_ITEMS = Path(__file__).with_name("yearbook_items.csv")
_UNIT = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*$")
# The unit as printed, blanks and case aside -> measure, and how many of its unit one is.
_MEASURE_OF_UNIT: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "10000tons": ("output_10k_t", 1.0),
        "10,000tons": ("output_10k_t", 1.0),
        "万吨": ("output_10k_t", 1.0),
        "ton": ("output_10k_t", 1e-4),
        "tons": ("output_10k_t", 1e-4),
        "吨": ("output_10k_t", 1e-4),
        "yuan/ton": ("price_cny_t", 1.0),
        "元/吨": ("price_cny_t", 1.0),
        "yuan/kg": ("price_cny_t", 1e3),
        "元/公斤": ("price_cny_t", 1e3),
        "元/千克": ("price_cny_t", 1e3),
        "100millionyuan": ("output_value_10k_cny", 1e4),
        "100000000yuan": ("output_value_10k_cny", 1e4),
        "亿元": ("output_value_10k_cny", 1e4),
        "millionyuan": ("output_value_10k_cny", 1e2),
        "10000yuan": ("output_value_10k_cny", 1.0),
        "10,000yuan": ("output_value_10k_cny", 1.0),
        "万元": ("output_value_10k_cny", 1.0),
    }
)
_HIGHEST = {"output_10k_t": 1e5, "price_cny_t": 1e6, "output_value_10k_cny": 1e9}
_LOWEST_PRICE_CNY_T = 100.0

PUBLICATION = Publication(
    producer="National Bureau of Statistics of China; provincial statistics bureaus",
    title="Annual data by province: output, prices and output values",
    citation="National Bureau of Statistics of China, data.stats.gov.cn; provincial yearbooks.",
    licence="Official statistics; no licence stated",
    terms_of_use="Name the National Bureau of Statistics.",
)


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Value of the year by province, product and measure. Blank cells are absent: no figure is not zero.

    Raises InputError for another layout, an unknown unit or province, text in a number cell, a year without
    figures, a figure out of scale, or a product given twice.
    """
    found: dict[tuple[str, str, str], tuple[float, str]] = {}
    for path in _files(some_files(paths, NAME)):
        passed, used, of_year = set(), 0, 0
        for cell in cells(path):
            item = _item(cell, path)
            if item is None:
                passed.add(cell.indicator)
                continue
            used += 1
            if cell.year != year or not cell.text:
                continue
            of_year += 1
            _add(found, cell, item, path)
        _check_use(path, used, of_year, year)
        if passed:
            note(f"{len(passed)} indicators are not used, as {min(passed)}.", path.name)
    return role_frame(((*key, value) for key, (value, _) in sorted(found.items())), "sector_output")


def recognises(path: Path) -> bool:
    """A yearly table of the data service, or a folder of them."""
    if path.is_dir():
        return any(is_yearbook(file) for file in path.rglob("*"))
    return is_yearbook(path)


def _files(paths: Sequence[Path]) -> list[Path]:
    files = [
        file
        for path in sorted(paths)
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
        if not file.is_dir()
    ]
    return [file for file in files if file.suffix.lower() in {".xls", ".xlsx", ".csv"}]


@cache
def _items() -> Mapping[str, tuple[str, str]]:
    """Indicator without unit, blanks and case aside, to product and the measure it is known in."""
    items: dict[str, tuple[str, str]] = {}
    with _ITEMS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for name in (*row["english"].split("|"), *row["chinese"].split("|")):
                items[_key(name)] = (row["product_code"], row["measure"])
    return MappingProxyType(items)


def _key(name: str) -> str:
    return re.sub(r"\s+", "", name).casefold()


def _item(cell: Cell, path: Path) -> tuple[str, str, float] | None:
    """Product, measure and factor of the cell's indicator; None when it is not one that is read."""
    match = _UNIT.search(cell.indicator)
    name = cell.indicator[: match.start()] if match else cell.indicator
    item = _items().get(_key(name))
    if item is None:
        return None
    product, measure = item
    if match is None:
        return product, measure, 1e4 if measure == "output_value_10k_cny" else 1.0
    unit = _MEASURE_OF_UNIT.get(_key(match[1]))
    if unit is None or unit[0] != measure:
        raise InputError(
            "The indicator's unit is not one that is read.",
            file=path,
            row=cell.row,
            column=name,
            found=match[1],
            expected=f"a unit of {measure}",
            remedy="Export the table in its published unit.",
        )
    return product, measure, unit[1]


def _add(
    found: dict[tuple[str, str, str], tuple[float, str]],
    cell: Cell,
    item: tuple[str, str, float],
    path: Path,
) -> None:
    product, measure, factor = item
    text = cell.text.replace(",", "")
    value = factor * number(text, file=path, row=cell.row, column=str(cell.year), unit=measure)
    low = _LOWEST_PRICE_CNY_T if measure == "price_cny_t" else 0.0
    if not low <= value <= _HIGHEST[measure]:
        raise InputError(
            "A figure is out of scale: it is damaged or in another unit.",
            file=path,
            row=cell.row,
            column=str(cell.year),
            found=f"{value:,.6g} {measure}",
            expected=f"between {low:g} and {_HIGHEST[measure]:g}",
            remedy="Restore the published figure and unit.",
        )
    key = (cell.province, product, measure)
    if key in found:
        raise InputError(
            "A product's figure is there twice.",
            file=" and ".join(dict.fromkeys((found[key][1], str(path)))),
            row=cell.row,
            found=", ".join(key),
            expected="one figure for each province, product and measure",
            remedy="Remove one of the two tables.",
        )
    found[key] = (value, str(path))


def _check_use(path: Path, used: int, of_year: int, year: int) -> None:
    if used == 0:
        raise InputError(
            "The table has none of the indicators that are read.",
            file=path,
            column="Indicators",
            found="other indicators",
            expected=f"one of those in {_ITEMS.name}",
            remedy="Remove the file from the role's folder.",
        )
    if of_year == 0:
        raise InputError(
            "The table has no figure of the year.",
            file=path,
            column=str(year),
            found="no column, or blank cells",
            expected=str(year),
            remedy="Export the table with the year.",
        )


READER = Reader(
    name=NAME,
    roles=("sector_output",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)

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
from warehouse.files import files_in
from warehouse.sources.base import Publication, Reader, number, role_frame, some_files
from warehouse.sources.figures import counted, is_missing, plain
from warehouse.sources.notes import note
from warehouse.sources.workbook import TABLE_SUFFIXES
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
        "千吨": ("output_10k_t", 0.1),
        "1000tons": ("output_10k_t", 0.1),
        "1,000tons": ("output_10k_t", 0.1),
        "百万吨": ("output_10k_t", 100.0),
        "亿吨": ("output_10k_t", 1e4),
        "yuan/ton": ("price_cny_t", 1.0),
        "元/吨": ("price_cny_t", 1.0),
        "yuan/kg": ("price_cny_t", 1e3),
        "元/公斤": ("price_cny_t", 1e3),
        "元/千克": ("price_cny_t", 1e3),
        "100millionyuan": ("output_value_10k_cny", 1e4),
        "100000000yuan": ("output_value_10k_cny", 1e4),
        "亿元": ("output_value_10k_cny", 1e4),
        "millionyuan": ("output_value_10k_cny", 1e2),
        "百万元": ("output_value_10k_cny", 1e2),
        "千万元": ("output_value_10k_cny", 1e3),
        "千元": ("output_value_10k_cny", 0.1),
        "1000yuan": ("output_value_10k_cny", 0.1),
        "1,000yuan": ("output_value_10k_cny", 0.1),
        "billionyuan": ("output_value_10k_cny", 1e5),
        "十亿元": ("output_value_10k_cny", 1e5),
        "yuan": ("output_value_10k_cny", 1e-4),
        "元": ("output_value_10k_cny", 1e-4),
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
    """Value of the year by province, product and measure. No figure is not zero: blank cells and the yearbook's
    marks (``-``, ``…``, ``#``) are absent, and the marks noted.

    Raises InputError for another layout, an unknown unit or province, text in a number cell, a year without
    figures, a figure out of scale, or a product given twice.
    """
    found: dict[tuple[str, str, str], tuple[float, str]] = {}
    for path in _files(some_files(paths, NAME)):
        passed, used, of_year, marks = set(), 0, 0, list[str]()
        for cell in cells(path):
            item = _item(cell, path)
            if item is None:
                passed.add(cell.indicator)
                continue
            used += 1
            if cell.year != year:
                continue
            if is_missing(cell.text):
                marks.append(cell.text)
                continue
            of_year += 1
            _add(found, cell, item, path)
        _check_use(path, used, of_year, year)
        if marks:
            note(f"No figure in {counted(marks)}; absent, not zero.", path.name)
        if passed:
            note(f"{len(passed)} indicators are not used, as {min(passed)}.", path.name)
    return role_frame(((*key, value) for key, (value, _) in sorted(found.items())), "sector_output")


def recognises(path: Path) -> bool:
    """A yearly table of the data service, or a folder of them."""
    if path.is_dir():
        return any(is_yearbook(file) for file in files_in(path, TABLE_SUFFIXES))
    return is_yearbook(path)


def _files(paths: Sequence[Path]) -> list[Path]:
    return [file for path in sorted(paths) for file in files_in(path, TABLE_SUFFIXES)]


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
    return re.sub(r"\s+", "", plain(name)).casefold()


def _item(cell: Cell, path: Path) -> tuple[str, str, float] | None:
    """Product, measure and factor of the cell's indicator; None when it is not one that is read."""
    match = _UNIT.search(cell.indicator)
    name = cell.indicator[: match.start()] if match else cell.indicator
    item = _items().get(_key(name))
    if item is None:
        return None
    product, measure = item
    unit = _MEASURE_OF_UNIT.get(_key(match[1])) if match else None
    if unit is None or unit[0] != measure:
        raise InputError(
            "The indicator's unit is not one that is read."
            if match
            else "The indicator states no unit, and none is assumed.",
            file=path,
            row=cell.row,
            column=name,
            found=match[1] if match else "no unit",
            expected=f"a unit of {measure}: {', '.join(_units_of(measure))}",
            remedy=f"Export the table in its published unit, as {name.strip()}({_units_of(measure)[0]}).",
        )
    return product, measure, unit[1]


def _units_of(measure: str) -> list[str]:
    """The units of a measure, as they are printed."""
    return [unit for unit, (of, _) in _MEASURE_OF_UNIT.items() if of == measure]


def _add(
    found: dict[tuple[str, str, str], tuple[float, str]],
    cell: Cell,
    item: tuple[str, str, float],
    path: Path,
) -> None:
    product, measure, factor = item
    value = factor * number(cell.text, file=path, row=cell.row, column=str(cell.year), unit=measure)
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
    marks=("Region", "地区", "Indicators", "指标", "数据库", "Database"),
)

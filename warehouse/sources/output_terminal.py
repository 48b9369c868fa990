"""Output by province as a data terminal exports the bureau's figures: year to date, a column a series.

Two forms. The export itself: lines ``Country``, ``Name`` (``China: Anhui: Output: Pig Iron: YTD``),
``Frequency``, ``Unit``, ``ID``, ``Source``, ``Update``, then a line a month. And a table cut from it:
``product, province, month, ytd_value, unit``.

The terminal writes an empty cell as 0.00, so a zero is not a figure: it is left out, a true zero with it. A series
that the export holds twice counts once. Series of other products or of the nation, and series without a unit,
are left out and noted.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    readable,
    role_frame,
)
from warehouse.sources.notes import note

NAME = "output_terminal"
_LONG = ("product", "province", "month", "ytd_value", "unit")
_GZIP = b"\x1f\x8b"
_PRODUCTS = {
    "pigiron": "pig_iron",
    "生铁": "pig_iron",
    "crudesteel": "crude_steel",
    "粗钢": "crude_steel",
    "tenkindsofnon-ferrousmetals": "non_ferrous_metals",
    "nonferrous10": "non_ferrous_metals",
    "十种有色金属": "non_ferrous_metals",
    "cement": "cement",
    "水泥": "cement",
    "thermalpowergeneratingcapacity": "thermal_power",
    "thermalpower": "thermal_power",
    "火电": "thermal_power",
    "火力发电量": "thermal_power",
}
"""Name without blanks in lower case to product; the terminal calls the output of a plant its capacity."""
_TONNES = frozenset({"pig_iron", "crude_steel", "non_ferrous_metals", "cement"})
_UNITS = {
    "tons": ("mass", 1e-4),
    "ton": ("mass", 1e-4),
    "吨": ("mass", 1e-4),
    "10000tons": ("mass", 1.0),
    "万吨": ("mass", 1.0),
    "10000kwh": ("power", 1e-4),
    "万千瓦时": ("power", 1e-4),
    "100millionkwh": ("power", 1.0),
    "亿千瓦时": ("power", 1.0),
}
"""Unit as printed, without blanks and commas, to what it measures and its factor to the stored unit."""
_YTD = frozenset({"ytd", "累计值", "累计"})
_WORDS = frozenset(
    {"china", "中国", "output", "产量", "yield", "powergeneration", "mainindustrialproducts"}
)
_NAME, _UNIT_LINE = frozenset({"name", "指标名称"}), frozenset({"unit", "单位"})
_MONTH = re.compile(r"(\d{4})[-/年](\d{1,2})")
_SAME = 1e-9

PUBLICATION = Publication(
    producer="National Bureau of Statistics of China, exported from a data terminal",
    title="Output of industrial products and power by province, year to date",
    citation="National Bureau of Statistics of China (by way of CREA, github.com/energyandcleanair/china_co2).",
    licence="Official statistics; no licence stated",
    terms_of_use="Name the National Bureau of Statistics. Zeros of the export are empty cells.",
)

Row = tuple[str, str, int, int, str, float]


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Accumulated output by province, product and month, in the product's unit.

    Raises InputError for a table of another form, a unit that is not of its product, a month or number that
    is invalid, or a figure that is there twice with different values.
    """
    found: dict[tuple[object, ...], tuple[float, Path]] = {}
    for path in sorted(paths):
        for *key, value in _rows(path):
            place = tuple(key)
            before = found.setdefault(place, (value, path))
            if abs(before[0] - value) > _SAME * max(abs(value), 1.0):
                raise InputError(
                    "A figure is there twice with different values.",
                    file=f"{before[1]} and {path}" if before[1] != path else path,
                    row=f"{place[0]}, {place[2]}-{place[3]:02d}",
                    column=str(place[1]),
                    found=f"{before[0]:g} and {value:g}",
                    expected="one figure for each province, product and month",
                    remedy="Leave the wrong series out.",
                )
    return role_frame(((*key, value) for key, (value, _) in found.items()), role)


def recognises(path: Path) -> bool:
    """A table headed as the cut one, or one whose first lines name series and their frequency."""
    if not path.is_file() or not path.name.lower().endswith((".csv", ".csv.gz")):
        return False
    content = first_bytes(path, 1 << 16)
    if content.startswith(_GZIP):
        try:
            content = zlib.decompressobj(wbits=31).decompress(content, 1 << 16)
        except zlib.error:
            return False
    lines = content.decode("utf-8-sig", errors="replace").splitlines()[:8]
    heading = [cell.strip() for cell in lines[0].split(",")] if lines else []
    if set(_LONG) <= set(heading):
        return True
    heads = {_squeezed(line.partition(",")[0]) for line in lines}
    return bool(heads & _NAME) and bool(heads & {"frequency", "频率"})


def _rows(path: Path) -> Iterator[Row]:
    content = readable(path).read_bytes()
    if content.startswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except UNPACKING as error:
            raise broken(path, "gzip", error) from error
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise broken(path, "CSV in UTF-8", error) from error
    if lines and set(_LONG) <= {cell.strip() for cell in lines[0]}:
        yield from _cut_table(path, lines)
    else:
        yield from _export(path, lines)


def _cut_table(path: Path, lines: Sequence[Sequence[str]]) -> Iterator[Row]:
    names = [cell.strip() for cell in lines[0]]
    at = [names.index(name) for name in _LONG]
    others: set[str] = set()
    zeros = 0
    for place, line in enumerate(lines[1:], start=1):
        if len(line) != len(names):
            raise InputError(
                "A row is cut off or too long.",
                file=path,
                row=place,
                found=f"{len(line)} cells",
                expected=f"{len(names)} cells",
                remedy="Copy or download the file again.",
            )
        name, region, month, text, unit = (line[column].strip() for column in at)
        product = _PRODUCTS.get(_squeezed(name.replace("_", "")))
        if product is None or _squeezed(region) in _WORDS:
            others.add(name if product is None else region)
            continue
        value = _figure(path, place, name, text)
        if value == 0:
            zeros += 1
            continue
        year, number_of = _month(path, place, month)
        factor = _factor(path, product, unit, place)
        yield (
            _province(path, region, place),
            product,
            year,
            number_of,
            "accumulated",
            value * factor,
        )
    _say(path, others, zeros, 0)


def _export(path: Path, lines: Sequence[Sequence[str]]) -> Iterator[Row]:
    heads = {_squeezed(line[0]): line for line in lines[:12] if line}
    names = next((heads[head] for head in heads if head in _NAME), None)
    units = next((heads[head] for head in heads if head in _UNIT_LINE), None)
    if names is None or units is None:
        raise InputError(
            "The table has no lines with the series' names and units.",
            file=path,
            found=", ".join(line[0] for line in lines[:8] if line) or "nothing",
            expected="lines that begin with Name and Unit (指标名称, 单位)",
            remedy="Export the series again, with their heading.",
        )
    series: dict[int, tuple[str, str, float]] = {}
    others: set[str] = set()
    without_unit = 0
    for column, name in enumerate(names[1:], start=1):
        meaning = _meaning(name)
        unit = units[column].strip() if column < len(units) else ""
        if meaning is None:
            others.add(name)
        elif not unit:
            without_unit += 1
        else:
            series[column] = (*meaning, _factor(path, meaning[1], unit, name))
    zeros = 0
    for place, line in enumerate(lines, start=1):
        if not line or not _MONTH.match(line[0].strip()):
            continue
        year, month = _month(path, place, line[0])
        for column, (province, product, factor) in series.items():
            text = line[column].strip() if column < len(line) else ""
            value = _figure(path, place, names[column], text) if text else 0.0
            zeros += bool(text) and value == 0
            if value:
                yield province, product, year, month, "accumulated", value * factor
    _say(path, others, zeros, without_unit)


def _say(path: Path, others: set[str], zeros: int, without_unit: int) -> None:
    if others:
        note(f"{len(others)} series of other products or regions left out", path.name)
    if without_unit:
        note(f"{without_unit} series without a unit left out", path.name)
    if zeros:
        note(f"{zeros:,} zeros taken as empty cells, as the terminal writes them", path.name)


def _meaning(name: str) -> tuple[str, str] | None:
    """Province and product of a series' name; None for another one."""
    parts = [part.strip() for part in re.split("[:：]", name)]
    if not any(_squeezed(part) in _YTD for part in parts):
        return None
    rest = [part for part in parts if _squeezed(part) not in _YTD | _WORDS]
    products = [found for part in rest if (found := _PRODUCTS.get(_squeezed(part)))]
    provinces = [found for part in rest if (found := province_of_any_name(part))]
    if len(products) != 1 or len(provinces) != 1 or len(rest) != 2:
        return None
    return provinces[0], products[0]


def _factor(path: Path, product: str, unit: str, place: int | str) -> float:
    found = _UNITS.get(_squeezed(unit).replace(",", ""))
    if found is None or (found[0] == "mass") != (product in _TONNES):
        raise InputError(
            f"The unit is not one of {product}.",
            file=path,
            row=place,
            column="unit",
            found=repr(unit),
            expected=", ".join(_UNITS),
            remedy="Correct the unit, or leave the series out.",
        )
    return found[1]


def _figure(path: Path, row: int, column: str, text: str) -> float:
    return number(text.replace(",", "").strip(), file=path, row=row, column=column, unit="output")


def _month(path: Path, row: int, text: str) -> tuple[int, int]:
    match = _MONTH.match(text.strip())
    if match is None or not 1 <= int(match[2]) <= 12:
        raise InputError(
            "A cell does not hold a month.",
            file=path,
            row=row,
            column="month",
            found=repr(text),
            expected="2024-03",
            remedy="Export the series again by month.",
        )
    return int(match[1]), int(match[2])


def _province(path: Path, text: str, row: int) -> str:
    province = province_of_any_name(text)
    if province is None:
        raise InputError(
            "The region is not a province.",
            file=path,
            row=row,
            column="province",
            found=repr(text),
            expected="a province, in English or Chinese",
            remedy="Correct the name, or remove the line.",
        )
    return province


def _squeezed(text: str) -> str:
    return "".join(text.split()).lower()


READER = Reader(
    name=NAME,
    roles=("industrial_output",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)

"""Monthly provincial tables as the National Bureau of Statistics' data service exports them.

A workbook or CSV, English or Chinese, one indicator each: lines naming database, indicator and time,
then ``Region`` with the months, a line a province, and the source. January and February come
together, so quarters are taken from accumulated figures.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.chinese_names import province_of_chinese_name
from warehouse.codes import province_of_name
from warehouse.errors import InputError
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    readable,
    role_frame,
)

NAME = "nbs_monthly"
_PRODUCTS = (
    ("pig_iron", re.compile(r"pig iron|生铁", re.IGNORECASE)),
    ("crude_steel", re.compile(r"crude steel|粗钢", re.IGNORECASE)),
    ("non_ferrous_metals", re.compile(r"non-?ferrous|有色金属", re.IGNORECASE)),
    ("thermal_power", re.compile(r"thermal|火力发电|火电", re.IGNORECASE)),
    ("electricity", re.compile(r"electricity|发电量", re.IGNORECASE)),
    ("highway_freight", re.compile(r"freight.*highway|highway.*freight|公路.*货", re.IGNORECASE)),
)
_GROWTH = re.compile(r"growth|last year|增长|增速", re.IGNORECASE)
_ACCUMULATED = re.compile(r"accumulat|累计", re.IGNORECASE)
_PER_CENT = frozenset({"%", "％"})
# The unit as printed -> how many of the stored unit (10,000 t; 100 million kWh) one is.
_UNITS = {
    "10000 tons": 1.0,
    "10,000 tons": 1.0,
    "万吨": 1.0,
    "tons": 1e-4,
    "吨": 1e-4,
    "100 million kwh": 1.0,
    "100 million kw.h": 1.0,
    "亿千瓦小时": 1.0,
    "亿千瓦时": 1.0,
    "10000 kwh": 1e-4,
}
_UNIT = re.compile(r"[((]([^()()]+)[))]\s*$")
_ENGLISH_MONTH = re.compile(r"([A-Z][a-z]{2})[a-z]*\.?\s*(\d{4})")
_CHINESE_MONTH = re.compile(r"(\d{4})年(\d{1,2})月")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_REGION = frozenset({"Region", "地区"})
_SOURCE = re.compile(r"data source|数据来源|注", re.IGNORECASE)
_DATABASE = re.compile(r"monthly by province|分省月度", re.IGNORECASE)
_NATION = frozenset({"National", "China", "全国"})
# The English export writes a full-width colon in UTF-8 where readers expect Latin-1.
_BROKEN_COLON = "ï¼\x9a"

PUBLICATION = Publication(
    producer="National Bureau of Statistics of China",
    title="Monthly data by province: output of industrial products, electricity, freight",
    citation="National Bureau of Statistics of China, data.stats.gov.cn.",
    licence="Official statistics; no licence stated",
    terms_of_use="Name the National Bureau of Statistics.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Output by province, product, month and measure. Empty and zero-width cells are absent.

    Raises InputError for an unknown indicator, unit, province or month, or text in a number cell.
    """
    return role_frame(
        (row for path in sorted(paths) for row in _rows(readable(path))), "industrial_output"
    )


def recognises(path: Path) -> bool:
    """A file whose first lines name the monthly provincial database."""
    if not path.is_file() or path.suffix.lower() not in {".xls", ".xlsx", ".csv"}:
        return False
    try:
        lines = _lines(path)[:3]
    except InputError:
        return False
    return bool(lines and lines[0] and _DATABASE.search(lines[0][0]))


def _lines(path: Path) -> list[list[str]]:
    if path.suffix.lower() == ".csv":
        return csv_lines(path)
    import fastexcel

    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
        frame = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        raise broken(path, "a workbook", error) from error
    return [
        [str(cell or "").replace(_BROKEN_COLON, "：").strip() for cell in row]
        for row in frame.rows()
    ]


def csv_lines(path: Path) -> list[list[str]]:
    """The cells of a CSV file in UTF-8 or GB18030, blanks taken off; InputError for another encoding."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    raise InputError(
        "The file is neither UTF-8 nor GB 18030.",
        file=path,
        found=repr(first_bytes(path, 20)),
        expected="the export of the data service",
        remedy="Download the table again.",
    )


def _rows(path: Path) -> list[tuple[object, ...]]:
    lines = _lines(path)
    at = next((place for place, row in enumerate(lines) if row and row[0] in _REGION), None)
    if at is None:
        raise InputError(
            "The table has no heading.",
            file=path,
            found="; ".join(row[0] for row in lines[:4] if row),
            expected="a line that begins with Region or 地区",
            remedy="Export the table again, provinces in rows and months in columns.",
        )
    product, measure, factor = _indicator(path, _title(lines[:at]))
    months = [_month(path, cell) for cell in lines[at][1:] if cell]
    rows: list[tuple[object, ...]] = []
    for place, row in enumerate(lines[at + 1 :], start=at + 2):
        name = row[0] if row else ""
        if not name or name in _NATION or _SOURCE.match(name):
            continue
        province = province_of_name(name) or province_of_chinese_name(name)
        if province is None:
            raise InputError(
                "The region is no province.",
                file=path,
                row=place,
                column=lines[at][0],
                found=repr(name),
                expected="a province, in English or Chinese",
                remedy="Correct the name, or remove the line.",
            )
        for (year, month), cell in zip(months, row[1:], strict=False):
            if cell:
                value = number(
                    cell.replace(",", ""),
                    file=path,
                    row=place,
                    column=f"{year}-{month:02d}",
                    unit=product,
                )
                rows.append((province, product, year, month, measure, value * factor))
    return rows


def _title(lines: Sequence[Sequence[str]]) -> str:
    """The lines above the heading as text; a comma of the title may have cut it into cells."""
    return " ".join(", ".join(cell for cell in row if cell) for row in lines)


def _indicator(path: Path, title: str) -> tuple[str, str, float]:
    """Product, measure, and the factor to the stored unit."""
    product = next((name for name, pattern in _PRODUCTS if pattern.search(title)), None)
    indicator = re.split(r"(?:Indicators?|指标)\s*[:：]", title)[-1]
    indicator = re.split(r"(?:Time|时间)\s*[:：]", indicator)[0].strip()
    match = _UNIT.search(indicator)
    unit = match[1].strip().lower() if match else ""
    is_growth = bool(_GROWTH.search(indicator)) or unit in _PER_CENT
    if product is None or (not is_growth and unit not in _UNITS):
        raise InputError(
            "The indicator is not one that is used here." if product is None else "Unknown unit.",
            file=path,
            row="title",
            found=indicator or title[:120],
            expected=f"one of {', '.join(name for name, _ in _PRODUCTS)} in {', '.join(_UNITS)}",
            remedy="Land the tables of these indicators alone.",
        )
    period = "accumulated" if _ACCUMULATED.search(indicator) else "current"
    return product, f"{period}_growth" if is_growth else period, 1.0 if is_growth else _UNITS[unit]


def _month(path: Path, text: str) -> tuple[int, int]:
    if match := _CHINESE_MONTH.search(text):
        return int(match[1]), int(match[2])
    match = _ENGLISH_MONTH.search(text)
    if match and match[1] in _MONTHS:
        return int(match[2]), _MONTHS.index(match[1]) + 1
    raise InputError(
        "A column is no month.",
        file=path,
        row="heading",
        column=text,
        found=repr(text),
        expected="Mar 2025 or 2025年3月",
        remedy="Export monthly data.",
    )


READER = Reader(
    name=NAME,
    roles=("industrial_output",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)

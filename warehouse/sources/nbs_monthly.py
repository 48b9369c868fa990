"""Monthly provincial tables as the National Bureau of Statistics' data service exports them.

A workbook or CSV, English or Chinese, one indicator each: lines naming database, indicator and time,
then ``Region`` with the months, a line a province, and the source. January and February come
together, so quarters are taken from accumulated figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polars as pl

from warehouse.air_contracts import INDUSTRIAL_PRODUCTS
from warehouse.codes import PROVINCES
from warehouse.errors import InputError
from warehouse.province_names import province_of
from warehouse.sources.base import Publication, Reader, number, readable, role_frame
from warehouse.sources.figures import counted, is_missing, plain
from warehouse.sources.notes import note
from warehouse.sources.workbook import Sheet, tables

NAME = "nbs_monthly"
_MASS, _ENERGY = "mass", "energy"
# Indicators as printed -> product and what it is measured in. Whole names: another kind of power, or the
# turnover of freight, is not a part of these.
_PRODUCTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Output of Pig Iron": ("pig_iron", _MASS),
        "生铁产量": ("pig_iron", _MASS),
        "Output of Crude Steel": ("crude_steel", _MASS),
        "粗钢产量": ("crude_steel", _MASS),
        "Output of Ten Nonferrous Metals": ("non_ferrous_metals", _MASS),
        "Output of Ten Non-ferrous Metals": ("non_ferrous_metals", _MASS),
        "Output of Ten Kinds of Nonferrous Metals": ("non_ferrous_metals", _MASS),
        "Output of Ten Kinds of Non-ferrous Metals": ("non_ferrous_metals", _MASS),
        "十种有色金属产量": ("non_ferrous_metals", _MASS),
        "Output of Thermal Power": ("thermal_power", _ENERGY),
        "Output of Thermal Power Generation": ("thermal_power", _ENERGY),
        "Thermal Power Generation": ("thermal_power", _ENERGY),
        "火力发电量": ("thermal_power", _ENERGY),
        "Output of Electricity": ("electricity", _ENERGY),
        "Electricity Generation": ("electricity", _ENERGY),
        "Power Generation": ("electricity", _ENERGY),
        "发电量": ("electricity", _ENERGY),
        "Freight Traffic of Highways": ("highway_freight", _MASS),
        "Freight Traffic of Highway": ("highway_freight", _MASS),
        "Highway Freight Traffic": ("highway_freight", _MASS),
        "公路货运量": ("highway_freight", _MASS),
    }
)
_PERIODS: Mapping[str, str] = MappingProxyType(
    {
        "Current Period": "current",
        "Current Value": "current",
        "当期值": "current",
        "当期": "current",
        "本期值": "current",
        "Accumulated": "accumulated",
        "Accumulated Value": "accumulated",
        "累计值": "accumulated",
        "累计": "accumulated",
        "Growth Rate": "current_growth",
        "同比增长": "current_growth",
        "同比增速": "current_growth",
        "Accumulated Growth Rate": "accumulated_growth",
        "累计增长": "accumulated_growth",
        "累计增速": "accumulated_growth",
        "累计同比增长": "accumulated_growth",
    }
)
_PER_CENT = "%"
# The unit as printed -> what it measures, and how many of the stored unit (10,000 t;
# 100 million kWh) one is.
_UNITS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "10000 tons": (_MASS, 1.0),
        "10,000 tons": (_MASS, 1.0),
        "万吨": (_MASS, 1.0),
        "tons": (_MASS, 1e-4),
        "吨": (_MASS, 1e-4),
        "100 million kWh": (_ENERGY, 1.0),
        "100 million kW.h": (_ENERGY, 1.0),
        "亿千瓦小时": (_ENERGY, 1.0),
        "亿千瓦时": (_ENERGY, 1.0),
        "10000 kWh": (_ENERGY, 1e-4),
        "万千瓦小时": (_ENERGY, 1e-4),
        "万千瓦时": (_ENERGY, 1e-4),
    }
)
_UNIT = re.compile(r"\(([^()]+)\)\s*$")
_SAME_PERIOD = re.compile(
    r"\(\s*(?:the )?same period (?:of )?last year\s*=\s*100\s*\)|\(上年同期=100\)", re.IGNORECASE
)
_ENGLISH_MONTH = re.compile(r"^([A-Z][a-z]{2})[a-z]*\.?\s*(\d{4})$")
_CHINESE_MONTH = re.compile(r"^(\d{4})年(\d{1,2})月份?$")
_NUMERIC_MONTH = re.compile(r"^(\d{4})[-/.](\d{1,2})$")
_JOINT = re.compile(
    r"^(\d{4})年1[-—–~至到、]+2月份?$|^Jan[a-z]*\.?\s*[-—–~]\s*Feb[a-z]*\.?,?\s*(\d{4})$"
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_REGION = frozenset({"region", "地区"})
_SOURCE = re.compile(r"data source|数据来源|注|note", re.IGNORECASE)
_DATABASE = re.compile(r"monthly by province|分省月度", re.IGNORECASE)
_NATION = frozenset({"national", "china", "全国"})
_TITLE_LINES = 8
HIGHEST: Mapping[str, float] = MappingProxyType(
    {
        "pig_iron": 1e5,
        "crude_steel": 1e5,
        "non_ferrous_metals": 1e4,
        "electricity": 2e4,
        "thermal_power": 2e4,
        "highway_freight": 1e6,
    }
)
"""About three times what the largest province makes in a year (Hebei: 22,000 x 10,000 t of pig iron)."""


def _squeezed(text: str) -> str:
    return "".join(plain(text).split()).casefold()


_BY_NAME = {_squeezed(name): product for name, product in _PRODUCTS.items()}
_BY_PERIOD = {_squeezed(name): period for name, period in _PERIODS.items()}
_BY_UNIT = {_squeezed(name): unit for name, unit in _UNITS.items()}

PUBLICATION = Publication(
    producer="National Bureau of Statistics of China",
    title="Monthly data by province: output of industrial products, electricity, freight",
    citation="National Bureau of Statistics of China, data.stats.gov.cn.",
    licence="Official statistics; no licence stated",
    terms_of_use="Name the National Bureau of Statistics.",
)


@dataclass(frozen=True)
class _Figure:
    """A figure in the stored unit, and the file that has it."""

    value: float
    file: Path


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Output by province, product, month and measure. Blank cells and marks for no figure are absent and noted.

    Exports that overlap count once where they agree.  Raises InputError for an unknown indicator, unit, province
    or month, an indicator that does not say whether it is of the month or accumulated, text in a number cell, or
    two exports that differ.
    """
    found: dict[tuple[str, str, int, int, str], _Figure] = {}
    for path in sorted(paths):
        for key, value in _rows(readable(path)):
            before = found.get(key)
            if before is not None and before.value != value:
                raise _revised(key, before, value, path)
            found.setdefault(key, _Figure(value, path))
    _tell_current_only({(key[1], key[4]) for key in found})
    return role_frame(((*key, figure.value) for key, figure in found.items()), "industrial_output")


def _tell_current_only(series: set[tuple[str, str]]) -> None:
    """Note products of which only the values of single months are there."""
    for product in sorted({product for product, _ in series}):
        if not any(
            (product, measure) in series for measure in ("accumulated", "accumulated_growth")
        ):
            note(
                f"{product}: values of single months alone (当期值). January and February come together,"
                " so a quarter needs the accumulated values (累计值)."
            )


def recognises(path: Path) -> bool:
    """A workbook or text file whose first lines name the monthly provincial database."""
    if not path.is_file() or path.suffix.lower() not in {".xls", ".xlsx", ".csv"}:
        return False
    try:
        return any(_is_monthly(sheet) for sheet in tables(path))
    except InputError:
        return False


def _is_monthly(sheet: Sheet) -> bool:
    return any(_DATABASE.search(row[0]) for row in sheet.rows[:_TITLE_LINES] if row)


def _rows(path: Path) -> Iterator[tuple[tuple[str, str, int, int, str], float]]:
    found = tables(path)
    monthly = [sheet for sheet in found if _is_monthly(sheet) or len(found) == 1]
    for sheet in found:
        if sheet not in monthly:
            note(f"Sheet {sheet.name} holds no monthly table; passed over.", path.name)
    for sheet in monthly:
        yield from _of_sheet(sheet.rows, path)


def _of_sheet(
    lines: Sequence[Sequence[str]], path: Path
) -> Iterator[tuple[tuple[str, str, int, int, str], float]]:
    at = next((n for n, row in enumerate(lines) if row and row[0].casefold() in _REGION), None)
    if at is None:
        raise InputError(
            "The table has no heading.",
            file=path,
            found="; ".join(row[0] for row in lines[:4] if row),
            expected="a line that begins with Region or 地区",
            remedy="Export the table again, provinces in rows and months in columns.",
        )
    product, measure, factor = _indicator(path, _title(lines[:at]))
    months = {
        column: _month(path, cell, measure)
        for column, cell in enumerate(lines[at])
        if column and cell
    }
    marks: list[str] = []
    listed: set[str] = set()
    for place, row in enumerate(lines[at + 1 :], start=at + 2):
        name = row[0] if row else ""
        if not name or name.casefold() in _NATION or _SOURCE.match(name):
            continue
        province = province_of(name)
        if province is None:
            raise InputError(
                "The region is not a province.",
                file=path,
                row=place,
                column=lines[at][0],
                found=repr(name),
                expected="a province, in English or Chinese",
                remedy="Correct the name, or remove the line.",
            )
        for column, (year, month) in months.items():
            cell = row[column] if column < len(row) else ""
            if is_missing(cell):
                marks.append(cell)
                continue
            text = cell.removesuffix(_PER_CENT) if measure.endswith("growth") else cell
            value = number(text, file=path, row=place, column=f"{year}-{month:02d}", unit=product)
            _demand_scale(path, place, f"{year}-{month:02d}", product, measure, value * factor)
            yield (province, product, year, month, measure), value * factor
        listed.add(province)
    if absent := sorted(PROVINCES - listed):
        note(f"{product}: no line for {len(absent)} provinces: {', '.join(absent)}.", path.name)
    if marks:
        note(f"No figure in {counted(marks)}; absent, not zero.", path.name)


def _demand_scale(
    path: Path, place: int, month: str, product: str, measure: str, value: float
) -> None:
    """Raise InputError for output below zero, or beyond what a province can make in a year; growth may be both."""
    if measure.endswith("growth") or 0 <= value <= HIGHEST[product]:
        return
    raise InputError(
        "A figure is out of scale: it is damaged or in another unit.",
        file=path,
        row=place,
        column=month,
        found=f"{value:,.6g}",
        expected=f"0 to {HIGHEST[product]:g} ({INDUSTRIAL_PRODUCTS[product]})",
        remedy="Restore the published figure and unit.",
    )


def _title(lines: Sequence[Sequence[str]]) -> str:
    """The lines above the heading as text; a comma of the title may have cut it into cells."""
    return " ".join(", ".join(cell for cell in row if cell) for row in lines)


def _indicator(path: Path, title: str) -> tuple[str, str, float]:
    """Product, measure, and the factor to the stored unit."""
    indicator = re.split(r"(?:Indicators?|指标)\s*:", plain(title))[-1]
    indicator = re.split(r"(?:Time|时间)\s*:", indicator)[0].strip()
    named = _SAME_PERIOD.sub("", indicator)
    match = _UNIT.search(named)
    unit = _squeezed(match[1]) if match else ""
    name = _squeezed(named[: match.start()] if match else named)
    known = max((key for key in _BY_NAME if name.startswith(key)), key=len, default="")
    rest = name.removeprefix(known).strip(",_")
    product, kind = _BY_NAME.get(known, ("", ""))
    period, factor = _BY_PERIOD.get(rest), _factor(unit, kind)
    if not known or (period is None and rest):
        raise _unknown(
            path, "The indicator is not one that is used here.", indicator or title[:120], kind
        )
    if period is None:
        what = "The indicator does not say whether its values are of the month or accumulated."
        raise _unknown(path, what, indicator, kind)
    if factor is None or period.endswith("growth") != (unit == _PER_CENT):
        raise InputError(
            "Unknown unit.",
            file=path,
            row="title",
            found=unit or "no unit",
            expected=_PER_CENT if period.endswith("growth") else _units_of(kind),
            remedy="Export the table in its published unit, or land a tidy table.",
        )
    return product, period, factor


def _factor(unit: str, kind: str) -> float | None:
    """How many of the stored unit one of the unit is, of what the product is measured in; None for another one."""
    if unit == _PER_CENT:
        return 1.0
    of, factor = _BY_UNIT.get(unit, ("", 0.0))
    return factor if of == kind else None


def _units_of(kind: str) -> str:
    """The units of a kind of amount; of every kind for an empty one."""
    return ", ".join(name for name, (of, _) in _UNITS.items() if kind in ("", of))


def _unknown(path: Path, what: str, found: str, kind: str) -> InputError:
    return InputError(
        what,
        file=path,
        row="title",
        found=found,
        expected=f"one of {', '.join(_PRODUCTS)}; then {', '.join(_PERIODS)};"
        f" in {_units_of(kind)}; growth in {_PER_CENT}",
        remedy="Land the tables of these indicators alone, as the data service exports them.",
    )


def _month(path: Path, text: str, measure: str) -> tuple[int, int]:
    """Year and month of a column; January and February together are February of an accumulated series."""
    named = plain(text)
    if joint := _JOINT.match(named):
        if measure.startswith("accumulated"):
            return int(joint[1] or joint[2]), 2
        raise InputError(
            "A column holds two months together, and the values are not accumulated.",
            file=path,
            row="heading",
            column=text,
            found=repr(text),
            expected="one month a column",
            remedy="Export the accumulated values (累计值).",
        )
    if match := _CHINESE_MONTH.match(named) or _NUMERIC_MONTH.match(named):
        year, month = int(match[1]), int(match[2])
        if 1 <= month <= 12:
            return year, month
    match = _ENGLISH_MONTH.match(named)
    if match and match[1] in _MONTHS:
        return int(match[2]), _MONTHS.index(match[1]) + 1
    raise InputError(
        "A column is not a month.",
        file=path,
        row="heading",
        column=text,
        found=repr(text),
        expected="Mar 2025 or 2025年3月",
        remedy="Export monthly data.",
    )


def _revised(
    key: tuple[str, str, int, int, str], before: _Figure, value: float, path: Path
) -> InputError:
    province, product, year, month, measure = key
    return InputError(
        "Two exports hold different figures of the same month: one was revised.",
        file=f"{before.file} and {path}" if before.file != path else str(path),
        row=province,
        column=f"{product}, {measure}, {year}-{month:02d}",
        found=f"{before.value:g} and {value:g}",
        expected="one figure",
        remedy="Keep the later export of the two alone, or remove the month from the older one.",
    )


READER = Reader(
    name=NAME,
    roles=("industrial_output",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    marks=("Region", "地区", "Indicators", "指标", "分省月度数据", "Monthly by Province"),
)

"""Figures of a period as the environment ministry's releases state them, in a table: a line a place and period.

Two forms. One pollutant a line: ``period, area, pollutant, value, unit, yoy_change_pct, good_days_pct, ...``. And
a column for each pollutant: ``period, area, pm25, pm25_yoy_pct, pm10, ...``. An area whose list of cities is not
one of ours (2+26, the 41 cities of the Yangtze Delta) is left out and noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from warehouse.air_contracts import OFFICIAL_INDICATORS
from warehouse.errors import InputError
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import Publication, Reader, csv_heading, csv_records, number, role_frame
from warehouse.sources.notes import note

NAME = "official_period"
_AREAS: Mapping[str, tuple[str, str]] = {
    "national": ("nation", "CHN"),
    "china": ("nation", "CHN"),
    "全国": ("nation", "CHN"),
    "bthandsurroundings2+36": ("key_region", "BTH_2_36"),
    "2+36": ("key_region", "BTH_2_36"),
    "京津冀及周边地区": ("key_region", "BTH_2_36"),
    "yrd31": ("key_region", "YRD_31"),
    "长三角地区": ("key_region", "YRD_31"),
    "fenwei13": ("key_region", "FENWEI_13"),
    "汾渭平原": ("key_region", "FENWEI_13"),
    "beijing": ("city", "110000"),
    "北京": ("city", "110000"),
}
"""Area, without blanks and in lower case, to our place. The city of Beijing: the release speaks of the city."""
_OTHER_LISTS = frozenset({"2+26", "yrd41"})
_POLLUTANTS = {
    "pm2.5": "pm25",
    "pm25": "pm25",
    "pm10": "pm10",
    "o3": "o3",
    "so2": "so2",
    "no2": "no2",
    "co": "co",
}
_UNITS = {"ug/m3": "ug_m3", "μg/m3": "ug_m3", "µg/m3": "ug_m3", "mg/m3": "mg_m3"}
_BY_LINE = ("period", "area", "pollutant", "value", "unit", "yoy_change_pct")
_BY_COLUMN = ("period", "area", "pm25", "pm25_yoy_pct")
_DAYS = {
    "good_days_pct": "good_day_share",
    "good_days_change_pp": "good_day_change",
    "good_yoy_pp": "good_day_change",
    "heavy_days_pct": "heavy_day_share",
    "heavy_days_change_pp": "heavy_day_change",
    "heavy_yoy_pp": "heavy_day_change",
    "dust_exceed_pct": "dust_exceedance_share",
    "dust_heavy_pct": "dust_heavy_share",
}
_COLUMNS = {
    "pm25": "pm25_ug_m3",
    "pm25_yoy_pct": "pm25_change",
    "pm10": "pm10_ug_m3",
    "o3": "o3_ug_m3",
    "so2": "so2_ug_m3",
    "no2": "no2_ug_m3",
    "co": "co_mg_m3",
}
_SPAN = re.compile(r"(\d{4})-?(?:Q1to(Q[234])|(\d{2})\.\.(\d{2}))")
_PLAIN = re.compile(r"(\d{4})(?:-(\d{2})|-?(Q[1-4]|H[12]))?")
_LAST_MONTH = {"Q2": "06", "Q3": "09", "Q4": "12"}

PUBLICATION = Publication(
    producer="Ministry of Ecology and Environment of China (MEE)",
    title="Air quality of the nation, key regions and Beijing by period, as released",
    citation="Ministry of Ecology and Environment, monthly releases on ambient air quality.",
    licence="Official statistics",
    terms_of_use="Name the ministry. Particles are after the deduction of sand and dust.",
)

Row = tuple[str, str, str, str, float]


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """The figures by period, place and indicator.

    Raises InputError for another heading, an unknown area, period, pollutant or unit, text in a number cell, or
    a figure that is there twice with different values.
    """
    found: dict[tuple[str, ...], tuple[float, Path]] = {}
    for path in sorted(paths):
        for *key, value in _rows(path):
            place = tuple(str(part) for part in key)
            before = found.setdefault(place, (value, path))
            if before[0] != value:
                raise InputError(
                    "A figure is there twice with different values.",
                    file=f"{before[1]} and {path}" if before[1] != path else path,
                    row=f"{place[0]}, {place[2]}",
                    column=place[3],
                    found=f"{before[0]:g} and {value:g}",
                    expected="one figure for each period, place and indicator",
                    remedy="Look it up in the release and remove the wrong one.",
                )
    return role_frame(((*key, value) for key, (value, _) in found.items()), role)


def recognises(path: Path) -> bool:
    """A CSV file headed as one of the two forms."""
    names = set(csv_heading(path))
    return path.suffix.lower() == ".csv" and (set(_BY_LINE) <= names or set(_BY_COLUMN) <= names)


def _rows(path: Path) -> Iterator[Row]:
    is_by_line = "value" in csv_heading(path)
    records = csv_records(path, _BY_LINE if is_by_line else _BY_COLUMN)
    left_out: set[str] = set()
    for row, record in enumerate(records, start=1):
        cells = {name: text.strip() for name, text in record.items()}
        area = cells["area"]
        if _squeezed(area) in _OTHER_LISTS:
            left_out.add(area)
            continue
        key = (_period(path, row, cells["period"]), *_area(path, row, area))
        columns = _DAYS | ({} if is_by_line else _COLUMNS)
        if is_by_line:
            yield from ((*key, *figure) for figure in _of_line(path, row, cells))
        for column, indicator in columns.items():
            if cells.get(column):
                unit = OFFICIAL_INDICATORS[indicator]
                value = number(cells[column], file=path, row=row, column=column, unit=unit)
                yield (*key, indicator, value)
    if left_out:
        note(f"areas of other lists of cities left out: {', '.join(sorted(left_out))}", path.name)


def _of_line(path: Path, row: int, cells: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    pollutant = _POLLUTANTS.get(cells["pollutant"].lower())
    unit = _UNITS.get(cells["unit"])
    indicator = f"{pollutant}_{unit}"
    if indicator not in OFFICIAL_INDICATORS:
        raise InputError(
            "Unknown pollutant, or a unit that is not its own.",
            file=path,
            row=row,
            column="pollutant, unit",
            found=f"{cells['pollutant']} in {cells['unit'] or 'no unit'}",
            expected="PM2.5, PM10, O3, SO2, NO2 in ug/m3, CO in mg/m3",
            remedy="Correct the row after the release.",
        )
    named = {"value": indicator, "yoy_change_pct": f"{pollutant}_change"}
    for column, name in named.items():
        if cells[column]:
            value = number(
                cells[column], file=path, row=row, column=column, unit=OFFICIAL_INDICATORS[name]
            )
            yield name, value


def _area(path: Path, row: int, text: str) -> tuple[str, str]:
    squeezed = _squeezed(text)
    if squeezed in _AREAS:
        return _AREAS[squeezed]
    province = province_of_any_name(text)
    if province is None:
        raise InputError(
            "The area is not one that is known.",
            file=path,
            row=row,
            column="area",
            found=repr(text),
            expected=f"a province, or one of {', '.join(_AREAS)}",
            remedy="Name it so, or remove the row.",
        )
    return "province", province


def _period(path: Path, row: int, text: str) -> str:
    if span := _SPAN.fullmatch(text):
        year, quarter, first, last = span.groups()
        return f"{year}-{first or '01'}..{last or _LAST_MONTH[quarter]}"
    plain = _PLAIN.fullmatch(text)
    if plain is None or (plain[2] and not 1 <= int(plain[2]) <= 12):
        raise InputError(
            "The period is not one that is known.",
            file=path,
            row=row,
            column="period",
            found=repr(text),
            expected="2025, 2025-01, 2025-Q1, 2025-H1, 2025-Q1toQ3 or 2025-01..09",
            remedy="Write the period so.",
        )
    year, month, part = plain.groups()
    return f"{year}-{month}" if month else f"{year}{part or ''}"


def _squeezed(text: str) -> str:
    return "".join(text.split()).lower()


READER = Reader(
    name=NAME,
    roles=("official_air_figure",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)

"""Tables of city days as people pass them around: a line a city and day, or a line for each pollutant of it.

Three forms, English or Chinese headings, CSV (UTF-8 or GB 18030, plain or gzip) or a workbook:

- ``date, city, AQI, PM2.5, PM10, ...``: a column for each pollutant;
- ``date, city, pollutant, value``: a line for each pollutant;
- ``date, type, Beijing, Shanghai, ...``: a column for each city.

Concentrations in ug/m3, CO in mg/m3 unless the heading says otherwise. An index (AQI) is not read: it is
computed from the concentrations. ``O3`` is taken for the day's mean; the highest 8-hour mean is ``O3_8h``.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.sources.air_files import numbers
from warehouse.sources.base import Publication, Reader, broken, first_bytes, readable
from warehouse.sources.days_told import tell_constant, tell_negative
from warehouse.sources.notes import note
from warehouse.sources.text_files import HEADING_WITHIN, decoded, head_lines, table_of_text
from warehouse.sources.workbook import SUFFIXES as WORKBOOKS
from warehouse.sources.workbook import TABLE_SUFFIXES, tables

NAME = "city_table"
_GZIP = b"\x1f\x8b"
_SUFFIXES = TABLE_SUFFIXES | {".gz"}
_DATE = frozenset({"date", "day", "日期", "时间", "time", "datetime", "监测日期", "统计日期"})
_CITY = frozenset({"city", "cityname", "城市", "城市名称", "地区", "place", "区域"})
_TYPE = frozenset({"type", "pollutant", "poll", "指标", "污染物", "项目", "species"})
_VALUE = frozenset({"value", "concentration", "数值", "浓度", "值", "监测值"})
_HOUR = frozenset({"hour", "小时", "时"})
_POLLUTANT = {
    "pm2.5": "PM2.5",
    "pm25": "PM2.5",
    "pm2_5": "PM2.5",
    "细颗粒物": "PM2.5",
    "pm10": "PM10",
    "可吸入颗粒物": "PM10",
    "so2": "SO2",
    "二氧化硫": "SO2",
    "no2": "NO2",
    "二氧化氮": "NO2",
    "co": "CO",
    "一氧化碳": "CO",
    "o3": "O3",
    "臭氧": "O3",
    "o3_8h": "O3_8h",
    "o38h": "O3_8h",
    "o3-8h": "O3_8h",
    "o3_8h_max": "O3_8h",
    "臭氧8小时": "O3_8h",
    "o3_8h_24h": "O3_8h",
}
"""Heading, in lower case and without unit, to pollutant."""
_UNIT = re.compile(r"[(（\[]\s*([^()（）\[\]]*?)\s*[)）\]]\s*$")
_PER_UG = {
    "ug/m3": 1.0,
    "μg/m3": 1.0,
    "µg/m3": 1.0,
    "微克/立方米": 1.0,
    "mg/m3": 1000.0,
    "毫克/立方米": 1000.0,
}
_KNOWN_OTHERS = re.compile(r"aqi|index|指数|_24h$|_8h$|quality|级|首要", re.IGNORECASE)
"""Names beside those of pollutants: indices, their classes, and means of a day to the hour."""
_MISSING = ("", "-", "--", "—", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "无")
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d")
_MIDNIGHT = r"[ T]0?0:00(:00)?$"
# No day's mean over a city is zero: where it says so the cell was empty, or the instrument's unit too coarse.
_MOST_ZEROS = 0.2
_MONTHS_OF_MEANS = 3
# 2026-11-30: medians of a day's CO over Chinese cities lie between 0.3 and 2 mg/m3 since 2013; in ug/m3 they are
# 1,000 times that.
_CO_MEDIAN_MG = (0.05, 20.0)
_MG_TO_UG = 1000.0
_KEY = ("place", "date", "pollutant")

PUBLICATION = Publication(
    producer="China National Environmental Monitoring Centre (CNEMC), by way of whoever made the table",
    title="Air quality of Chinese cities by day (CNEMC), as a table",
    citation="China National Environmental Monitoring Centre; archive: quotsoft.net/air.",
    licence="None stated by the producer; the archive asks for non-commercial use",
    terms_of_use="Name CNEMC and the archive. Preliminary values, sand and dust not deducted.",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Daily means by city and pollutant, ug/m3.

    Rows that several files hold alike count once.  Raises InputError for an unknown form, a date or number
    that is invalid, CO in another unit than the heading says, or two values of one city, day and pollutant.
    """
    tables = [_table(path) for path in sorted(paths)]
    days = pl.concat(tables)
    torn = days.group_by(_KEY).agg(pl.col("value").n_unique().alias("values"), pl.col("file"))
    torn = torn.filter(pl.col("values") > 1).sort(_KEY)
    if not torn.is_empty():
        first = torn.row(0, named=True)
        raise InputError(
            "A city's day is there twice with different values.",
            file=", ".join(sorted(set(first["file"]))),
            row=f"{first['place']}, {first['date']}",
            column=first["pollutant"],
            found=f"{first['values']} values; {torn.height} such days",
            expected="one value for each city, day and pollutant",
            remedy="Remove the wrong one; a repeat of the same value counts once.",
        )
    counted = days.group_by(_KEY).agg(pl.col("value").first(), pl.len().alias("rows"))
    return counted.select(
        pl.lit("city").alias("place_kind"),
        *_KEY,
        pl.lit("daily").alias("time_basis"),
        pl.lit(24, pl.Int64).alias("hour_count"),
        pl.lit(0, pl.Int64).alias("negative_hours"),
        pl.lit(0, pl.Int64).alias("stuck_hours"),
        pl.when(pl.col("rows") > 1).then(24).otherwise(0).cast(pl.Int64).alias("duplicate_hours"),
        pl.col("value").alias("value_ug_m3"),
    ).sort(CONTRACTS[role].key)


def recognises(path: Path) -> bool:
    """A table whose heading names a date and a city with a pollutant, or a date and a type with cities."""
    if not path.is_file() or path.suffix.lower() not in _SUFFIXES:
        return False
    try:
        names = _heading(path)
    except InputError:
        return False
    return _form(names) is not None and "place_kind" not in names


def _heading(path: Path) -> list[str]:
    if path.suffix.lower() in WORKBOOKS:
        lines = _workbook(path)
    elif first_bytes(path, 2) == _GZIP:
        try:
            head = zlib.decompressobj(wbits=31).decompress(first_bytes(path, 65_536), 65_536)
            lines = table_of_text(decoded(head.rpartition(b"\n")[0] or head, path), path)
        except (*UNPACKING, csv.Error):
            return []
    else:
        lines = head_lines(path)
    return lines[_heading_at(lines)] if lines else []


def _heading_at(lines: Sequence[Sequence[str]]) -> int:
    """The line (from 0) that is a heading, under titles perhaps; the first where none is."""
    return next((at for at, row in enumerate(lines[:HEADING_WITHIN]) if _form(row) is not None), 0)


def _workbook(path: Path) -> list[list[str]]:
    """The rows of the first visible sheet that has a heading, or else of the first."""
    found = [sheet.rows for sheet in tables(path)]
    headed = (rows for rows in found if _form(rows[_heading_at(rows)]) is not None)
    return next(headed, found[0] if found else [])


def _lines(path: Path) -> list[list[str]]:
    if path.suffix.lower() in WORKBOOKS:
        return _workbook(readable(path))
    content = readable(path).read_bytes()
    if content.startswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except UNPACKING as error:
            raise broken(path, "gzip", error) from error
    try:
        return table_of_text(decoded(content, path), path)
    except csv.Error as error:
        raise broken(path, "CSV", error) from error


def _plain(name: str) -> str:
    return _UNIT.sub("", name).strip().lower().replace(" ", "")


def _pollutant(name: str) -> str | None:
    return _POLLUTANT.get(_plain(name))


def _found(names: Sequence[str], wanted: frozenset[str]) -> str | None:
    return next((name for name in names if _plain(name) in wanted), None)


def _form(names: Sequence[str]) -> str | None:
    """`species`, `long` or `cities`; None when the heading is of no such table."""
    if _found(names, _DATE) is None or _found(names, _HOUR) is not None:
        return None
    has_city, has_type = _found(names, _CITY) is not None, _found(names, _TYPE) is not None
    if has_city and has_type:
        return "long" if _found(names, _VALUE) is not None else None
    if has_city:
        return "species" if any(_pollutant(name) for name in names) else None
    return "cities" if has_type else None


def _table(path: Path) -> pl.DataFrame:
    """place, date, pollutant, value (ug/m3), file."""
    lines = [[cell.strip() for cell in row] for row in _lines(path)]
    lines = [row for row in lines if any(row)]
    start = _heading_at(lines)
    if start:
        note(f"{start} line{'s' if start > 1 else ''} above the heading passed over.", path.name)
    names = lines[start] if lines else []
    form = _form(names)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if form is None or twice:
        raise InputError(
            "The heading is not that of a table of city days.",
            file=path,
            row="heading",
            column=", ".join(twice) or None,
            found=f"{twice[0]} twice" if twice else ", ".join(names[:12]) or "nothing",
            expected="date, city and pollutants; or date, city, pollutant, value; or date, type and cities",
            remedy="Give the columns these names, in English or Chinese.",
        )
    cells = _frame(path, names, lines[start + 1 :])
    long = _long(path, cells, form)
    return _tidied(path, long)


def _frame(path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> pl.DataFrame:
    named = [place for place, name in enumerate(names) if name]
    for number, row in enumerate(rows, start=1):
        if len(row) < len(names) or any(row[len(names) :]):
            raise InputError(
                "A row is cut off or too long.",
                file=path,
                row=number,
                found=f"{len(row)} cells",
                expected=f"{len(names)} cells",
                remedy="Copy or download the file again.",
            )
    frame = pl.DataFrame(
        {names[place]: [row[place] for row in rows] for place in named},
        schema={names[place]: pl.String for place in named},
    )
    return frame.with_columns(
        pl.when(pl.all().is_in(_MISSING)).then(None).otherwise(pl.all()).name.keep()
    )


def _long(path: Path, cells: pl.DataFrame, form: str) -> pl.DataFrame:
    """Columns row, day, place, name (of the pollutant, as in the file), value (number as in the file)."""
    names = cells.columns
    date = str(_found(names, _DATE))
    city, kind, value = (_found(names, wanted) for wanted in (_CITY, _TYPE, _VALUE))
    indexed = cells.with_row_index("row", offset=1)
    if form == "long":
        columns = [str(value)]
        wide = numbers(cells, columns, path, "ug/m3").with_row_index("row", offset=1)
        long = wide.select(
            "row",
            pl.col(date).alias("day"),
            pl.col(str(city)).alias("place"),
            pl.col(str(kind)).alias("name"),
            pl.col(str(value)).alias("value"),
        )
    elif form == "species":
        columns = [name for name in names if _pollutant(name)]
        wide = numbers(cells, columns, path, "ug/m3").with_row_index("row", offset=1)
        long = wide.unpivot(
            columns, index=["row", date, str(city)], variable_name="name", value_name="value"
        ).rename({date: "day", str(city): "place"})
    else:
        columns = [name for name in names if name not in (date, kind)]
        wide = numbers(cells, columns, path, "ug/m3").with_row_index("row", offset=1)
        long = wide.unpivot(
            columns, index=["row", date, str(kind)], variable_name="place", value_name="value"
        ).rename({date: "day", str(kind): "name"})
    blank = indexed.filter(
        pl.col(date).is_null() | (pl.col(str(city)).is_null() if city else pl.lit(value=False))
    )
    if not blank.is_empty():
        raise InputError(
            "A row has no date or no city.",
            file=path,
            row=int(blank["row"][0]),
            column=date,
            found="an empty cell",
            expected="a day and a city",
            remedy="Fill the cell, or remove the row.",
        )
    return long.select("row", "day", "place", "name", "value")


def _tidied(path: Path, long: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("day").str.replace(_MIDNIGHT, "")
    dates = pl.coalesce(day.str.to_date(form, strict=False) for form in _DATES)
    dated = long.with_columns(dates.alias("date"))
    wrong = dated.filter(pl.col("date").is_null())
    if not wrong.is_empty():
        first = wrong.row(0, named=True)
        raise InputError(
            "A cell does not hold a day.",
            file=path,
            row=first["row"],
            column="date",
            found=repr(first["day"]),
            expected="2025-01-31, 2025/1/31, 20250131 or 2025年1月31日",
            remedy="Write the day in one of these forms; tables by hour need another reader.",
        )
    _refuse_months(path, dated["date"])
    names = dated["name"].unique().drop_nulls().to_list()
    known = {name: found for name in names if (found := _pollutant(name))}
    factors = {name: _factor(path, name) for name in known}
    _tell_unread(path, [name for name in names if name not in known])
    used = dated.filter(pl.col("name").is_in(list(known)) & pl.col("value").is_not_null())
    if used.is_empty():
        raise InputError(
            "The table holds no value of a pollutant that is used here.",
            file=path,
            found=", ".join(sorted(map(str, names))[:12]) or "no pollutant",
            expected=", ".join(sorted(set(_POLLUTANT.values()))),
            remedy="Name the pollutants so.",
        )
    values = used.with_columns(
        pl.col("name").replace_strict(known, return_dtype=pl.String).alias("pollutant"),
        (pl.col("value") * pl.col("name").replace_strict(factors, return_dtype=pl.Float64)).alias(
            "value"
        ),
    )
    _demand_unit_of_co(path, values)
    tell_constant(path, values)
    tell_negative(path, values)
    return _without_zeros(path, values).select(*_KEY, "value", pl.lit(str(path)).alias("file"))


def _refuse_months(path: Path, dates: pl.Series) -> None:
    """Raise InputError where every date is the first, or every date the last, of a month: means of months."""
    moved = (dates, dates.dt.offset_by("1d"))
    months = dates.dt.truncate("1mo").n_unique()
    if months >= _MONTHS_OF_MEANS and any((day.dt.day() == 1).all() for day in moved):
        raise InputError(
            "The table holds months, not days.",
            file=path,
            column="date",
            found=f"{dates.n_unique()} dates, each the first or the last day of a month",
            expected="a row for each day",
            remedy="Bring values of the days. Means of months say nothing of days that are missing.",
        )


def _tell_unread(path: Path, names: Sequence[str]) -> None:
    """Note names that are of no pollutant known here, and of nothing else that such tables hold."""
    odd = sorted(name for name in names if not _KNOWN_OTHERS.search(name))
    if odd:
        note(f"not read: {', '.join(odd[:12])}: no pollutant that is known", path.name)


def _factor(path: Path, name: str) -> float:
    """From the file's unit to ug/m3: the heading's, otherwise the publisher's custom (CO in mg/m3)."""
    match = _UNIT.search(name)
    if match is None:
        return _MG_TO_UG if _pollutant(name) == "CO" else 1.0
    unit = match[1].lower().replace(" ", "").replace("³", "3")
    if unit not in _PER_UG:
        raise InputError(
            "Unknown unit.",
            file=path,
            row="heading",
            column=name,
            found=match[1],
            expected=", ".join(_PER_UG),
            remedy="Bring the column into one of these units.",
        )
    return _PER_UG[unit]


def _demand_unit_of_co(path: Path, values: pl.DataFrame) -> None:
    carbon = values.filter((pl.col("pollutant") == "CO") & (pl.col("value") > 0))["value"]
    if carbon.is_empty():
        return
    median_mg = float(carbon.median() or 0.0) / _MG_TO_UG  # type: ignore[arg-type]
    low, high = _CO_MEDIAN_MG
    if not low <= median_mg <= high:
        raise InputError(
            "CO is in another unit than the heading says; without a unit there it is mg/m3.",
            file=path,
            column="CO",
            found=f"a median of {median_mg:.4g} mg/m3",
            expected=f"{low:g} to {high:g} mg/m3",
            remedy="Write the unit into the heading, for example CO(ug/m3).",
        )


def _without_zeros(path: Path, values: pl.DataFrame) -> pl.DataFrame:
    """Values that are zero are missing; a pollutant that is mostly zero is left out. Notes say so."""
    shares = dict(values.group_by("pollutant").agg((pl.col("value") == 0).mean()).rows())
    coarse = sorted(name for name, share in shares.items() if share > _MOST_ZEROS)
    for name in coarse:
        note(f"{name} left out: {shares[name]:.0%} of its values are zero", path.name)
    kept = values.filter(~pl.col("pollutant").is_in(coarse))
    zeros = kept.filter(pl.col("value") == 0).height
    if zeros:
        note(f"{zeros:,} values of zero taken as missing", path.name)
    return kept.filter(pl.col("value") != 0)


READER = Reader(
    name=NAME,
    roles=("observation",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)

"""Monthly provincial tables of the Bureau of Statistics, as its data service exports them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import nbs_monthly
from warehouse.sources.workbook import tables

ENGLISH = """\
Database：Monthly by Province
Indicators：Output of Pig Iron, Accumulated(10000 tons)
Time：LAST13
Region,Mar 2025,Feb 2025,Mar 2024
Ningxia,50.5,,2.1
Inner Mongolia,"1,234.5",800,1100
Data Sources：National Bureau of Statistics
"""
CHINESE = """\
数据库：分省月度数据
指标：粗钢产量_累计增长(%)
时间：最近13个月
地区,2025年3月,2024年3月
宁夏回族自治区,39.0,-5
数据来源：国家统计局
"""


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path) -> list[tuple[object, ...]]:
    assert nbs_monthly.recognises(path)
    frame = nbs_monthly.read([path], "industrial_output", 2025)
    return validate(frame, CONTRACTS["industrial_output"], file=path).rows()


def test_the_english_export_is_read(tmp_path: Path) -> None:
    assert read(write(tmp_path, ENGLISH)) == [
        ("CN-NX", "pig_iron", 2025, 3, "accumulated", 50.5),
        ("CN-NX", "pig_iron", 2024, 3, "accumulated", 2.1),
        ("CN-NM", "pig_iron", 2025, 3, "accumulated", 1234.5),
        ("CN-NM", "pig_iron", 2025, 2, "accumulated", 800.0),
        ("CN-NM", "pig_iron", 2024, 3, "accumulated", 1100.0),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_the_chinese_export_is_read(tmp_path: Path, encoding: str) -> None:
    assert read(write(tmp_path, CHINESE, encoding)) == [
        ("CN-NX", "crude_steel", 2025, 3, "accumulated_growth", 39.0),
        ("CN-NX", "crude_steel", 2024, 3, "accumulated_growth", -5.0),
    ]


def test_a_workbook_with_the_services_broken_colon_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in ENGLISH.replace("：", "ï¼\x9a", 1).splitlines()[:-2]:
        sheet.append(line.split(",") if line.startswith(("Region", "Ningxia")) else [line])
    path = tmp_path / "table.xlsx"
    book.save(path)
    assert [row[5] for row in read(path)] == [50.5, 2.1]


@pytest.mark.parametrize(
    ("indicator", "product", "measure", "factor"),
    [
        ("Output of Crude Steel, Current Period(10000 tons)", "crude_steel", "current", 1.0),
        (
            "Output of Ten Nonferrous Metals, Accumulated(10000 tons)",
            "non_ferrous_metals",
            "accumulated",
            1.0,
        ),
        ("Output of Electricity, Accumulated(100 million kwh)", "electricity", "accumulated", 1.0),
        (
            "Output of Thermal Power, Accumulated(100 million kwh)",
            "thermal_power",
            "accumulated",
            1.0,
        ),
        (
            "Freight Traffic of Highways, Accumulated(10000 tons)",
            "highway_freight",
            "accumulated",
            1.0,
        ),
        ("Output of Pig Iron, Accumulated Growth Rate(%)", "pig_iron", "accumulated_growth", 1.0),
        ("Output of Pig Iron, Current Period(tons)", "pig_iron", "current", 1e-4),
    ],
)
def test_product_measure_and_unit_are_in_the_title(
    tmp_path: Path, indicator: str, product: str, measure: str, factor: float
) -> None:
    text = ENGLISH.replace("Output of Pig Iron, Accumulated(10000 tons)", indicator)
    first = read(write(tmp_path, text))[0]
    assert first[1:5] == (product, 2025, 3, measure)
    assert first[5] == pytest.approx(50.5 * factor)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Pig Iron", "Beer", "not one that is used"),
        ("(10000 tons)", "(barrels)", "Unknown unit"),
        ("Ningxia", "Atlantis", "not a province"),
        ("Mar 2025", "2025", "not a month"),
        ("50.5", "fifty", "not hold a number"),
        ("Region,", "Place,", "no heading"),
    ],
)
def test_what_is_not_the_services_table_is_refused(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    with pytest.raises(InputError, match=what):
        nbs_monthly.read([write(tmp_path, ENGLISH.replace(old, new))], "industrial_output", 2025)


def test_annual_tables_are_not_recognised(tmp_path: Path) -> None:
    assert not nbs_monthly.recognises(write(tmp_path, ENGLISH.replace("Monthly", "Annual")))


def test_the_bureaus_genuine_workbook_has_the_lines_that_are_looked_for(shared_data) -> None:  # type: ignore[no-untyped-def]
    path = shared_data("economy/nbs_province/AnnualbyProvince_GRP.xls")
    lines = tables(path)[0].rows
    assert lines[0][0] == "Database：Annual by Province"
    assert lines[3][0] == "Region"
    assert not nbs_monthly.recognises(path)
    assert pl.DataFrame(lines[4:35], orient="row").height == 31

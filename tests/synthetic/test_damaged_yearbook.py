"""Damaged yearbook tables: each is refused with a precise message, or borne and noted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from damage import (
    Damage,
    at,
    cases,
    edit,
    emptied,
    halved,
    html,
    noise_bytes,
    prove,
    read,
)

from synth.workbook import Sheet, write

READER, ROLE, GB = "yearbook", "sector_output", "gb18030"
VALUE, PRICE, TONNES = "chemicals *.csv", "beef price*.xlsx", "beef output*.xlsx"


def _sheet(change: Callable[[list[list[str]]], list[list[str]] | None]) -> Callable[[Path], None]:
    """A workbook's rows changed."""

    def harm(file: Path) -> None:
        import fastexcel

        frame = fastexcel.read_excel(file).load_sheet(0, header_row=None).to_polars()
        rows = [[cell for cell in row] for row in frame.cast(pl.String).rows()]
        write(file, [Sheet("Annual by Province", change(rows) or rows)])

    return harm


def _swap(old: str, new: str) -> Callable[[Path], None]:
    return at(VALUE, edit(lambda text: text.replace(old, new, 1), GB))


def _cell(row: int, column: int, value: str | None) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[row][column] = value  # type: ignore[call-overload]

    return change


def _times(factor: float) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        for row in rows[4:]:
            row[1:] = [str(float(cell) * factor) if cell else cell for cell in row[1:]]

    return change


def _copied(folder: Path) -> None:
    file = sorted(folder.glob(VALUE))[0]
    (folder / "again.csv").write_bytes(file.read_bytes())


DAMAGES = (
    Damage("empty", at(VALUE, emptied), "empty.*0 bytes"),
    Damage("web page", at(VALUE, html), "is a web page"),
    Damage("web page as a workbook", at(PRICE, html), "is a web page.*workbook"),
    Damage("other bytes", at(PRICE, noise_bytes), "workbook"),
    Damage("truncated workbook", at(PRICE, halved), "workbook"),
    Damage("table cut in half", at(VALUE, halved), "31 provinces|province|GB18030"),
    Damage("heading lost", _swap("地区,", "省份,"), "Region or Indicators"),
    Damage("indicator lost", _swap("指标：", "项目："), "no indicator"),
    Damage("year that is none", _swap("2017年", "去年"), "去年"),
    Damage("year twice", _swap("2018年", "2017年"), "one twice"),
    Damage("year lost",
           at(VALUE, edit(lambda t: t.replace("2017年", "2010年"), GB)), "no figure of the year.*2017"),
    Damage("year without figures", at(PRICE, _sheet(lambda rows: [[*row[:3], None, row[4]] for row in rows])),
           "no year|years|no figure of the year"),
    Damage("unknown unit", _swap("亿元", "亿美元"), "unit.*亿美元"),
    Damage("unit of another measure", _swap("亿元", "万吨"), "unit.*万吨"),
    Damage("unit a thousandfold", at(PRICE, _sheet(_times(1000.0))), "out of scale"),
    Damage("unit a thousandth", at(PRICE, _sheet(_times(0.001))), "out of scale"),
    Damage("text in a cell", at(PRICE, _sheet(_cell(6, 3, "about 60"))), "line 7.*2017.*about 60"),
    Damage("negative figure", at(PRICE, _sheet(_cell(6, 3, "-3"))), "out of scale.*-3"),
    Damage("province misspelt", _swap("江苏", "江酥"), "江酥.*a province"),
    Damage("province dropped",
           at(VALUE, edit(lambda t: "\r\n".join(r for r in t.split("\r\n") if "江苏" not in r), GB)),
           "31 provinces.*30 lines"),
    Damage("province twice", _swap("浙江", "江苏"), "twice"),
    Damage("a product twice", _copied, "there twice.*again.csv"),
    Damage("an indicator that is not read",
           _swap("化学原料和化学制品产值", "居民消费价格指数"), "none of the indicators"),
)  # fmt: skip


@cases(*DAMAGES)
def test_damage_shows(damage: Damage, copy_of: Callable[[str], Path]) -> None:
    prove(damage, READER, ROLE, copy_of(ROLE))


def test_a_region_by_indicator_table_and_the_long_csv_are_read(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(
        "Database：Annual by Province\nRegion：Neimenggu\nYear：1990-\nIndicators,2018,2017\n"
        "Output of Beef(10000 tons),60.0,59.5\nOutput of Mutton(10000 tons),1,2\n"
        "Output of Rice(tons),,1220000\nData Sources：NBS\n",
        encoding="utf-8",
    )
    (tmp_path / "2.csv").write_text(
        "indicator_name,region_code,region_name,year,value\n牛肉产量(万吨),440000,广东省,2017,6.9\n"
        "牛肉产量(万吨),440000,广东省,2016,7.1\n",
        encoding="utf-8",
    )
    frame = read(READER, ROLE, sorted(tmp_path.iterdir()))
    assert frame.sort("province", "product_code").rows() == [
        ("CN-GD", "beef", "output_10k_t", 6.9),
        ("CN-NM", "beef", "output_10k_t", 59.5),
        ("CN-NM", "rice", "output_10k_t", 122.0),
    ]


def test_the_bureaus_own_files_sum_to_published_totals(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("economy/fabio_chn_agri/China_Data")
    files = [
        folder / "Crop production in provinces",
        folder / "Other products" / "Forestry value added.xls",
        folder / "Animal Slaughtered and products" / "Beef.xls",
    ]
    frame = read(READER, ROLE, files)
    sums = {name: group["value"].sum() for (name,), group in frame.group_by("product_code")}
    assert sums["rice"] == pytest.approx(21_267.6, abs=0.05)  # 10,000 t, published for 2017
    assert sums["wheat"] == pytest.approx(13_433.4, abs=0.05)
    assert sums["beef"] == pytest.approx(634.6, abs=0.05)
    assert sums["forestry"] == pytest.approx(
        4_980.5e4, abs=0.6e4
    )  # 100 million yuan as 10,000 yuan

"""Meanings, files and names as people have them: each kind that went wrong once, with its right answer."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from real_tables import (
    CUSTOMS,
    ENGLISH,
    ROW,
    Landed,
    customs,
    output,
    refusal,
    trade,
    yearbook,
    yearbook_book,
)

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.landing import sources_of

# --- Meaning ----------------------------------------------------------------------------------


def test_imports_and_exports_together_are_neither(landed: Landed) -> None:
    text = customs("5").encode("gb18030")
    error = refusal(landed, "paper-2017", "trade", {"2017年进出口数据.csv": text})
    assert "exports or imports" in error.message


def test_a_name_of_both_that_says_which_is_read(landed: Landed) -> None:
    frame, _ = landed(
        "paper-2017", "trade", {"2017进出口-进口.csv": customs("5").encode("gb18030")}
    )
    assert frame["flow"].to_list() == ["import"]


NO_PLACE = CUSTOMS.replace("注册地编码,注册地名称,", "")
ROW_NO_PLACE = ROW.replace("44,广东省,", "")


@pytest.mark.parametrize("month", ["11", "12", "01"])
def test_a_month_in_the_name_is_no_province(landed: Landed, month: str) -> None:
    text = customs("5", heading=NO_PLACE, row=ROW_NO_PLACE).encode("gb18030")
    error = refusal(landed, "paper-2017", "trade", {f"export-2017-{month}.csv": text})
    assert "may be a month" in error.message


@pytest.mark.parametrize(
    ("name", "code"),
    [("export-2017-44.csv", "CN-GD"), ("export-2017-110000.csv", "CN-BJ"), ("出口_2017_北京市.csv", "CN-BJ"),
     ("export-2017-CN-TJ.csv", "CN-TJ"), ("export_2017_Guangdong_p1-10.csv", "CN-GD")],
)  # fmt: skip
def test_a_province_in_the_name_is_read(landed: Landed, name: str, code: str) -> None:
    text = customs("5", heading=NO_PLACE, row=ROW_NO_PLACE).encode("gb18030")
    assert landed("paper-2017", "trade", {name: text})[0]["province"].to_list() == [code]


def test_hs_codes_of_two_lengths_are_refused_in_a_tidy_table(landed: Landed) -> None:
    heading = "flow,province,partner_code,commodity_code,regime_code,currency,value_million\n"
    rows = "export,CN-GD,502,01012100,10,USD,3\nexport,CN-GD,502,010121,10,USD,3\n"
    error = refusal(landed, "paper-2017", "trade", {"x.csv": (heading + rows).encode()})
    assert "count twice" in error.message
    assert error.row == 2


def test_a_quote_within_a_name_is_a_letter(landed: Landed) -> None:
    row = ROW.replace("手机", '显示器17"')
    assert trade(landed, customs('"1,234,567"', "5000", "7", row=row))[0] == [1234567, 5000, 7]


# --- Files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
def test_every_encoding_of_a_spreadsheet_is_read(landed: Landed, encoding: str) -> None:
    assert trade(landed, customs('"1,234,567"'), encoding)[0] == [1234567]


def test_tabs_and_a_title_above_the_heading_are_read(landed: Landed) -> None:
    text = "海关统计数据\n" + customs("5000").replace(",", "\t")
    assert trade(landed, text, "utf-16")[0] == [5000]


def test_blank_columns_and_lines_behind_are_no_columns_and_lines(landed: Landed) -> None:
    text = "province,concept,currency,value_million,,\nCN-GD,goods_by_origin,USD,5,,\n,,,,,\n\n"
    frame, notes = landed("open-2007", "export_total", {"mine.csv": text.encode()})
    assert frame.height == 1
    assert any("2 blank columns" in note for note in notes)


def test_a_blank_last_line_is_no_row(landed: Landed) -> None:
    categories = [f"c_{letter}" for letter in "abcdefghijklmn"]
    rows = [f"{name},{each},30000" for name in ("CN-HE", "Inner Mongolia") for each in categories]
    text = "\n".join(["# by hand", "province,product_category,emission_t", *rows, "", ""])
    frame, _ = landed("paper-2017", "ammonia", {"nh3.csv": text.encode()})
    assert frame.height == 28
    assert set(frame["province"]) == {"CN-HE", "CN-NM"}


def zipped(path: Path, members: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path.read_bytes()


def test_an_archive_made_on_a_mac_is_read(landed: Landed, tmp_path: Path) -> None:
    content = zipped(
        tmp_path / "a.zip",
        {
            "export-2017.csv": customs("5").encode("gb18030"),
            "__MACOSX/._export-2017.csv": b"\0\5\26\7x",
        },
    )
    frame, notes = landed("paper-2017", "trade", {"export-2017.zip": content})
    assert frame.height == 1
    assert any("companion files of macOS" in note for note in notes)


def test_a_chinese_name_in_an_archive_made_in_china_is_read(landed: Landed, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    name = "2017年出口.csv".encode("gb18030").decode("cp437")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x" * len(name), customs("5").encode("gb18030"))
    raw = path.read_bytes().replace(b"x" * len(name), "2017年出口.csv".encode("gb18030"))
    frame, _ = landed("paper-2017", "trade", {"海关.zip": raw})
    assert frame["flow"].to_list() == ["export"]


def test_companion_files_beside_the_table_are_passed_over(landed: Landed) -> None:
    text = b"province,concept,currency,value_million\nCN-GD,goods_by_origin,USD,5\n"
    files = {"mine.csv": text, "._mine.csv": b"\0\5\26\7", "Thumbs.db": b"x", ".DS_Store": b"x"}
    frame, notes = landed("open-2007", "export_total", files)
    assert frame.height == 1
    assert sum("passed over" in note for note in notes) == 3


def test_a_folder_of_files_gives_its_files(landed: Landed) -> None:
    text = b"province,concept,currency,value_million\nCN-GD,goods_by_origin,USD,5\n"
    frame, _ = landed("open-2007", "export_total", {"2007/mine.csv": text, "2007/._mine.csv": b"x"})
    assert frame.height == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xls", b"<html><body><table><tr><td>x</td></tr></table></body></html>", "a web page"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "a web page"),
        ("a.xls", b"<?xml version='1.0'?><Workbook></Workbook>", "an XML document"),
        ("a.csv", b"%PDF-1.7 ...", "a PDF document"),
        ("a.csv", b"Rar!\x1a\x07\x00", "a RAR archive"),
    ],
)
def test_a_file_of_another_kind_is_named_as_that(
    landed: Landed, name: str, content: bytes, says: str
) -> None:
    for edition, role in (("paper-2017", "sector_output"), ("open-2007", "export_total")):
        error = refusal(landed, edition, role, {name: content})
        assert says in error.message
        assert "damaged" not in str(error)


def test_an_archive_where_tables_are_read_names_what_it_holds(
    landed: Landed, tmp_path: Path
) -> None:
    content = zipped(tmp_path / "a.zip", {"exports.csv": b"province\n"})
    error = refusal(landed, "open-2007", "export_total", {"mine.zip": content})
    assert "a ZIP archive with exports.csv" in str(error.found)
    assert "Unpack" in error.remedy


def test_a_workbook_under_the_name_of_a_csv_is_read(landed: Landed, tmp_path: Path) -> None:
    content = yearbook_book(tmp_path / "a.xlsx", lambda _book: None)
    frame, _ = landed("paper-2017", "sector_output", {"a.csv": content})
    assert frame.height == 31


def test_an_almost_right_file_is_answered_by_the_nearest_reader(landed: Landed) -> None:
    text = customs("5", heading=CUSTOMS.replace("人民币", "金额"))
    error = refusal(landed, "paper-2017", "trade", {"export-2017.csv": text.encode("gb18030")})
    assert "customs query site" in error.message
    assert "金额" in str(error.column)


# --- Names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "decorate", [lambda name: f"{name} Province", str.upper, lambda name: f"{name} ", str]
)
def test_english_names_however_decorated(landed: Landed, decorate: Callable[[str], str]) -> None:
    names = [decorate(name) for name in ENGLISH]
    assert len(output(landed, yearbook(["10.5"] * 31, names))[0]) == 31


@pytest.mark.parametrize(
    ("name", "code"),
    [("Anhui Province", "CN-AH"), ("Inner Mongolia A.R.", "CN-NM"), ("內蒙古自治區", "CN-NM"),
     ("Guangxi Zhuang Autonomous Region", "CN-GX"), ("廣東省", "CN-GD"), ("CN-HA", "CN-HA"),
     ("410000", "CN-HA"), ("41", "CN-HA"), ("cn-ha", "CN-HA"), ("Xinjiang Uygur", "CN-XJ"), ("Henan", "CN-HA")],
)  # fmt: skip
def test_a_users_names_of_provinces(landed: Landed, name: str, code: str) -> None:
    text = f"province,concept,currency,value_million\n{name},goods_by_origin,USD,5\n"
    frame, _ = landed("open-2007", "export_total", {"mine.csv": text.encode()})
    assert frame["province"].to_list() == [code]


@pytest.mark.parametrize("name", ["Hui", "Hong Kong", "台湾省", "Mongolia", "12", "Total", "99"])
def test_no_other_name_is_a_province(landed: Landed, name: str) -> None:
    text = f"province,concept,currency,value_million\n{name},goods_by_origin,USD,5\n"
    if name == "12":  # the number of Tianjin
        assert landed("open-2007", "export_total", {"a.csv": text.encode()})[0].height == 1
        return
    assert (
        refusal(landed, "open-2007", "export_total", {"a.csv": text.encode()}).column == "province"
    )


# --- A user's own inventory -------------------------------------------------------------------


def test_totals_of_an_inventory_may_be_left_out_and_are_checked_where_given() -> None:
    rows = [("CN-BJ", "PP", "SO2", 1.5), ("CN-BJ", "IND", "SO2", 2.5), ("CN-GD", "PP", "SO2", 1.0)]
    contract = CONTRACTS["sector_emission"]

    def table(*more: tuple[str, str, str, float]) -> pl.DataFrame:
        return pl.DataFrame([*rows, *more], schema=contract.schema, orient="row")

    assert validate(table(), contract, file="x").height == 3
    both = (("CN-BJ", "TOTAL", "SO2", 4.0), ("CN-GD", "TOTAL", "SO2", 1.0))
    assert validate(table(*both), contract, file="x").height == 5
    with pytest.raises(InputError, match="do not sum"):
        validate(table(("CN-BJ", "TOTAL", "SO2", 5.0), both[1]), contract, file="x")
    with pytest.raises(InputError, match="TOTAL is missing"):
        validate(table(both[0]), contract, file="x")


# --- Monthly tables of the statistics bureau ----------------------------------------------------


def monthly(indicator: str, heading: str = "2025年3月,2025年2月", cells: str = "100,60") -> bytes:
    lines = ["数据库：分省月度数据", f"指标：{indicator}", "时间：最近13个月", f"地区,{heading}"]
    rows = [f"{name},{cells}" for name in ("北京市", "天津市")]
    return "\n".join([*lines, *rows, "数据来源：国家统计局", ""]).encode()


@pytest.mark.parametrize(
    "indicator",
    ["太阳能发电量累计值(亿千瓦时)", "公路货物周转量累计增长(%)", "风力发电量累计值(亿千瓦时)", "粗钢产量(万吨)",
     "生铁产量累计值(亿千瓦时)", "生铁产量累计值", "生铁产量累计值(%)",
     "Output of Electricity from Wind, Accumulated(100 million kWh)"],
)  # fmt: skip
def test_only_whole_names_are_indicators(landed: Landed, indicator: str) -> None:
    error = refusal(landed, "air-caqra", "industrial_output", {"t.csv": monthly(indicator)})
    assert error.row == "title"


def test_january_and_february_together(landed: Landed) -> None:
    text = monthly("生铁产量累计值(万吨)", "2025年3月,2025年1-2月")
    frame, _ = landed("air-caqra", "industrial_output", {"t.csv": text})
    assert frame["source_month"].to_list() == [3, 2, 3, 2]
    text = monthly("生铁产量当期值(万吨)", "2025年3月,2025年1-2月")
    error = refusal(landed, "air-caqra", "industrial_output", {"t.csv": text})
    assert error.column == "2025年1-2月"


def test_values_of_single_months_alone_are_noted(landed: Landed) -> None:
    text = monthly("粗钢产量当期值(万吨)", cells="80,-")
    frame, notes = landed("air-caqra", "industrial_output", {"t.csv": text})
    assert frame.height == 2
    assert any("累计值" in note for note in notes)
    assert any("2 cells (2 x -)" in note for note in notes)


def test_overlapping_exports(landed: Landed) -> None:
    first = monthly("生铁产量累计值(万吨)")
    second = monthly("生铁产量累计值(万吨)", "2025年4月,2025年3月", "130,100")
    frame, _ = landed("air-caqra", "industrial_output", {"a.csv": first, "b.csv": second})
    assert frame.height == 6
    revised = second.replace(b"130,100", b"130,101")
    error = refusal(landed, "air-caqra", "industrial_output", {"a.csv": first, "b.csv": revised})
    assert error.found == "100 and 101"
    assert "a.csv" in str(error.file)
    assert "b.csv" in str(error.file)


def test_a_workbook_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    """It was answered with "put the publisher's file in place unchanged"."""
    path = tmp_path / "a.xls"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(3000))
    with pytest.raises(InputError, match="damaged") as caught:
        sources_of("sector_output", [path])
    assert caught.value.file == str(path)

"""Figures and workbooks as people have them: each kind that went wrong once, with its right answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from real_tables import (
    CUSTOMS,
    Landed,
    customs,
    output,
    refusal,
    trade,
    yearbook,
    yearbook_book,
)

from warehouse.sources.meic_names import doubtful_unit, tonnes_per_unit

# --- Figures ----------------------------------------------------------------------------------


def test_a_decimal_comma_is_no_group_of_thousands(landed: Landed) -> None:
    error = refusal(
        landed, "paper-2017", "trade", {"export-2017.csv": customs('"61,2"').encode("gb18030")}
    )
    assert (error.row, error.found) == ("line 2", "'61,2'")


def test_groups_of_thousands_and_full_width_digits_are_read(landed: Landed) -> None:
    assert trade(landed, customs('"1,234,567"', "５０００", '"1,000.5"'))[0] == [
        1234567,
        5000,
        1000.5,
    ]


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        ("人民币（元）", 1),
        ("人民币(万元)", 1e4),
        ("美元（百万美元）", 1e6),
        ("人民币（亿元）", 1e8),
    ],
)
def test_a_unit_in_the_heading_is_read(landed: Landed, heading: str, factor: float) -> None:
    amounts, notes = trade(landed, customs("7", heading=CUSTOMS.replace("人民币", heading)))
    assert amounts == [7 * factor]
    assert any("multiplied" in note for note in notes) == (factor != 1)


def test_an_unknown_unit_in_the_heading_is_refused(landed: Landed) -> None:
    text = customs("7", heading=CUSTOMS.replace("人民币", "人民币（斤）"))
    error = refusal(landed, "paper-2017", "trade", {"export-2017.csv": text.encode("gb18030")})
    assert "人民币（斤）" in str(error.column)


def test_marks_for_no_figure_are_absent_and_noted(landed: Landed) -> None:
    values, notes = output(landed, yearbook(["…", "-", "—", "#", "", *["10.5"] * 26]))
    assert len(values) == 26
    assert any("5 cells (1 x …, 1 x -, 1 x —, 1 x #, 1 x blank)" in note for note in notes)


@pytest.mark.parametrize("cell", ["#REF!", "#DIV/0!", "12%", "61,2", "1,2345", "约60", "=1+2"])
def test_what_is_no_figure_is_refused_with_its_line(landed: Landed, cell: str) -> None:
    text = yearbook([f'"{cell}"', *["10.5"] * 30])
    error = refusal(landed, "paper-2017", "sector_output", {"a.csv": text.encode()})
    assert error.row == "line 5 (北京市)"
    assert cell in str(error.found)


def test_a_missing_unit_is_never_assumed(landed: Landed) -> None:
    for indicator in ("渔业总产值", "稻谷产量"):
        text = yearbook(["10.5"] * 31, indicator=indicator)
        error = refusal(landed, "paper-2017", "sector_output", {"a.csv": text.encode()})
        assert error.found == "no unit"


@pytest.mark.parametrize(
    ("unit", "factor"), [("亿元", 1e4), ("万元", 1.0), ("百万元", 1e2), ("千元", 0.1), ("元", 1e-4)]
)
def test_units_of_the_yearbook(landed: Landed, unit: str, factor: float) -> None:
    values, _ = output(landed, yearbook(["10"] * 31, indicator=f"渔业总产值（{unit}）"))
    assert values["CN-BJ"] == pytest.approx(10 * factor)


def test_a_unit_on_a_line_of_its_own_is_read(landed: Landed) -> None:
    text = yearbook(["10.5"] * 31, indicator="渔业总产值").replace("时间", "单位：万元\n时间")
    assert output(landed, text)[0]["CN-BJ"] == 10.5


@pytest.mark.parametrize(
    ("text", "value"),
    [("province;concept;currency;value_million\nCN-GD;goods_by_origin;USD;1234,5\n", 1234.5),
     ("province;concept;currency;value_million\nCN-GD;goods_by_origin;USD;1.234,5\n", 1234.5),
     ("province;concept;currency;value_million\nCN-GD;goods_by_origin;USD;61.2\n", 61.2),
     ("province\tconcept\tcurrency\tvalue_million\nCN-GD\tgoods_by_origin\tUSD\t1,234,567\n", 1234567.0),
     ('province,concept,currency,value_million\nCN-GD,goods_by_origin,USD,"1,234.5"\n', 1234.5),
     ("province,concept,currency,value_million\nCN-GD,goods_by_origin,USD,1 234.5\n", 1234.5),
     ("province,concept,currency,value_million\nCN-GD,goods_by_origin,USD,1'234\n", 1234.0),
     ("province,concept,currency,value_million\nCN-GD,goods_by_origin,USD,６１．２\n", 61.2)],
)  # fmt: skip
def test_a_users_table_as_spreadsheets_save_it(landed: Landed, text: str, value: float) -> None:
    frame, _ = landed("open-2007", "export_total", {"mine.csv": text.encode()})
    assert frame.rows() == [("CN-GD", "goods_by_origin", "USD", value)]


@pytest.mark.parametrize("cell", ["61,2", "12%", "#REF!", "-", "…", "=A1", "1,2345", "1.2.3"])
def test_a_users_cell_that_is_no_figure_is_refused(landed: Landed, cell: str) -> None:
    text = f'province,concept,currency,value_million\nCN-GD,goods_by_origin,USD,"{cell}"\n'
    error = refusal(landed, "open-2007", "export_total", {"mine.csv": text.encode()})
    assert (error.row, error.column, error.found) == (1, "value_million", repr(cell))


def test_a_comma_that_may_be_either_is_refused(landed: Landed) -> None:
    text = "province;concept;currency;value_million\nCN-GD;goods_by_origin;USD;1,234\n"
    error = refusal(landed, "open-2007", "export_total", {"mine.csv": text.encode()})
    assert error.expected == "1234 or 1.234"


# --- Workbooks --------------------------------------------------------------------------------


def _hide_a_first_sheet(book: openpyxl.Workbook) -> None:
    old = book.copy_worksheet(book["new"])
    old.title, old.sheet_state = "old", "hidden"
    for row in range(5, 36):
        old.cell(row, 2).value = 99
    book.move_sheet(old, -1)


def _second_sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("notes", 0)["A1"] = "Written by hand"


@pytest.mark.parametrize(
    ("change", "says"),
    [(_hide_a_first_sheet, "old is hidden"), (_second_sheet, "notes holds no table")],
)
def test_the_sheet_that_is_meant_is_read(
    landed: Landed, tmp_path: Path, change: Callable[[openpyxl.Workbook], None], says: str
) -> None:
    content = yearbook_book(tmp_path / "a.xlsx", change)
    frame, notes = landed("paper-2017", "sector_output", {"a.xlsx": content})
    assert set(frame["value"]) == {10.5}
    assert any(says in note for note in notes)


def _put(address: str, value: object) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book["new"][address] = value

    return change


def _merge(book: openpyxl.Workbook) -> None:
    book["new"].merge_cells("B6:B7")


@pytest.mark.parametrize(
    ("change", "cell", "says"),
    [
        (_put("B6", "=1+2"), "B6", "formula that was never computed"),
        (_put("B6", "#REF!"), "B6", "Excel could not compute it"),
        (_put("B6", "#DIV/0!"), "B6", "Excel could not compute it"),
        (_merge, "B7", "merged with another one"),
    ],
)
def test_a_cell_without_its_figure_is_refused_by_address(
    landed: Landed,
    tmp_path: Path,
    change: Callable[[openpyxl.Workbook], None],
    cell: str,
    says: str,
) -> None:
    content = yearbook_book(tmp_path / "a.xlsx", change)
    error = refusal(landed, "paper-2017", "sector_output", {"a.xlsx": content})
    assert f"(cell {cell})" in str(error.found)
    assert says in error.message


def test_a_users_workbook_is_a_tidy_table(landed: Landed, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["My exports"])
    sheet.append(["province", "concept", "currency", "value_million"])
    sheet.append(["Henan", "goods_by_origin", "USD", 5.5])
    book.save(tmp_path / "mine.xlsx")
    content = (tmp_path / "mine.xlsx").read_bytes()
    frame, notes = landed("open-2007", "export_total", {"mine.xlsx": content})
    assert frame.rows() == [("CN-HA", "goods_by_origin", "USD", 5.5)]
    assert any("1 line above the heading" in note for note in notes)


# --- Units ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tonnes", "doubtful"),
    [("Unit: Gg", 1e3, None), ("Unit: Mg", 1.0, None), ("(Mt)", 1e6, None), ("单位：万吨", 1e4, None),
     ("Unit: Mg/year", 1.0, None), ("Unit: Tg", 1e6, None), ("（千吨）", 1e3, None),
     ("Unit: mg", None, "mg"), ("Unit: mt", None, "mt"), ("Unit: MT", None, "MT"), ("Unit: kg", None, "kg")],
)  # fmt: skip
def test_a_unit_that_may_be_another_is_refused(
    text: str, tonnes: float | None, doubtful: str | None
) -> None:
    assert tonnes_per_unit(text) == tonnes
    assert doubtful_unit(text) == doubtful

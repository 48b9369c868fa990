"""Readers of the global table, the provincial tables and the export totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from source_samples import (
    Book,
    Sheet,
    provincial_book,
    provincial_grid,
    wiod_file,
    wiod_parts,
    write_exports,
    write_panel,
    write_rda,
)

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import provincial_exports, provincial_io_2007, provincial_panel, wiod

SharedData = Callable[[str], Path]


# --- WIOD -----------------------------------------------------------------------------------


def test_wiod_becomes_the_global_table(tmp_path: Path) -> None:
    path = wiod_file(tmp_path)
    assert wiod.recognises(path)
    table = validate(wiod.read([path], "global_table", 2007), CONTRACTS["global_table"], file=path)
    assert set(table["from_region"]) == {"CHN", "ROW"}
    cell = table.row(
        by_predicate=(pl.col("from_region") == "ROW")
        & (pl.col("from_sector") == "c2")
        & (pl.col("to_region") == "CHN")
        & (pl.col("to_code") == "gfcf"),
        named=True,
    )
    assert cell["value_musd"] == 11  # 5 + row 3 + column 3 of the final demand
    assert table.filter(value_musd=0).is_empty()
    assert table.filter(pl.col("value_musd") < 0)["to_code"].to_list() == ["inventories"]
    assert table.filter(block="output").height == 4


def test_wiod_of_another_year_is_refused(tmp_path: Path) -> None:
    path = write_rda(tmp_path / "wiod07.rda", wiod_parts(2011))
    with pytest.raises(InputError) as caught:
        wiod.read([path], "global_table", 2007)
    assert caught.value.expected == "inter07"
    assert "inter11" in str(caught.value.found)


def test_wiod_parts_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    parts = wiod_parts()
    parts["final07"].pop("V10")
    path = write_rda(tmp_path / "wiod07.rda", parts)
    with pytest.raises(InputError) as caught:
        wiod.read([path], "global_table", 2007)
    assert (caught.value.found, caught.value.expected) == (
        "4 rows, 9 columns",
        "4 rows, 10 columns",
    )


@pytest.mark.parametrize(
    ("part", "name", "column", "blamed"),
    [
        ("inter07", "V2", ["1", "2", "3", "x"], "inter07.V2"),
        ("final07", "V3", [1.0, float("nan"), 2.0, 3.0], "final07, column 3"),
        ("countries", "countries", ["CHN", "CHN"], "countries"),
    ],
)
def test_wiod_with_a_bad_cell_is_refused(
    tmp_path: Path, part: str, name: str, column: list[Any], blamed: str
) -> None:
    parts = wiod_parts()
    parts[part][name] = column
    path = write_rda(tmp_path / "wiod07.rda", parts)
    with pytest.raises(InputError) as caught:
        wiod.read([path], "global_table", 2007)
    assert caught.value.column == blamed
    assert caught.value.file == str(path)


def test_a_truncated_wiod_is_refused(tmp_path: Path) -> None:
    path = wiod_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(InputError):
        wiod.read([path], "global_table", 2007)


@pytest.mark.parametrize("share", [0.4, 0.95, 0.9999])
def test_a_truncated_genuine_wiod_is_refused(
    shared_data: SharedData, tmp_path: Path, share: float
) -> None:
    content = shared_data("economy/wiod_2013release/wiod07.rda").read_bytes()
    path = tmp_path / "wiod07.rda"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError) as caught:
        wiod.read([path], "global_table", 2007)
    assert caught.value.file == str(path)


def test_the_genuine_wiod_has_its_published_sums(shared_data: SharedData) -> None:
    path = shared_data("economy/wiod_2013release/wiod07.rda")
    table = wiod.read([path], "global_table", 2007)
    china, abroad = pl.col("from_region") == "CHN", pl.col("to_region") != "CHN"
    assert table.filter(china, block="output")["value_musd"].sum() == 10_740_915
    assert table.filter(china & abroad)["value_musd"].sum() == 1_340_501
    assert table["from_region"].n_unique() == 41


# --- Provincial tables ----------------------------------------------------------------------


@pytest.fixture
def read_book(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Book], pl.DataFrame]:
    """Reads a made-up workbook; no library writes the old Excel format."""
    path = tmp_path / "ChinaIO.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0")

    def read(book: Book) -> pl.DataFrame:
        monkeypatch.setattr(provincial_io_2007, "_open", lambda _: book)
        return provincial_io_2007.read([path], "provincial_table", 2007)

    return read


ReadBook = Callable[[Book], pl.DataFrame]


def test_provincial_sheets_become_the_provincial_table(read_book: ReadBook) -> None:
    table = validate(
        read_book(provincial_book()), CONTRACTS["provincial_table"], file="ChinaIO.xls"
    )
    assert table["province"].n_unique() == 30
    by_province = table.group_by("province").agg(pl.col("value_10k_cny").sum())
    assert by_province["value_10k_cny"].n_unique() == 1, "Hainan starts higher and reads the same"
    zero = table.filter(value_10k_cny=0)
    assert zero.height == 30, "the sum of the error column alone is stored although it is zero"
    assert set(zero["row_kind"]) == {"total"}
    inventories = table.filter(province="CN-SN", column_code="FU202", row_kind="sector")
    assert inventories["value_10k_cny"].to_list() == [-1.0] * 42


def test_shanxi_and_shaanxi_keep_their_own_figures(read_book: ReadBook) -> None:
    shaanxi = provincial_grid()
    shaanxi[8][3] = 12345.0
    table = read_book(provincial_book(SHA=shaanxi))
    assert table.filter(value_10k_cny=12345.0)["province"].to_list() == ["CN-SN"]


def _without_code(code: object) -> list[list[Any]]:
    return [["" if cell == code else cell for cell in row] for row in provincial_grid()]


def _with_cell(row: int, column: int, value: object) -> list[list[Any]]:
    grid = provincial_grid()
    grid[row][column] = value
    return grid


@pytest.mark.parametrize(
    ("grid", "found"),
    [
        (_without_code("17"), "no run of codes"),
        (_without_code(56.0), "no 56"),
        (_without_code("48"), "no 48"),
        (_with_cell(8, 3, "n/a"), "'n/a'"),
        (_with_cell(8, 3, ""), "''"),
        ([["scratch"]], "no run of codes"),
    ],
)
def test_a_damaged_provincial_sheet_is_named(
    read_book: ReadBook, grid: list[list[Any]], found: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_book(provincial_book(GUD=grid))
    assert caught.value.found == found
    assert "[sheet GUD]" in str(caught.value.file)


def test_a_bad_provincial_cell_is_named_by_line_and_code(read_book: ReadBook) -> None:
    with pytest.raises(InputError) as caught:
        read_book(provincial_book(GUD=_with_cell(9, 54, "many")))
    assert (caught.value.row, caught.value.column) == ("02 (line 10)", "EX (code 52)")


def test_a_missing_or_unknown_provincial_sheet_is_named(read_book: ReadBook) -> None:
    book = provincial_book()
    del book.sheets["GUD"]
    book.sheets["GUANGDONG"] = Sheet("GUANGDONG", provincial_grid())
    with pytest.raises(InputError) as caught:
        read_book(book)
    assert caught.value.found == "missing GUD; unknown GUANGDONG"


def test_provincial_tables_of_another_year_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ChinaIO.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(InputError) as caught:
        provincial_io_2007.read([path], "provincial_table", 2012)
    assert (caught.value.found, caught.value.expected) == ("2007", "2012")


def test_a_damaged_old_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ChinaIO.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(4096))
    assert not provincial_io_2007.recognises(path)
    with pytest.raises(InputError) as caught:
        provincial_io_2007.read([path], "provincial_table", 2007)
    assert caught.value.expected == "an Excel workbook (.xls)"


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_genuine_workbook_is_refused(
    shared_data: SharedData, tmp_path: Path, share: float
) -> None:
    content = shared_data("economy/zhangda_provIO_2007/ChinaIO.xls").read_bytes()
    path = tmp_path / "ChinaIO.xls"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError):
        provincial_io_2007.read([path], "provincial_table", 2007)


def test_the_genuine_provincial_tables_have_their_known_sums(shared_data: SharedData) -> None:
    path = shared_data("economy/zhangda_provIO_2007/ChinaIO.xls")
    assert provincial_io_2007.recognises(path)
    table = provincial_io_2007.read([path], "provincial_table", 2007).filter(row_kind="sector")
    sums = dict(table.group_by("column_code").agg(pl.col("value_10k_cny").sum() / 1e8).iter_rows())
    published_tn_cny = {"GO": 78.27, "EX": 7.66, "IM": 6.48, "OF": 17.05, "IF": 17.50}
    assert {code: round(sums[code], 2) for code in published_tn_cny} == published_tn_cny
    guangdong = table.filter(province="CN-GD", column_code="OF")["value_10k_cny"].sum()
    assert round(guangdong / 1e4) == 28_666, "as published: exports under the heading of outflow"


# --- Panel and export totals ----------------------------------------------------------------


def test_the_panel_gives_exports_of_the_year_and_population_of_all(tmp_path: Path) -> None:
    path = write_panel(tmp_path / "panel.csv")
    assert provincial_panel.recognises(path)
    exports = provincial_panel.read([path], "export_total", 2007)
    assert exports.height == 30
    assert set(exports["value_million"]) == {30.07}  # 3007 x 10,000 USD
    population = provincial_panel.read([path], "population_total", 2007)
    assert population.height == 60
    assert set(population["population_persons"]) == {12_460_000}
    for role, table in (("export_total", exports), ("population_total", population)):
        validate(table, CONTRACTS[role], file=path)


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        (("2007", "Beijing", "1", "12,5", "1"), None, "6 cells"),
        (("2007", "Beijing", "1", "1e", "1"), "Export", "'1e'"),
        (("2007", "Beijing", "1", "", "1"), "Export", "''"),
        (("2007", "Peking", "1", "1", "1"), "Location", "'Peking'"),
        (("2007.5", "Beijing", "1", "1", "1"), "Year", "'2007.5'"),
        (("2007", "Beijing", "1"), None, "3 cells"),
    ],
)
def test_a_bad_panel_row_is_named(
    tmp_path: Path, row: tuple[str, ...], column: str | None, found: str
) -> None:
    good = ("2007", "Tianjin", "1", "1", "1")
    path = write_panel(tmp_path / "panel.csv", [good, row])
    with pytest.raises(InputError) as caught:
        provincial_panel.read([path], "export_total", 2007)
    assert (caught.value.row, caught.value.column, caught.value.found) == (2, column, found)


def test_a_panel_without_the_year_or_a_column_is_refused(tmp_path: Path) -> None:
    path = write_panel(tmp_path / "panel.csv")
    with pytest.raises(InputError) as caught:
        provincial_panel.read([path], "export_total", 2012)
    assert caught.value.found == "2006 to 2007"
    rows = [("2007", "Beijing", "1", "1", "1")]
    for role in ("export_total", "population_total"):
        with pytest.raises(InputError) as caught:
            provincial_panel.read([write_panel(path, rows)], role, 2007)
        assert "no row for CN-AH" in str(caught.value.found)
    path.write_text("Year,Location,Export\n2007,Beijing,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        provincial_panel.read([path], "export_total", 2007)
    assert caught.value.column == "Population"


def test_the_genuine_panel_sums_to_official_exports(shared_data: SharedData) -> None:
    path = shared_data("economy/provincial_panel_1998_2019/provincial_panel.csv")
    for year, billion_usd in ((2007, 1217.5), (2017, 2263.0)):
        exports = provincial_panel.read([path], "export_total", year)
        assert round(exports["value_million"].sum() / 1000, 1) == billion_usd
    population = provincial_panel.read([path], "population_total", 2007)
    assert population.height == 660


def test_export_totals_are_read_in_million_cny(tmp_path: Path) -> None:
    path = write_exports(tmp_path / "exports_2007.csv")
    assert provincial_exports.recognises(path)
    exports = provincial_exports.read([path], "export_total", 2007)
    validate(exports, CONTRACTS["export_total"], file=path)
    assert exports.row(0) == ("CN-AH", "goods_and_services", "CNY", 10_000.0)


def test_export_totals_of_another_year_or_with_text_are_refused(tmp_path: Path) -> None:
    path = write_exports(tmp_path / "exports_2007.csv")
    with pytest.raises(InputError) as caught:
        provincial_exports.read([path], "export_total", 2012)
    assert caught.value.expected == "2012"
    path.write_text("province,export_100m_yuan\nCN-BJ,many\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        provincial_exports.read([path], "export_total", 2007)
    assert (caught.value.row, caught.value.column) == (1, "export_100m_yuan")
    path.write_text("province,export_100m_yuan\nCN-AH,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        provincial_exports.read([path], "export_total", 2007)
    assert str(caught.value.found).startswith("no row for CN-BJ")

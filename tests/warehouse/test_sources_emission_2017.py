"""Readers of the nation's totals, of CEDS by province, and of the satellites' series."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from warehouse.codes import PROVINCES
from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.province_names import province_of_any_name
from warehouse.sources import aqli, ceds_province, meic_national

SharedData = Callable[[str], Path]
MEIC = "air/emissions_ceds_inputs/Fig3_MEIC_detail_Zheng_etal_2018.xlsx"
CEDS = "air/ceds_provincial_2000_2022/ceds_provincial_chn_2000_2022_kt.csv.gz"
AQLI = "air/aqli_province_pm25_1998_2023/gadm1_2023_wide.csv.gz"
HEADING = ["Unit: Tg", "Power", "Industry", "Residential", "Transportation", "Solvent Use"]
HEADING += ["Agriculture"]
ROWS = [[2016, 1.0, 2.0, 3.0, 4.0, 0, 0.5], [2017, 0.5, 1.0, 1.5, 2.0, 0, 0.25]]
Table = Sequence[Sequence[Any]]
GADM_NAMES = (
    *(
        "Anhui",
        "Beijing",
        "Chongqing",
        "Fujian",
        "Gansu",
        "Guangdong",
        "Guangxi",
        "Guizhou",
        "Hainan",
    ),
    *(
        "Hebei",
        "Heilongjiang",
        "Henan",
        "Hubei",
        "Hunan",
        "Jiangsu",
        "Jiangxi",
        "Jilin",
        "Liaoning",
    ),
    *(
        "Nei Mongol",
        "Ningxia Hui",
        "Qinghai",
        "Shaanxi",
        "Shandong",
        "Shanghai",
        "Shanxi",
        "Sichuan",
    ),
    *("Tianjin", "Xinjiang Uygur", "Xizang", "Yunnan", "Zhejiang"),
)
"""As both publishers print them."""


def workbook(path: Path, **sheets: Table) -> Path:
    """A workbook as MEIC's figure has it; named sheets in place of the good one."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    good = [["China's emissions"], ["a species"], HEADING, *ROWS]
    for name in dict.fromkeys((*meic_national.POLLUTANTS, *sheets)):
        sheet = book.create_sheet(name)
        for row in sheets.get(name, good):
            sheet.append([None, *row])
    book.save(path)
    return path


def read_meic(path: Path) -> pl.DataFrame:
    table = meic_national.read([path], "national_emission", 2017)
    return validate(table, CONTRACTS["national_emission"], file=path)


def test_the_nations_totals_are_read_in_tonnes(tmp_path: Path) -> None:
    path = workbook(tmp_path / "figure.xlsx")
    assert meic_national.recognises(path)
    table = read_meic(path)
    assert table.height == 7 * 2 * 5
    row = table.filter(source_sector="transportation", pollutant="PM2.5", source_year=2017)
    assert row["emission_t"].item() == 2e6


def test_the_unchanged_sheet_of_so2_is_preferred(tmp_path: Path) -> None:
    whole = [["t"], HEADING, [2016, 9.0, 0, 0, 0, 0, 0], [2017, 8.0, 0, 0, 0, 0, 0]]
    table = read_meic(workbook(tmp_path / "figure.xlsx", SO2_org=whole))
    row = table.filter(source_sector="power", pollutant="SO2", source_year=2017)
    assert row["emission_t"].item() == 8e6


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        ([["Unit: kt", *HEADING[1:]], *ROWS], "line with the unit"),
        ([[*HEADING[:-1], "Farming"], *ROWS], "sectors are not the publisher's"),
        ([HEADING, ROWS[0], ROWS[0]], "a year is there twice"),
        ([HEADING, ROWS[0]], "years differ between the sheets"),
        ([HEADING, ROWS[0], ROWS[1][:-1]], "row is cut off"),
        ([HEADING, ["total", *ROWS[0][1:]]], "does not begin with a year"),
        ([HEADING, ROWS[0], [2017, "n.a.", 1, 1, 1, 0, 1]], "does not hold a number"),
        ([HEADING, ROWS[0], [2017, -1, 1, 1, 1, 0, 1]], "impossible figure"),
        ([HEADING, ROWS[0], [2017, 1, 1, 1, 1, 0.1, 1]], "impossible figure"),
        ([HEADING, ROWS[0], [2017, 9000, 1, 1, 1, 0, 1]], "impossible figure"),
    ],
)
def test_a_damaged_sheet_is_named(tmp_path: Path, sheet: Table, what: str) -> None:
    path = workbook(tmp_path / "figure.xlsx", NOx=sheet)
    with pytest.raises(InputError) as caught:
        read_meic(path)
    assert what in str(caught.value).lower()
    assert "figure.xlsx" in str(caught.value)


def test_a_workbook_without_a_species_or_bytes_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "figure.xlsx")
    book = openpyxl.load_workbook(path)
    del book["OC"]
    book.save(path)
    assert not meic_national.recognises(path)
    with pytest.raises(InputError, match="A sheet is missing"):
        read_meic(path)
    path.write_bytes(path.read_bytes()[:500])
    assert not meic_national.recognises(path)
    with pytest.raises(InputError, match="damaged"):
        read_meic(path)


def test_the_genuine_totals_fell_as_the_paper_says(shared_data: SharedData) -> None:
    """Zheng et al. 2018, abstract: changes from 2010 to 2017 in percent."""
    table = (
        read_meic(shared_data(MEIC)).group_by("pollutant", "source_year").agg(pl.sum("emission_t"))
    )
    total = {(row[0], row[1]): row[2] for row in table.iter_rows()}
    changes = {"SO2": -62, "NOx": -17, "NH3": 1, "CO": -27, "PM2.5": -35, "BC": -27, "OC": -35}
    for pollutant, percent in changes.items():
        change = total[pollutant, 2017] / total[pollutant, 2010] - 1
        assert 100 * change == pytest.approx(percent, abs=1.0), pollutant


def test_gadms_names_are_the_31_provinces() -> None:
    assert {province_of_any_name(name) for name in GADM_NAMES} == PROVINCES
    assert province_of_any_name("Shaanxi") != province_of_any_name("Shanxi")


def series(path: Path, change: Callable[[list[list[str]]], None] | None = None) -> Path:
    rows = [["id", "name", "name0", "population", "pm2017", "pm2007", "who2017"]]
    names = (*GADM_NAMES, *aqli.NOT_PROVINCES)
    rows += [[str(at), name, "China", "1", "40.5", "50.25", "3"] for at, name in enumerate(names)]
    rows.append(["99", "Badakhshan", "Afghanistan", "1", "16", "15", "1"])
    if change is not None:
        change(rows)
    text = "\n".join(",".join(row) for row in rows) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def read_aqli(path: Path) -> pl.DataFrame:
    table = aqli.read([path], "observed_series", 2007)
    return validate(table, CONTRACTS["observed_series"], file=path)


@pytest.mark.parametrize("name", ["gadm1_2023_wide.csv", "gadm1_2023_wide.csv.gz"])
def test_the_series_of_31_provinces_carries_its_release(tmp_path: Path, name: str) -> None:
    path = series(tmp_path / name)
    assert aqli.recognises(path)
    table = read_aqli(path)
    assert table.height == 31 * 2
    assert set(table["series"]) == {"aqli_2023"}
    assert table.filter(province="CN-NM", source_year=2007)["concentration_ug_m3"].item() == 50.25


def _without_a_province(rows: list[list[str]]) -> None:
    del rows[5]


def _renamed(rows: list[list[str]]) -> None:
    rows[1][1] = "Peking"


def _negative(rows: list[list[str]]) -> None:
    rows[1][4] = "-1"


def _blank(rows: list[list[str]]) -> None:
    rows[1][5] = ""


def _no_years(rows: list[list[str]]) -> None:
    rows[0][4:6] = ["a", "b"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_without_a_province, "not its 31 provinces"),
        (_renamed, "not its 31 provinces"),
        (_negative, "cannot be a concentration"),
        (_blank, "does not hold a number"),
        (_no_years, "heading is not the publisher's"),
    ],
)
def test_a_damaged_series_is_named(
    tmp_path: Path, change: Callable[[list[list[str]]], None], what: str
) -> None:
    path = series(tmp_path / "gadm1_2023_wide.csv", change)
    with pytest.raises(InputError, match=what):
        read_aqli(path)


def test_a_series_without_a_release_or_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not say the release"):
        read_aqli(series(tmp_path / "provinces.csv"))
    path = series(tmp_path / "gadm1_2023_wide.csv.gz")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="perhaps gzipped"):
        read_aqli(path)


def test_the_genuine_series_has_its_known_means(shared_data: SharedData) -> None:
    table = read_aqli(shared_data(AQLI))
    known = {
        ("CN-HE", 2007): 63.9,
        ("CN-BJ", 2007): 56.6,
        ("CN-BJ", 2017): 43.8,
        ("CN-XZ", 2007): 5.8,
    }
    for (province, year), value in known.items():
        found = table.filter(province=province, source_year=year)["concentration_ug_m3"].item()
        assert found == pytest.approx(value, abs=0.05)
    assert set(table["source_year"]) == set(range(1998, 2024))


def provinces(path: Path, *extra: str, year: int = 2017, heading: str = "") -> Path:
    lines = [heading or ",".join(ceds_province.COLUMNS)]
    for name in (*GADM_NAMES, "Macau"):
        for species in (*ceds_province.SPECIES, "CO2"):
            lines += [
                f"CHN.1_1,{name},{year},{species},1.5,Energy Sector",
                f"CHN.1_1,{name},{year},{species},2,Waste",
            ]
    path.write_bytes(gzip.compress(("\n".join([*lines, *extra]) + "\n").encode()))
    return path


def read_ceds(path: Path, year: int = 2017) -> pl.DataFrame:
    table = ceds_province.read([path], "alternative_emission", year)
    return validate(table, CONTRACTS["alternative_emission"], file=path)


CEDS_NAME = "ceds_provincial_chn_2000_2022_kt.csv.gz"


def test_ceds_by_province_is_read_in_tonnes(tmp_path: Path) -> None:
    path = provinces(tmp_path / CEDS_NAME)
    assert ceds_province.recognises(path)
    table = read_ceds(path)
    assert table.height == 31 * 6 * 2
    assert table.filter(province="CN-XZ", pollutant="SO2")["emission_t"].sum() == 3500


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("CHN.1_1,Hebei,2017,SO2,n.a.,Agriculture", "does not hold a number"),
        ("CHN.1_1,Hebei,2017,SO2,-1,Agriculture", "cannot be an emission"),
        ("CHN.1_1,Hebei,2017,SO2,250000,Agriculture", "cannot be an emission"),
        ("CHN.1_1,Peking,2017,SO2,1,Agriculture", "no province or sector"),
        ("CHN.1_1,Hebei,2017,SO2,1,Farming", "no province or sector"),
        ("CHN.1_1,Hebei,2017,SO2,1,Waste", "the same key stands"),
    ],
)
def test_a_damaged_line_of_ceds_is_named(tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read_ceds(provinces(tmp_path / CEDS_NAME, line))
    assert what in str(caught.value).lower()


def test_another_year_or_heading_of_ceds_is_refused(tmp_path: Path) -> None:
    path = provinces(tmp_path / CEDS_NAME)
    with pytest.raises(InputError, match="lacks rows of the year"):
        read_ceds(path, 2007)
    with pytest.raises(InputError, match="heading is not the publisher's"):
        read_ceds(provinces(tmp_path / CEDS_NAME, heading="a,b,c,d,e,f"))
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(InputError, match="gzipped CSV"):
        read_ceds(path)


def test_genuine_ceds_has_its_known_sums(shared_data: SharedData) -> None:
    """Sums of the README less Hong Kong and Macao, whose part is below 2 %."""
    table = read_ceds(shared_data(CEDS))
    known = {"SO2": 13.05, "NOx": 23.83, "CO": 154.2, "NH3": 12.25, "BC": 1.258, "OC": 2.055}
    sums = dict(table.group_by("pollutant").agg(pl.sum("emission_t")).iter_rows())
    for pollutant, tg in known.items():
        assert sums[pollutant] / 1e6 == pytest.approx(tg, rel=0.02), pollutant

"""Readers of emissions, of their proxies, and of the census."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from source_samples import (
    ceads_rows,
    gains_text,
    reas_tables,
    write_ceads,
    write_census,
    write_reas,
)

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import ceads_co2, census, gains, reas
from warehouse.sources.albers import Albers

SharedData = Callable[[str], Path]
JIANGSU_SO2 = "REASv3.2/SO2/EM_TBL_SECTOR_CHN_JS_SO2.txt"


# --- REAS -----------------------------------------------------------------------------------


def refusal_of_reas(path: Path, year: int = 2007) -> InputError:
    with pytest.raises(InputError) as caught:
        reas.read([path], "sector_emission", year)
    return caught.value


def test_reas_becomes_emissions_in_tonnes(tmp_path: Path) -> None:
    path = write_reas(tmp_path / "REAS.tar.gz")
    assert reas.recognises(path)
    table = validate(
        reas.read([path], "sector_emission", 2007), CONTRACTS["sector_emission"], file=path
    )
    assert table.height == 31 * 7 * 7
    assert set(table["pollutant"]) == set(reas.SPECIES)
    assert "CN-XZ" in set(table["province"])
    ammonia = table.filter(province="CN-JS", pollutant="NH3")
    assert ammonia.row(1)[1:] == ("MM", "NH3", 1500.0)


def test_reas_reads_an_unpacked_folder_alike(tmp_path: Path) -> None:
    for name, text in reas_tables().items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="ascii")
    folder = tmp_path / "REASv3.2"
    assert reas.recognises(folder)
    from_folder = reas.read([folder], "sector_emission", 2007)
    files = sorted(folder.rglob("*.txt"))
    assert all(map(reas.recognises, files))
    from_files = reas.read(files, "sector_emission", 2007)
    from_archive = reas.read([write_reas(tmp_path / "a.tgz")], "sector_emission", 2007)
    key = list(CONTRACTS["sector_emission"].key)
    assert from_folder.sort(key).equals(from_archive.sort(key))
    assert from_files.sort(key).equals(from_archive.sort(key))


@pytest.mark.parametrize(
    ("old", "new", "row", "found"),
    [
        ("kt/year", "Mt/year", "line 1", "'REASv3.2 SECTOR CHN JS SO2 [Mt/year]'"),
        ("JS SO2", "SD SO2", "line 1", "'REASv3.2 SECTOR CHN SD SO2 [kt/year]'"),
        ("2.5000000E+00", "2.5000000E+O0", "line 5 (ROAD)", "'2.5000000E+O0'"),
        ("RESI", "HOME", None, "PP, IND, ROAD, OTRA, HOME, ODOM, TOTAL"),
        ("2007", "2017", "line 2", "2006 to 2017"),
        ("4.5000000E+00", "", "line 7", "1 figures"),
    ],
)
def test_a_damaged_reas_table_is_named(
    tmp_path: Path, old: str, new: str, row: str | None, found: str
) -> None:
    tables = reas_tables()
    assert old in tables[JIANGSU_SO2]
    tables[JIANGSU_SO2] = tables[JIANGSU_SO2].replace(old, new)
    error = refusal_of_reas(write_reas(tmp_path / "REAS.tar.gz", tables))
    assert (error.row, error.found) == (row, found)
    assert str(error.file).endswith(JIANGSU_SO2)


def test_a_missing_or_doubled_reas_table_is_refused(tmp_path: Path) -> None:
    tables = reas_tables()
    text = tables.pop(JIANGSU_SO2)
    error = refusal_of_reas(write_reas(tmp_path / "a.tgz", tables))
    assert "1 missing (JS SO2 first)" in str(error.found)
    tables |= {JIANGSU_SO2: text, "again/EM_TBL_SECTOR_CHN_JS_SO2.txt": text}
    assert refusal_of_reas(write_reas(tmp_path / "b.tgz", tables)).found == "JS SO2"


def test_an_archive_never_writes_outside_itself(tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    folder.mkdir()
    tables = reas_tables()
    tables["../../" + JIANGSU_SO2] = tables.pop(JIANGSU_SO2)
    reas.read([write_reas(folder / "a.tgz", tables)], "sector_emission", 2007)
    assert [path.name for path in tmp_path.rglob("*")] == ["landing", "a.tgz"]


@pytest.mark.parametrize("keep", [0, 20, 2000])
def test_a_truncated_reas_archive_is_refused(tmp_path: Path, keep: int) -> None:
    path = write_reas(tmp_path / "REAS.tar.gz")
    path.write_bytes(path.read_bytes()[:keep])
    assert refusal_of_reas(path).file == str(path)


def test_an_archive_bomb_is_refused(tmp_path: Path) -> None:
    tables = {JIANGSU_SO2: " " * (reas.MAX_TABLE_BYTES + 1)}
    assert "too large" in refusal_of_reas(write_reas(tmp_path / "a.tgz", tables)).message


def test_genuine_reas_has_its_known_totals(shared_data: SharedData) -> None:
    path = shared_data("air/emissions_ceds_inputs/REASv3.2_CHN_provinces.tar.gz")
    table = reas.read([path], "sector_emission", 2007).filter(source_sector="TOTAL")
    mt = dict(table.group_by("pollutant").agg(pl.col("emission_t").sum() / 1e6).iter_rows())
    assert {name: round(mt[name], 2) for name in ("SO2", "NOx", "NH3")} == {
        "SO2": 31.33,
        "NOx": 23.64,
        "NH3": 13.09,
    }


# --- GAINS ----------------------------------------------------------------------------------


def write_gains(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_gains_keeps_the_china_region_and_every_year(tmp_path: Path) -> None:
    path = write_gains(tmp_path / "so2.csv", gains_text())
    other = write_gains(tmp_path / "bc.csv", gains_text("PM (PM Fraction: PM_BC)", "kt PM"))
    assert gains.recognises(path)
    table = validate(
        gains.read([path, other], "subsector_emission", 2007),
        CONTRACTS["subsector_emission"],
        file=path,
    )
    assert set(table["pollutant"]) == {"SO2", "BC"}
    steel = table.filter(source_sector="STEEL", pollutant="SO2")
    assert steel.select("source_year", "emission_t").rows() == [(2000, 500.0), (2010, 1000.0)]
    assert "AACID" not in set(table["source_sector"]), "a blank cell is not a row"


@pytest.mark.parametrize(
    ("old", "new", "row", "found"),
    [
        ("kt SO2", "Mt SO2", "description", "pollutant SO2, unit Mt SO2"),
        ("Pollutant: SO2", "Pollutant: VOC", "description", "pollutant VOC, unit kt SO2"),
        ('"CHIN_PLUS","CEMENT","1.5"', '"CHIN_PLUS","CEMENT","n.a"', "line 12 (CEMENT)", "'n.a'"),
        ('"CHIN_PLUS","CEMENT","1.5",', '"CHIN_PLUS","CEMENT",', "line 12", "4 cells"),
        ("EMF30 kt", "Sector", "heading", None),
        ('"2000","2005"', '"2005","2005"', "line 7", None),
        ("CHIN_PLUS", "CHINA", None, "no such row"),
    ],
)
def test_a_damaged_gains_file_is_named(
    tmp_path: Path, old: str, new: str, row: str | None, found: str | None
) -> None:
    assert old in gains_text()
    path = write_gains(tmp_path / "so2.csv", gains_text().replace(old, new))
    with pytest.raises(InputError) as caught:
        gains.read([path], "subsector_emission", 2007)
    assert (caught.value.file, caught.value.row) == (str(path), row)
    assert caught.value.found == found if found else caught.value.found


def test_a_pollutant_given_twice_names_both_files(tmp_path: Path) -> None:
    paths = [write_gains(tmp_path / name, gains_text()) for name in ("a.csv", "b.csv")]
    with pytest.raises(InputError) as caught:
        gains.read(paths, "subsector_emission", 2007)
    assert caught.value.file == f"{paths[0]} and {paths[1]}"


def test_gains_without_a_file_is_refused() -> None:
    with pytest.raises(InputError):
        gains.read([], "subsector_emission", 2007)


@pytest.mark.parametrize("end", ['"","ALL', '"CHIN_PLUS","SUM"', '"AFRI_EAST","SUM"'])
def test_a_truncated_gains_file_is_refused(tmp_path: Path, end: str) -> None:
    text = gains_text()
    path = write_gains(tmp_path / "so2.csv", text[: text.index(end)])
    with pytest.raises(InputError) as caught:
        gains.read([path], "subsector_emission", 2007)
    assert "closing line" in caught.value.message


# --- CEADs ----------------------------------------------------------------------------------


def refusal_of_ceads(path: Path, year: int = 2007) -> InputError:
    with pytest.raises(InputError) as caught:
        ceads_co2.read([path], "emission_proxy", year)
    return caught.value


def test_ceads_sheets_become_components_by_sector(tmp_path: Path) -> None:
    path = write_ceads(tmp_path / "ceads.xlsx")
    assert ceads_co2.recognises(path)
    table = validate(
        ceads_co2.read([path], "emission_proxy", 2007), CONTRACTS["emission_proxy"], file=path
    )
    assert table.height == 30 * 48 * 22
    cell = table.filter(province="CN-NM", source_sector="Sector 7", component="scope1_total")
    assert cell["value_mt_co2"].to_list() == [7.0]


def _changed_rows(row: int, column: int, value: object) -> list[list[Any]]:
    rows = ceads_rows()
    rows[row][column] = value
    return rows


@pytest.mark.parametrize(
    ("row", "column", "value", "blamed"),
    [
        (7, 3, "n/a", "Sector 3 (line 8)"),
        (7, 3, None, "Sector 3 (line 8)"),
        (0, 21, "Processes", "line 1"),
        (1, 4, "kt CO2", "line 2"),
        (5, 0, "Sector 0", None),
    ],
)
def test_a_damaged_ceads_sheet_is_named(
    tmp_path: Path, row: int, column: int, value: object, blamed: str | None
) -> None:
    rows = _changed_rows(row, column, value)
    error = refusal_of_ceads(write_ceads(tmp_path / "ceads.xlsx", {"Guangdong": rows}))
    assert error.row == blamed
    assert str(error.file).endswith("ceads.xlsx [sheet Guangdong2007]")


def test_a_missing_ceads_sheet_or_another_year_is_named(tmp_path: Path) -> None:
    error = refusal_of_ceads(write_ceads(tmp_path / "a.xlsx", without="Hunan"))
    assert error.found == "no sheet for CN-HN"
    error = refusal_of_ceads(write_ceads(tmp_path / "b.xlsx", year=2012))
    assert error.found == "Anhui2012"


@pytest.mark.parametrize("keep", [0, 100, 30_000])
def test_a_truncated_ceads_workbook_is_refused(tmp_path: Path, keep: int) -> None:
    path = write_ceads(tmp_path / "ceads.xlsx")
    path.write_bytes(path.read_bytes()[:keep])
    assert not ceads_co2.recognises(path)
    assert refusal_of_ceads(path).file == str(path)


@pytest.mark.parametrize(("year", "total_mt"), [(2007, 6822.3), (2017, 10171.2)])
def test_genuine_ceads_has_its_known_total(
    shared_data: SharedData, year: int, total_mt: float
) -> None:
    name = f"Emission_Inventories_for_30_Provinces_{year}.xlsx"
    path = shared_data(f"economy/ceads_co2_provincial/{name}")
    table = validate(
        ceads_co2.read([path], "emission_proxy", year), CONTRACTS["emission_proxy"], file=path
    )
    total = table.filter(source_sector=ceads_co2.TOTAL, component="scope1_total")
    assert round(total["value_mt_co2"].sum(), 1) == total_mt


# --- Census ---------------------------------------------------------------------------------


def refusal_of_census(paths: list[Path]) -> InputError:
    with pytest.raises(InputError) as caught:
        census.read(paths, "population", 2007)
    return caught.value


def test_counties_lie_at_their_centroids(tmp_path: Path) -> None:
    paths = write_census(tmp_path)
    assert all(map(census.recognises, paths))
    table = validate(census.read(paths, "population", 2007), CONTRACTS["population"], file=paths[0])
    assert table["place_code"].to_list() == ["110101", "440305"], "Kinmen is not counted"
    assert table["province"].to_list() == ["CN-BJ", "CN-GD"]
    for longitude, latitude in table.select("longitude", "latitude").iter_rows():
        assert longitude == pytest.approx(116.41, abs=1e-4)
        assert latitude == pytest.approx(39.91, abs=1e-4)


@pytest.mark.parametrize("place", [(73.5, 39.0), (116.41, 39.91), (135.0, 48.4), (110.0, 18.2)])
def test_the_projection_turns_back(place: tuple[float, float]) -> None:
    albers = Albers(latitude_1=24, latitude_2=48, latitude_0=36, longitude_0=104.5)
    assert albers.geographic(*albers.projected(*place)) == pytest.approx(place, abs=1e-9)


def test_the_projection_agrees_with_snyders_example() -> None:
    """Snyder (1987), p. 292: Clarke 1866, parallels 29.5 and 45.5 N, origin 23 N 96 W."""
    albers = Albers(29.5, 45.5, 23, -96, semi_major_m=6_378_206.4, eccentricity_2=0.00676866)
    x, y = albers.projected(-75, 35)
    assert x == pytest.approx(1_885_472.7, abs=1)
    assert y == pytest.approx(1_535_925.0, abs=1)


def test_the_census_needs_both_its_files(tmp_path: Path) -> None:
    table, chart = write_census(tmp_path)
    assert refusal_of_census([table]).expected == "one CSV and one TopoJSON"
    assert refusal_of_census([chart]).found == "0 CSV, 1 TopoJSON, 1 files"


@pytest.mark.parametrize(
    ("old", "new", "row", "found"),
    [
        ("708829", "", 1, "''"),
        ("708829", "many", 1, "'many'"),
        ("110101", "990101", 1, "990101"),
        ("440305", "440306", 2, "440306"),
        ("440305,Nanshan,1795826\n", "", None, "1 absent, 440305 first"),
    ],
)
def test_a_bad_census_row_is_named(
    tmp_path: Path, old: str, new: str, row: int | None, found: str
) -> None:
    table, chart = write_census(tmp_path)
    table.write_text(table.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    error = refusal_of_census([table, chart])
    assert (error.file, error.row, error.found) == (str(table), row, found)


@pytest.mark.parametrize("damage", ["cut", "empty", "no county", "no area", "twice", "not utf-8"])
def test_a_damaged_map_is_refused(tmp_path: Path, damage: str) -> None:
    table, chart = write_census(tmp_path)
    text = chart.read_text(encoding="utf-8")
    topology = json.loads(text)
    if damage == "no county":
        topology["objects"] = {}
    if damage == "no area":
        topology["arcs"][0] = [[0, 0], [1, 1], [-1, -1]]
    if damage == "twice":
        topology["objects"]["county"]["geometries"] *= 2
    text = {"cut": text[:-30], "empty": ""}.get(damage, json.dumps(topology))
    chart.write_bytes(b"\xff\xfe" if damage == "not utf-8" else text.encode())
    assert refusal_of_census([table, chart]).file == str(chart)


def test_genuine_counties_lie_in_china(shared_data: SharedData) -> None:
    folder = "air/population/tudigong_"
    table = census.read(
        [
            shared_data(f"{folder}population_2020_census_county.csv"),
            shared_data(f"{folder}counties-geo.topojson"),
        ],
        "population",
        2007,
    )
    assert table.height == 2989
    assert table["population_persons"].sum() == 1_409_878_724
    dongcheng = table.row(by_predicate=pl.col("place_code") == "110101", named=True)
    assert dongcheng["longitude"] == pytest.approx(116.410, abs=5e-4)
    assert dongcheng["latitude"] == pytest.approx(39.910, abs=5e-4)
    assert table["longitude"].is_between(73, 136).all()
    assert table["latitude"].is_between(3, 54).all()

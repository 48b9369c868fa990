"""GPWv4's population counts as NASA distributes them, written small, and files that are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import gpw
from warehouse.sources.notes import collected
from warehouse.sources.province_cells import province_cells

STEP = 0.5
LONGITUDE = -180 + STEP * (np.arange(720) + 0.5)
LATITUDE = 90 - STEP * (np.arange(360) + 0.5)
VARIABLE = "Population Count, v4.11 (2000, 2005, 2010, 2015, 2020): 30 arc-minutes"
FILL = np.float32(-3.40282306074e38)


def at(longitude: float, latitude: float) -> tuple[int, int]:
    return int((90 - latitude) / STEP), int((longitude + 180) / STEP)


def world() -> tuple[np.ndarray, np.ndarray]:
    """Persons, (360, 720) from the north, and countries: 1.2 thousand million in Henan, some in every province,
    more abroad."""
    persons = np.full((360, 720), np.nan)
    country = np.full((360, 720), np.nan)
    for longitude, latitude in province_cells().select("longitude", "latitude").iter_rows():
        place = at(longitude, latitude)
        persons[place], country[place] = 5e4, 156.0
    top, left = at(112, 34)
    persons[top : top + 4, left : left + 4] = np.linspace(4e7, 1.1e8, 16).reshape(4, 4)
    persons[at(77, 28)] = 4e8  # Delhi
    country[at(77, 28)] = 356.0
    return persons, country


def netcdf(
    path: Path, *, ascending: bool = False, scale: float = 1.0, countries: bool = True
) -> Path:
    """The layout of gpw_v4_population_count_rev11_30_min.nc: 20 rasters, counts in 1 to 5."""
    import netCDF4

    persons, country = world()
    order = slice(None, None, -1) if ascending else slice(None)
    rasters = 20 if countries else 5
    with netCDF4.Dataset(path, "w") as book:
        for name, axis in (("raster", rasters), ("latitude", 360), ("longitude", 720)):
            book.createDimension(name, axis)
        book.createVariable("longitude", "f8", ("longitude",))[:] = LONGITUDE
        book.createVariable("latitude", "f8", ("latitude",))[:] = LATITUDE[order]
        book.createVariable("raster", "i4", ("raster",))[:] = np.arange(1, rasters + 1)
        field = book.createVariable(
            VARIABLE, "f4", ("raster", "latitude", "longitude"), fill_value=FILL, zlib=True
        )
        for place in range(5):  # 2000 to 2020: a twentieth more each time
            field[place] = np.ma.masked_invalid(persons[order] * scale * (1 + 0.05 * (place - 1)))
        if countries:
            field[10] = np.ma.masked_invalid(country[order])
    return path


def ascii_grid(path: Path, change: Callable[[str], str] = str) -> Path:
    persons, _ = world()
    head = "ncols 720\nnrows 360\nxllcorner -180\nyllcorner -90\ncellsize 0.5\nNODATA_value -9999\n"
    lines = (
        " ".join("-9999" if np.isnan(value) else f"{value:.7g}" for value in row) for row in persons
    )
    path.write_text(change(head + "\n".join(lines) + "\n"), encoding="ascii")
    return path


def read(path: Path, year: int = 2007) -> pl.DataFrame:
    return validate(gpw.read([path], "grid_cell", year), CONTRACTS["grid_cell"], file="gpw")


def refused(path: Path, words: str) -> InputError:
    with pytest.raises(InputError, match=words) as caught:
        gpw.read([path], "grid_cell", 2007)
    assert str(path) in str(caught.value.file)
    assert caught.value.remedy
    return caught.value


def test_residents_of_china_are_kept_and_lie_where_they_were(tmp_path: Path) -> None:
    path = netcdf(tmp_path / "gpw_v4_population_count_rev11_30_min.nc")
    assert gpw.recognises(path)
    with collected() as notes:
        table = read(path)
    assert any("GPW of 2005 stands for 2007" in str(text) for text in notes)
    persons = world()[0]
    persons[at(77, 28)] = np.nan
    total = np.nansum(persons.astype(np.float32), dtype=np.float64)
    assert table["population_persons"].sum() == pytest.approx(total, rel=1e-9)
    many = table.filter(pl.col("population_persons") > 1e6)
    assert many["longitude"].is_between(111.8, 114.2).all()
    assert many["latitude"].is_between(31.8, 34.2).all()
    assert many["population_persons"].sum() == pytest.approx(1.2e9, rel=0.05)
    # areas are the bundled ones, and rural residents a part
    assert table["area_km2"].sum() == pytest.approx(province_cells()["area_km2"].sum())
    assert 0 < table["rural_population_persons"].sum() < table["population_persons"].sum()


def test_each_pixel_is_spread_over_the_cells_it_covers(tmp_path: Path) -> None:
    table = read(netcdf(tmp_path / "gpw_v4_population_count_rev11_30_min.nc"))
    # the cell about 112.8125 E, 33.5 N: wholly in columns 112.5 to 113, half in each of two rows of pixels
    here = table.filter((pl.col("longitude") == 112.8125) & (pl.col("latitude") == 33.5))
    persons = world()[0]
    pixels = persons[at(112.75, 33.75)] + persons[at(112.75, 33.25)]
    part = (0.3125 / 0.5) * (0.125 / 0.5)
    assert here["population_persons"].sum() == pytest.approx(part * pixels, rel=1e-3)


def test_the_nearest_year_is_taken(tmp_path: Path) -> None:
    path = netcdf(tmp_path / "gpw_v4_population_count_rev11_30_min.nc")
    earlier, later = read(path, 2002)["population_persons"].sum(), read(path, 2017)
    assert later["population_persons"].sum() / earlier == pytest.approx(1.10 / 0.95, rel=1e-6)


def test_ascending_latitude_is_turned_with_a_record(tmp_path: Path) -> None:
    plain = netcdf(tmp_path / "gpw_v4_population_count_rev11_30_min.nc")
    turned = netcdf(tmp_path / "gpw_v4_population_count_adjusted_rev11_30_min.nc", ascending=True)
    np.testing.assert_allclose(
        read(turned)["population_persons"], read(plain)["population_persons"], rtol=1e-12
    )
    assert gpw.conversions([plain]) == ()
    assert gpw.conversions([turned]) == ("latitude turned to run from north to south",)


def test_without_countries_land_of_others_keeps_its_share(tmp_path: Path) -> None:
    path = ascii_grid(tmp_path / "gpw_v4_population_count_rev11_2005_30_min.asc")
    assert gpw.recognises(path)
    with collected() as notes:
        table = read(path, 2005)
    assert any("share of the land" in str(text) for text in notes)
    henan = table.filter(pl.col("population_persons") > 1e6)
    # within provinces the land is China's, up to the map's own error of area; the residents of Delhi are not
    assert henan["population_persons"].sum() == pytest.approx(1.2e9, rel=0.05)
    assert henan["longitude"].is_between(111.8, 114.2).all()


def test_with_the_national_identifier_beside_it_ascii_says_what_netcdf_says(tmp_path: Path) -> None:
    counts = ascii_grid(tmp_path / "gpw_v4_population_count_rev11_2005_30_min.asc")
    country = world()[1]
    names = tmp_path / "gpw_v4_national_identifier_grid_rev11_30_min.asc"
    head = counts.read_text(encoding="ascii").split("\n")[:6]
    rows = (" ".join("-9999" if np.isnan(one) else f"{one:g}" for one in row) for row in country)
    names.write_text("\n".join([*head, *rows]) + "\n", encoding="ascii")
    assert gpw.recognises(names)
    ours = gpw.read([names, counts], "grid_cell", 2005)["population_persons"]
    plain = netcdf(tmp_path / "gpw_v4_population_count_rev11_30_min.nc")
    np.testing.assert_allclose(ours, read(plain, 2005)["population_persons"], rtol=1e-6, atol=1e-3)
    names.write_text(names.read_text(encoding="ascii").replace("cellsize 0.5", "cellsize 1"))
    with pytest.raises(InputError, match="not GPWv4"):
        gpw.read([names, counts], "grid_cell", 2005)


@pytest.mark.parametrize(
    ("scale", "what"),
    [(1e-3, "in thousands"), (5.0, "in thousands")],
    ids=["thousands", "too many"],
)
def test_persons_in_another_unit_are_refused(tmp_path: Path, scale: float, what: str) -> None:
    path = netcdf(tmp_path / "gpw_v4_population_count_rev11_30_min.nc", scale=scale)
    assert "1,100,000,000" in refused(path, what).expected


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("cellsize 0.5", "cellsize 0.25"), "0.25|720 x 360"),
        (lambda text: text.replace("xllcorner -180", "xllcorner 0"), "whole world"),
        (lambda text: text.replace("NODATA_value -9999\n", ""), "ncols"),
        (lambda text: text[: len(text) // 3], "values|720"),
        (lambda text: text.replace(" 50000 ", " nought ", 1), "ASCII grid"),
        (lambda _: "<!DOCTYPE html><title>Earthdata Login</title>", "first bytes|html"),
    ],
    ids=["cell size", "0 to 360", "no header line", "cut", "words", "login page"],
)
def test_a_damaged_ascii_grid_is_refused(
    tmp_path: Path, change: Callable[[str], str], words: str
) -> None:
    path = ascii_grid(tmp_path / "gpw_v4_population_count_rev11_2005_30_min.asc", change)
    with pytest.raises(InputError) as caught:
        gpw.read([path], "grid_cell", 2005)
    assert caught.value.remedy
    assert pl.Series([str(caught.value)]).str.contains(words).item()


def test_a_login_page_in_place_of_netcdf_and_a_density_are_refused(tmp_path: Path) -> None:
    page = tmp_path / "gpw_v4_population_count_rev11_30_min.nc"
    page.write_text("<!DOCTYPE html>\n<html>Earthdata Login</html>\n", encoding="utf-8")
    assert not gpw.recognises(page)
    assert "DOCTYPE" in str(refused(page, "not GPWv4").found)
    import netCDF4

    density = netcdf(tmp_path / "gpw_v4_population_count_rev11_15_min.nc")
    with netCDF4.Dataset(density, "a") as book:
        book.renameVariable(VARIABLE, VARIABLE.replace("Count", "Density"))
    assert "Density" in str(refused(density, "not GPWv4").found)


def test_a_negative_count_is_refused(tmp_path: Path) -> None:
    path = ascii_grid(
        tmp_path / "gpw_v4_population_count_rev11_2005_30_min.asc",
        lambda text: text.replace(" 4e+07 ", " -5 ", 1),
    )
    refused(path, "not GPWv4")

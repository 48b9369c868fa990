"""Damaged MEIC tables and grids; grids sum to provinces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from damage import Damage, cases, emptied, halved, html, noise_bytes, prove, read

from synth.workbook import Sheet, write
from warehouse.sources import meic_grid
from warehouse.sources.meic import POLLUTANTS
from warehouse.sources.meic_names import SECTORS

ROLE, FILE = "sector_emission", "MEIC_province_2017.xlsx"
Rows = list[list[Any]]


def _sheets(file: Path) -> dict[str, Rows]:
    import fastexcel

    book = fastexcel.read_excel(file)
    return {
        name: [
            list(row)
            for row in book.load_sheet(name, header_row=None, dtypes="string").to_polars().rows()
        ]
        for name in book.sheet_names
    }


def _sheet(
    change: Callable[[Rows], Rows | None], name: str = "NOx", new: str | None = None
) -> Callable[[Path], None]:
    """A sheet's rows changed, and perhaps its name."""

    def harm(folder: Path) -> None:
        sheets = _sheets(folder / FILE)
        sheets[name] = change(sheets[name]) or sheets[name]
        renamed = {new or key if key == name else key: rows for key, rows in sheets.items()}
        write(folder / FILE, [Sheet(key, rows) for key, rows in renamed.items()])

    return harm


def _without(name: str) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        write(
            folder / FILE,
            [Sheet(key, rows) for key, rows in _sheets(folder / FILE).items() if key != name],
        )

    return harm


def _cell(row: int, column: int, value: object) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[row][column] = value

    return change


def _whole_file(harm: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: harm(folder / FILE)


def _copied(folder: Path) -> None:
    (folder / "again.xlsx").write_bytes((folder / FILE).read_bytes())


def _nowhere_a_year(folder: Path) -> None:
    for name in _sheets(folder / FILE):
        _sheet(_cell(0, 0, "MEIC"), name)(folder)
    (folder / FILE).rename(folder / "MEIC_province.xlsx")


DAMAGES = (
    Damage("empty", _whole_file(emptied), "empty"),
    Damage("truncated", _whole_file(halved), "workbook"),
    Damage("web page", _whole_file(html), "workbook"),
    Damage("other bytes", _whole_file(noise_bytes), "workbook"),
    Damage("pollutant lost", _without("OC"), "Pollutants are missing"),
    Damage("file twice", _copied, "one table a pollutant"),
    Damage("sector lost", _sheet(_cell(2, 3, "Other")), "heading with power"),
    Damage("sector twice", _sheet(_cell(2, 6, "Power")), "each sector in one column"),
    Damage("unit lost", _sheet(_cell(2, 0, "Province")), "no unit"),
    Damage("unit unknown", _sheet(_cell(2, 0, "Unit: lb")), "no unit"),
    Damage("unit a thousandfold", _sheet(_cell(2, 0, "Unit: Tg")), "zero to|2e"),
    Damage("another year", _sheet(_cell(0, 0, "MEIC 2015")), "title.*2015"),
    Damage("province lost", _sheet(lambda rows: rows[:-1]), "No province|missing in the table of a pollutant"),
    Damage("province twice", _sheet(lambda rows: [*rows, rows[-1]]), "twice"),
    Damage("province unknown", _sheet(_cell(4, 0, "Atlantis")), "Atlantis"),
    Damage("text", _sheet(_cell(4, 2, "n.a.")), "line 5.*n.a."),
    Damage("negative", _sheet(_cell(4, 2, -4.0)), "zero to"),
    Damage("total off", _sheet(_cell(4, 6, 1.0)), "stated total"),
    Damage("another species", _sheet(_cell(1, 0, "CO2"), new="CO2"), "Pollutants are missing.*NOx"),
    Damage("no year", _nowhere_a_year, "No year stated", is_noted=True),
)  # fmt: skip


@cases(*DAMAGES)
def test_damage_of_tables_shows(damage: Damage, copy_of: Callable[[str], Path]) -> None:
    prove(damage, "meic", ROLE, copy_of(ROLE))


Grid = np.ndarray


def _ascii(grid: Grid) -> str:
    head = "ncols 320\nnrows 200\nxllcorner 70\nyllcorner 10\ncellsize 0.25\nNODATA_value -9999\n"
    return head + "\n".join(" ".join(f"{cell:g}" for cell in row) for row in grid) + "\n"


def _point(longitude: float, latitude: float, value: float) -> Grid:
    grid = np.full((200, 320), -9999.0)
    grid[int((60.0 - latitude) / 0.25), int((longitude - 70.0) / 0.25)] = value
    return grid


@pytest.fixture(scope="module")
def grids(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cell in Hebei emits 7 t a year of everything from every sector."""
    folder = tmp_path_factory.mktemp("grids")
    text = _ascii(_point(114.6, 38.1, 7.0))
    for sector in SECTORS:
        for name in POLLUTANTS:
            (folder / f"2017_00__{sector}__{name.replace('.', '')}.asc").write_text(text)
    return folder


@pytest.fixture
def grid_folder(grids: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(grids, tmp_path / "grids"))


def test_grids_sum_to_the_province_they_lie_in(grids: Path) -> None:
    frame = read("meic_grid", ROLE, sorted(grids.iterdir()))
    assert frame.filter(source_sector="TOTAL", pollutant="SO2", province="CN-HE")[
        "emission_t"
    ].to_list() == [35.0]
    assert frame.filter(pl.col("province") != "CN-HE")["emission_t"].sum() == 0.0


def test_netcdf_and_months_are_read_as_ascii_and_the_year(grid_folder: Path) -> None:
    import netCDF4

    (grid_folder / "2017_00__power__SO2.asc").unlink()
    for month in range(1, 13):
        with netCDF4.Dataset(
            grid_folder / f"2017_{month:02d}_power_SO2.nc", "w", format="NETCDF3_CLASSIC"
        ) as book:
            book.createDimension("side", 2)
            book.createDimension("xysize", 64_000)
            for name, pair in (
                ("x_range", (70, 150)),
                ("y_range", (10, 60)),
                ("spacing", (0.25, 0.25)),
            ):
                book.createVariable(name, "f8", ("side",))[:] = pair
            book.createVariable("z", "f4", ("xysize",))[:] = _point(114.6, 38.1, 7.0 / 12).ravel()
    frame = read("meic_grid", ROLE, sorted(grid_folder.iterdir()))
    total = frame.filter(source_sector="power", pollutant="SO2", province="CN-HE")["emission_t"][0]
    assert total == pytest.approx(7.0, rel=1e-6)


def test_species_of_a_mechanism_are_passed_over(grid_folder: Path) -> None:
    for name in ("CB05_PAR", "SAPRC99_ALK1", "RADM2_HCHO"):
        (grid_folder / f"2017_00__power__{name}.nc").write_bytes(b"moles")
    frame = read("meic_grid", ROLE, sorted(grid_folder.iterdir()))
    assert set(frame["pollutant"]) == set(
        read("meic_grid", ROLE, sorted(grid_folder.glob("*.asc")))["pollutant"]
    )


def test_every_cell_of_land_belongs_to_provinces_once() -> None:
    _, share = meic_grid.province_shares()
    sums = share.sum(0)
    assert set(np.unique(np.round(sums, 9))) == {0.0, 1.0}
    assert 15_000 < (sums > 0).sum() < 18_000  # 9.6 million km2 in cells of about 600


ONE = "2017_00__power__SO2.asc"


def _text(change: Callable[[str], str]) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        before = (folder / ONE).read_text()
        after = change(before)
        assert after != before
        (folder / ONE).write_text(after)

    return harm


def _named(new: str) -> Callable[[Path], object]:
    return lambda folder: (folder / ONE).rename(folder / new)


def _of(harm: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: harm(folder / ONE)


GRID_DAMAGES = (
    Damage("empty", _of(emptied), "empty"),
    Damage("truncated", _of(halved), "cells"),
    Damage("web page", _of(html), "ncols"),
    Damage("other bytes", _of(noise_bytes), "ASCII grid"),
    Damage("heading lost", _text(lambda t: t.partition("\n")[2]), "lines 1 to 6"),
    Damage("another grid", _text(lambda t: t.replace("0.25", "0.5", 1)), "cellsize 0.5"),
    Damage("another corner", _text(lambda t: t.replace("xllcorner 70", "xllcorner -180", 1)), "xllcorner"),
    Damage("a cell more", _text(lambda t: t + "3\n"), "64001"),
    Damage("text in a cell", _text(lambda t: t.replace(" 7 ", " x ", 1)), "x"),
    Damage("negative cell", _text(lambda t: t.replace(" 7 ", " -3 ", 1)), "-3"),
    Damage("unit a millionfold", _text(lambda t: t.replace(" 7 ", " 7000000 ", 1)), "7e"),
    Damage("a grid turned over",
           _text(lambda _: _ascii(_point(114.6, 21.0 - 4.0, 7.0))), "outside every province"),
    Damage("another year", _named("2016_00__power__SO2.asc"), "2016.*2017"),
    Damage("unknown sector", _named("2017_00__mining__SO2.asc"), "mining"),
    Damage("unknown species", _named("2017_00__power__XYZ.asc"), "XYZ"),
    Damage("name of another kind", _named("power.asc"), "power.asc"),
    Damage("a month alone", _named("2017_03__power__SO2.asc"), "Months are missing.*3"),
    Damage("a sector lost", lambda folder: (folder / ONE).unlink(), "Months are missing.*no file"),
    Damage("the year twice", lambda folder: (folder / "2017_power_SO2.asc").write_text((folder / ONE).read_text()),
           "the same as"),
    Damage("ASCII called NetCDF", _named("2017_00__power__SO2.nc"), "NetCDF"),
    Damage("a species that is not used", _named("2017_00__power__VOC.asc"), "Months are missing.*no file"),
)  # fmt: skip


@cases(*GRID_DAMAGES)
def test_damage_of_grids_shows(damage: Damage, grid_folder: Path) -> None:
    prove(damage, "meic_grid", ROLE, grid_folder)


def test_grids_are_laid_on_the_nested_cells_with_every_tonne(grids: Path) -> None:
    frame = read("meic_grid", "emission_grid", sorted(grids.iterdir()))
    sums = frame.group_by("emission_group", "pollutant").agg(pl.col("emission_t").sum())
    assert set(sums["emission_group"]) >= {"power", "industry", "transport", "residential"}
    assert sums["emission_t"].to_list() == pytest.approx([7.0] * sums.height, rel=1e-9)
    assert frame["province"].unique().to_list() == ["CN-HE"]
    assert frame["longitude"].is_between(114.3, 114.9).all()
    assert frame["latitude"].is_between(37.8, 38.4).all()

"""Small sound NetCDF files of the readers of grids and weather, to be damaged. Figures are made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import polars as pl

from geoschem.lint_rules import lint_file
from tests.synthetic.outcomes import Table, are_same, table_of
from tests.warehouse.weather_files import ASIA, hours, months, write
from warehouse.errors import InputError
from warehouse.sources.meic_grid import province_shares
from warehouse.sources.province_cells import province_cells

_KELVIN = 1e-4  # single precision of 300 K is 3e-5 K, and a mean rounds some times
THREE_DAYS = hours("2020-01-01T00", 72)


@dataclass(frozen=True)
class SoundGrid:
    """A sound file: what it is, and how it is read with the files beside it. precision: of its figures."""

    name: str
    file: Path
    read: Callable[[Path], Table]
    precision: float

    def same(self, before: pl.DataFrame, after: pl.DataFrame) -> bool:
        """Whether two tables agree, weather to what single precision holds of kelvin."""
        return are_same(before, after, self.precision)

    def table(self, folder: Path) -> Table:
        """What reading the folder gives, in which the file may be damaged. Raises InputError."""
        return self.read(folder)


def sound_grids(folder: Path) -> list[SoundGrid]:
    """Write one file a reader and form, each in a folder of its own."""
    return [
        SoundGrid(
            name, _made(folder / str(at), make), _reading(reader, role, year),
            _KELVIN if role in ("weather_observation", "meteorology") else 0.0,
        )
        for at, (name, make, reader, role, year) in enumerate(_GRIDS)
    ]  # fmt: skip


def _made(folder: Path, make: Callable[[Path], Path]) -> Path:
    folder.mkdir(parents=True)
    return make(folder)


def _reading(reader: str, role: str, year: int) -> Callable[[Path], Table]:
    if reader == "lint-hemco":
        return _linted
    return lambda folder: table_of(reader, role, year, sorted(folder.iterdir()))


def _wave(count: int, low: float, high: float) -> Any:
    """Values between two bounds that no two times share, (count,)."""
    at = np.arange(count)
    return low + (high - low) * (0.5 + 0.45 * np.sin(at / 3.7) + 0.05 * at / count)


def _varied(count: int, low: float, high: float, shape: tuple[int, int] = (2, 2)) -> Any:
    """The same by place, (count, ny, nx)."""
    slope = np.linspace(0.9, 1.0, shape[0] * shape[1]).reshape(shape)
    return _wave(count, low, high)[:, None, None] * slope


def _weather(count: int, shape: tuple[int, int] = (2, 2)) -> dict[str, tuple[Any, str]]:
    return {
        "t2m": (_varied(count, 270, 290, shape), "K"),
        "d2m": (_varied(count, 262, 280, shape), "K"),
        "u10": (_varied(count, -6, 8, shape), "m s-1"),
        "v10": (_varied(count, -3, 4, shape), "m s-1"),
        "blh": (_varied(count, 200, 1500, shape), "m"),
        "tp": (_varied(count, 1e-5, 4e-4, shape) * (np.arange(count) % 3)[:, None, None], "m"),
    }


def _hourly(folder: Path) -> Path:
    return write(folder / "era5.nc", THREE_DAYS, _weather(72))


def _packed(folder: Path) -> Path:
    """The classic store: whole numbers with scale and offset."""
    path = write(
        folder / "era5.nc",
        THREE_DAYS,
        {"t2m": (_varied(72, 270, 290), "K")},
        time="time",
        time_units="hours since 1900-01-01 00:00:00.0",
        form="NETCDF3_64BIT_OFFSET",
    )
    from tests.synthetic.grid_file import Grid

    grid = Grid.read(path)
    one = grid.variables["t2m"]
    one.attributes = {
        "units": "K", "scale_factor": 0.01, "add_offset": 280.0, "_FillValue": np.int16(-32767),
    }  # fmt: skip
    one.values = np.rint((one.values - 280.0) / 0.01).astype("i2")
    grid.write(path)
    return path


def _land(folder: Path) -> Path:
    """ERA5-Land: rain since 00 UTC."""
    clock = THREE_DAYS.astype(int) // 3600 % 24
    since = np.where(clock == 0, 24, clock)[:, None, None] * np.linspace(1e-4, 2e-4, 4).reshape(
        2, 2
    )
    fields = {"tp": (since, "m"), "t2m": (_varied(72, 270, 290), "K")}
    return write(folder / "land.nc", THREE_DAYS, fields)


def _daily(folder: Path) -> Path:
    moments = hours("2020-01-01T00", 20, 24)
    return write(
        folder / "2m_temperature_0_daily-mean.nc", moments, {"t2m": (_varied(20, 270, 290), "K")}
    )


def _by_latitude(values: Any, north: float) -> Any:
    """Values that fall towards the north by so much in all."""
    return values - north * (ASIA[0] - 10)[None, :, None] / 50


_SHAPE = (len(ASIA[0]), len(ASIA[1]))


def _monthly(folder: Path) -> Path:
    fields = _weather(12, _SHAPE)
    fields["t2m"] = (_by_latitude(_varied(12, 295, 300, _SHAPE), 25), "K")
    fields["d2m"] = (_by_latitude(_varied(12, 287, 292, _SHAPE), 25), "K")
    fields["tp"] = (_varied(12, 1e-4, 6e-3, _SHAPE), "m")
    return write(folder / "era5.nc", months(2007), fields, grid=ASIA)


def _merra(folder: Path) -> Path:
    fields = {
        "U10M": (_varied(12, -6, 8, _SHAPE), "m s-1"),
        "V10M": (_varied(12, -3, 4, _SHAPE), "m s-1"),
        "T2M": (_by_latitude(_varied(12, 295, 300, _SHAPE), 25), "K"),
        "QV2M": (_varied(12, 0.003, 0.006, _SHAPE), "kg kg-1"),
        "PS": (_varied(12, 90_000, 101_000, _SHAPE), "Pa"),
        "PBLH": (_varied(12, 300, 1200, _SHAPE), "m"),
        "PRECTOT": (_varied(12, 1e-6, 6e-5, _SHAPE), "kg m-2 s-1"),
    }
    return write(
        folder / "MERRA2.tavgM_2d_slv.2007.nc4", months(2007), fields, time="time",
        time_units="minutes since 2007-01-01 00:30:00", grid=ASIA, names=("lat", "lon"),
    )  # fmt: skip


def _meic(folder: Path) -> Path:
    """MEIC's files of a year, one a sector, in the layout with all cells in a row."""
    inside = (province_shares()[1].sum(0) > 0).astype(float)
    for at, sector in enumerate(("power", "industry", "residential", "transportation")):
        with netCDF4.Dataset(folder / f"2007_00_{sector}_SO2.nc", "w") as file:
            for name, size in (("side", 2), ("xysize", inside.size)):
                file.createDimension(name, size)
            for name, values in (
                ("x_range", (70.0, 150.0)), ("y_range", (10.0, 60.0)), ("spacing", (0.25, 0.25)),
            ):  # fmt: skip
                file.createVariable(name, "f8", ("side",))[:] = values
            z = file.createVariable("z", "f4", ("xysize",))
            z[:] = inside * (50 + (np.arange(inside.size) * (at + 3)) % 97)
    return folder / "2007_00_industry_SO2.nc"


def _gpw(folder: Path) -> Path:
    """GPW of half a degree: persons of five years, and the countries."""
    longitude, latitude = -180 + 0.5 * (np.arange(720) + 0.5), 90 - 0.5 * (np.arange(360) + 0.5)
    persons, country = np.full((360, 720), np.nan), np.full((360, 720), np.nan)
    for east, north in province_cells().select("longitude", "latitude").iter_rows():
        place = int((90 - north) / 0.5), int((east + 180) / 0.5)
        persons[place] = 5e4 if east < 105 else 4.5e5 + 100 * (place[0] + place[1])
        country[place] = 156.0
    path = folder / "gpw_v4_population_count_rev11_30_min.nc"
    fill = np.float32(-3.40282306074e38)
    with netCDF4.Dataset(path, "w") as file:
        for name, axis in (
            ("raster", [1, 2, 3, 4, 5, 11]), ("latitude", latitude), ("longitude", longitude),
        ):  # fmt: skip
            file.createDimension(name, len(axis))
            file.createVariable(name, "f8", (name,))[:] = axis
        field = file.createVariable(
            "Population Count, v4.11 (2000, 2005, 2010, 2015, 2020): 30 arc-minutes", "f4",
            ("raster", "latitude", "longitude"), fill_value=fill,
        )  # fmt: skip
        field.units = "Persons"
        for place in range(5):
            field[place] = np.ma.masked_invalid(persons * (0.95 + 0.05 * place))
        field[5] = np.ma.masked_invalid(country)
    return path


def _hemco(folder: Path) -> Path:
    grid = (np.arange(10.25, 55, 1.5), np.arange(70.25, 140, 2.0))
    shape = (len(grid[0]), len(grid[1]))
    path = write(
        folder / "SO2-em-anthro_CMIP_CEDS_2017.nc", months(2017),
        {"SO2_industry": (_varied(12, 1e-11, 4e-10, shape), "kg m-2 s-1")}, time="time",
        time_units="days since 2017-01-01", grid=grid, names=("lat", "lon"), form="NETCDF4_CLASSIC",
    )  # fmt: skip
    with netCDF4.Dataset(path, "a") as file:
        file["time"].calendar = "standard"
    return path


def _linted(folder: Path) -> Table:
    """What the linter says of a file for HEMCO: an error is a refusal. Figures are those that HEMCO would read."""
    (path,) = folder.iterdir()
    found = lint_file(path, months=None, is_ours=False)
    errors = [each for each in found if each.is_error]
    if errors:
        raise InputError(errors[0].rule, file=path, found=errors[0].found)
    return pl.concat(_cells_of(path)), {f"{each.rule} {each.found}" for each in found}


def _cells_of(path: Path) -> Iterator[pl.DataFrame]:
    with netCDF4.Dataset(path) as file:
        time, latitude, longitude = (file[name] for name in ("time", "lat", "lon"))
        moments = netCDF4.num2date(time[:], time.units, only_use_cftime_datetimes=False)
        grids = np.meshgrid(np.arange(len(moments)), latitude[:], longitude[:], indexing="ij")
        fields = [name for name in file.variables if file[name].ndim > 2]
        for name in sorted(fields):
            values = np.ma.filled(file[name][:].astype(float), np.nan)
            if values.ndim > grids[0].ndim:
                values = values[:, 0]  # HEMCO reads the lowest level of a field that is to be flat
            yield pl.DataFrame(
                {
                    "moment": [str(moments[at]) for at in grids[0].ravel()],
                    "place": [
                        f"{y:.3f} {x:.3f}"
                        for y, x in zip(grids[1].ravel(), grids[2].ravel(), strict=True)
                    ],
                    "flux": values.ravel(),
                }
            ).sort("moment", "place")


_GRIDS: tuple[tuple[str, Callable[[Path], Path], str, str, int], ...] = (
    ("ERA5 by hour", _hourly, "era5", "weather_observation", 2020),
    ("ERA5 of the classic store", _packed, "era5", "weather_observation", 2020),
    ("ERA5-Land", _land, "era5", "weather_observation", 2020),
    ("ERA5 daily means", _daily, "era5", "weather_observation", 2020),
    ("ERA5 monthly means", _monthly, "weather_netcdf", "meteorology", 2007),
    ("MERRA-2 monthly", _merra, "weather_netcdf", "meteorology", 2007),
    ("MEIC, provinces", _meic, "meic_grid", "sector_emission", 2007),
    ("MEIC, cells", _meic, "meic_grid", "emission_grid", 2007),
    ("GPW", _gpw, "gpw", "grid_cell", 2005),
    ("HEMCO", _hemco, "lint-hemco", "", 2017),
)

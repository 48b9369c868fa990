"""Small sound files that readers take packed, in binary or as text grids, to be damaged. Figures are made up.

HAR files, ASCII grids, R data, old workbooks, and texts in ZIP, gzip and tar. Each lies in a folder of its own,
with the files beside it that its reader needs.
"""

from __future__ import annotations

import gzip
import random
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from synth import har
from synth.economy import build
from tests.synthetic import sound_air, sound_grids, sound_tables
from tests.synthetic.outcomes import Table, table_of
from tests.synthetic.sound_grids import SoundGrid
from tests.synthetic.xls_file import workbook
from tests.warehouse import test_sources_2017 as of_2017
from tests.warehouse import test_sources_air_series as air_series
from tests.warehouse import test_sources_emission_2017 as emission_2017
from tests.warehouse import test_sources_gpw as of_gpw
from tests.warehouse import test_sources_health as health
from tests.warehouse import test_sources_output_terminal as terminal
from tests.warehouse.r_files import write_rda, write_rds
from tests.warehouse.source_samples import wiod_parts, write_reas
from warehouse.archives import refuse_bombs
from warehouse.chinese_names import PROVINCE_OF_CHINESE_NAME
from warehouse.landing import sources_of
from warehouse.sources.meic_grid import province_shares
from warehouse.synthetic import is_synthetic

Make = Callable[[Path], Path]


def sound_containers(folder: Path) -> list[SoundGrid]:
    """Write one file a reader and form, each in a folder of its own."""
    return [
        SoundGrid(name, _made(folder / str(at), make), partial(landed, reader, role, year), 0.0)
        for at, (name, make, reader, role, year) in enumerate(_FILES)
    ]


def landed(reader: str, role: str, year: int, folder: Path) -> Table:
    """What a landed folder gives, looked at and read as a run does. Raises InputError."""
    paths = sorted(folder.iterdir())
    for path in paths:
        refuse_bombs(path)
        is_synthetic(path)
    (source,) = sources_of(role, paths)
    assert source.reader == reader, source
    return table_of(source.reader, role, year, source.files)


def _made(folder: Path, make: Make) -> Path:
    folder.mkdir(parents=True)
    return make(folder)


def _gtap(folder: Path) -> Path:
    made = build("small", 11, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of harpy, which writes it
        har.write(har.base_of(replace(made, world=har.single(made.world))), folder / "basedata.har")
    return folder / "basedata.har"


def _meic(folder: Path) -> Path:
    """A year of SO2: fuller to the east, more in the north, so that a turned grid is another."""
    inside = (province_shares()[1].sum(0) > 0).reshape(200, 320)
    head = "ncols 320\nnrows 200\nxllcorner 70\nyllcorner 10\ncellsize 0.25\nNODATA_value -9999\n"
    slope = np.linspace(1, 2, 320)[None, :] * np.linspace(2, 1, 200)[:, None]
    for at, sector in enumerate(("power", "industry", "residential", "transportation")):
        grid = np.where(inside, (at + 1) * 20.123 * slope, -9999)
        lines = (" ".join(f"{cell:.6g}" for cell in row) for row in grid)
        (folder / f"2017_00__{sector}__SO2.asc").write_text(head + "\n".join(lines) + "\n")
    return folder / "2017_00__industry__SO2.asc"


_SITES = "china_sites_20240101.csv"
_COUNTS = "gpw_v4_population_count_rev11_2005_30_min.asc"
_NAMES = "gpw_v4_national_identifier_grid_rev11_30_min.asc"


def _gpw(folder: Path) -> Path:
    counts = of_gpw.ascii_grid(folder / _COUNTS)
    country = of_gpw.world()[1]
    head = counts.read_text(encoding="ascii").split("\n")[:6]
    rows = (" ".join("-9999" if np.isnan(one) else f"{one:g}" for one in row) for row in country)
    (folder / _NAMES).write_text("\n".join([*head, *rows]) + "\n", encoding="ascii")
    return counts


def _gpw_names(folder: Path) -> Path:
    _gpw(folder)
    return folder / _NAMES


def _gpw_alone(folder: Path) -> Path:
    return of_gpw.ascii_grid(folder / _COUNTS)


def _wiod(folder: Path) -> Path:
    """Figures of thousands, since the sums of the contract allow for rounding in tables of 1,640 columns."""
    parts = {
        name: {
            title: [cell * 1000 if isinstance(cell, int) else cell for cell in cells]
            for title, cells in frame.items()
        }
        for name, frame in wiod_parts().items()
    }
    return write_rda(folder / "wiod07.rda", parts)


def _city_days(folder: Path) -> Path:
    """Two years of three cities, one of them among those whose place is put right."""
    places = {"Beijing": (116.4, 39.9), "Shanghai": (121.5, 31.2), "Haikou": (102.7, 25.0)}
    rows = [
        (year, day / 365, *place, city, 30.0 + at * 10 + (day * 7 + at) % 31 + 0.5)
        for at, (city, place) in enumerate(places.items())
        for year in (2015, 2016)
        for day in range(1, 366)
    ]
    names = ("Year", "Time", "Long", "Lat", "City", "PM2.5")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return write_rda(folder / "pm25_dat.rda", {"pm25_dat": columns})


def _crea_city(folder: Path) -> Path:
    """Days from local midnight, in UTC, of two cities."""
    days = [f"2024-01-{day:02d} 16:00:00" for day in range(1, 13)]
    cities = ("beijing_chn.780_city_cn", "shanghai_chn.804_city_cn")
    rows = [
        (day, poll, city, 20.5 + at * 3 + 7 * place)
        for place, city in enumerate(cities)
        for at, day in enumerate(days)
        for poll in ("pm25", "no2")
    ]
    names = ("date", "poll", "region_id", "value")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    columns["unit"] = ["µg/m3"] * len(rows)
    order = ("date", "poll", "region_id", "unit", "value")
    return write_rds(folder / "m.obs.RDS", {name: columns[name] for name in order})


def _packed(name: str) -> Make:
    """The sound table of that name, packed with gzip."""

    def make(folder: Path) -> Path:
        path = folder / f"{name}.gz"
        path.write_bytes(gzip.compress(_texts(folder)[name], mtime=0))
        return path

    return make


def _zipped(name: str, inside: str) -> Make:
    """The sound table of that name, in a ZIP archive."""

    def make(folder: Path) -> Path:
        path = folder / f"{name.removesuffix('.csv')}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(inside), _texts(folder)[name], zipfile.ZIP_DEFLATED)
        return path

    return make


def _texts(folder: Path) -> dict[str, bytes]:
    """File name to content of the sound texts of other generators, and of some of the tests of readers."""
    beside = folder.parent / f"{folder.name}-texts"
    sounds = [*sound_tables.sound_tables(beside / "t"), *sound_air.sound_air(beside / "a")]
    texts = {each.file.name: each.file.read_bytes() for each in sounds}
    ihme = ("\n".join(health.export()) + "\n").encode()
    return {**texts, "IHME.csv": ihme, "terminal.csv": terminal.CUT.encode()}


def _ihme_packed(folder: Path) -> Path:
    return health.written(folder, health.export(), "IHME-GBD_2019_DATA-1.csv.gz")


def _aqli(folder: Path) -> Path:
    return emission_2017.series(folder / "gadm1_2023_wide.csv.gz")


def _ceds(folder: Path) -> Path:
    return emission_2017.provinces(folder / emission_2017.CEDS_NAME)


def _caqra(folder: Path) -> Path:
    rows = (
        f"{27.5 + day},41.4,22.1,19.1,0.998,41.8,3.7,-6.7,258.7,39.2,98369.4" for day in range(9)
    )
    series = "\n".join([air_series.SERIES_HEADING, *rows]) + "\n"
    return air_series.archive(folder, {"北京市.csv": series, "上海市.csv": series})


def _caqra_grid(folder: Path) -> Path:
    grid, _ = air_series.grid_files(folder, air_series.MASK)
    packed = folder / f"{grid.name}.gz"
    packed.write_bytes(gzip.compress(grid.read_bytes(), mtime=0))
    grid.unlink()
    return packed


def _reas(folder: Path) -> Path:
    return write_reas(folder / "REASv3.2_CHN.tar.gz")


def _icio(folder: Path) -> Path:
    return of_2017.write_icio(folder, packed=True)[-1]


def _demand(folder: Path) -> Path:
    return of_2017.write_parts(folder / "w14.npz")


def _provinces(folder: Path) -> Path:
    for name in PROVINCE_OF_CHINESE_NAME:
        (folder / f"{name}.xls").write_bytes(workbook(of_2017.grid(name)))
    return folder / "河北.xls"


def _city_book(folder: Path) -> Path:
    chance = random.Random(3)
    rows: list[list[str | float]] = [["date", "city", "PM2.5", "PM10"]]
    rows += [
        [f"2024-01-{day:02d}", city, round(chance.uniform(20, 60), 1), round(chance.uniform(60, 90), 1)]
        for day in range(1, 13) for city in ("北京", "上海")
    ]  # fmt: skip
    (folder / "days.xls").write_bytes(workbook(rows))
    return folder / "days.xls"


def _weather(folder: Path) -> Path:
    (sound,) = (each for each in _weather_files(folder) if each.name == "ERA5 by hour")
    path = folder / "era5.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(sound.file, "data_stream-oper.nc")
    return path


def _weather_files(folder: Path) -> Iterator[SoundGrid]:
    yield from sound_grids.sound_grids(folder.parent / f"{folder.name}-grids")


_FILES: Sequence[tuple[str, Make, str, str, int]] = (
    ("GTAP base (.har)", _gtap, "gtap_har", "gtap_flow", 2017),
    ("MEIC, provinces (.asc)", _meic, "meic_grid", "sector_emission", 2017),
    ("MEIC, cells (.asc)", _meic, "meic_grid", "emission_grid", 2017),
    ("GPW beside countries (.asc)", _gpw, "gpw", "grid_cell", 2005),
    ("GPW's countries (.asc)", _gpw_names, "gpw", "grid_cell", 2005),
    ("GPW alone (.asc)", _gpw_alone, "gpw", "grid_cell", 2005),
    ("WIOD (.rda)", _wiod, "wiod", "global_table", 2007),
    ("cities' days of SpTe2M (.rda)", _city_days, "city_days", "evaluation_place", 2016),
    ("CREA's days (.RDS)", _crea_city, "crea_city", "observation", 2024),
    ("customs (.zip)", _zipped("export-2017.csv", "export-2017.csv"), "customs", "trade", 2017),
    ("CNEMC (.zip)", _zipped(_SITES, _SITES), "cnemc", "observation", 2024),
    ("IHME (.zip)", _zipped("IHME.csv", "IHME-GBD_2019_DATA-1.csv"), "ihme", "baseline_mortality", 2007),
    ("ERA5 (.zip)", _weather, "era5", "weather_observation", 2020),
    ("WIOD 2014, final use (.npz)", _demand, "wiod_2016_parts", "demand_structure", 2017),
    ("IHME (.csv.gz)", _ihme_packed, "ihme", "baseline_mortality", 2007),
    ("city table (.csv.gz)", _packed("days.csv"), "city_table", "observation", 2024),
    ("CNEMC, long (.csv.gz)", _packed("archive.csv"), "cnemc_long", "observation", 2024),
    ("AQLI (.csv.gz)", _aqli, "aqli", "observed_series", 2017),
    ("CEDS (.csv.gz)", _ceds, "ceds_province", "alternative_emission", 2017),
    ("output (.csv.gz)", _packed("terminal.csv"), "output_terminal", "industrial_output", 2025),
    ("ICIO's shares (.csv.gz)", _icio, "icio_factored", "global_table", 2017),
    ("CAQRA, a day (.csv.gz)", _caqra_grid, "caqra", "observation", 2018),
    ("CAQRA, series (.tar.gz)", _caqra, "caqra", "observation", 2018),
    ("REAS (.tar.gz)", _reas, "reas", "sector_emission", 2007),
    ("provinces' tables (.xls)", _provinces, "provincial_io", "provincial_table", 2017),
    ("city table (.xls)", _city_book, "city_table", "observation", 2024),
)  # fmt: skip

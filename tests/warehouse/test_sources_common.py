"""What holds for every reader: empty, missing, damaged and foreign files."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.sources import READERS

SUFFIX = {
    "wiod": ".rda",
    "provincial_io_2007": ".xls",
    "provincial_panel": ".csv",
    "provincial_exports": ".csv",
    "reas": ".tar.gz",
    "gains": ".csv",
    "ceads_co2": ".xlsx",
    "census": ".csv",
    "tidy": ".parquet",
    "census_grid": ".csv",
    "gpw": ".asc",
    "icio": ".csv",
    "exiobase3": ".zip",
    "eora26": ".zip",
    "gloria": ".zip",
    "wiod_workbook": ".xlsx",
    "gem_coal": ".xlsx",
    "open_climatology": "monthly_navy_winds.cdf.gz",
    "open_relief": "china-dem.nc",
    "weather_netcdf": ".nc",
    "reas_history": ".tar.gz",
    "caqra_province": "province_detail.json",
    "caqra_city": "city_month_line.json.gz",
    "caqra_coverage": "city_month_line.json.gz",
    "caqra_weather": "province_daily.tar.gz",
    "city_days": "pm25_dat.rda",
    "cnemc": "china_cities_20170101.csv",
    "cnemc_long": ".csv",
    "station_list": ".csv",
    "caqra": ".csv.gz",
    "uci": ".csv",
    "crea_city": ".RDS",
    "era5": ".nc",
    "gsod": ".csv",
    "nbs_monthly": ".csv",
    "city_table": ".csv",
    "gsod_metric": ".csv",
    "city_hours": ".csv",
    "output_terminal": ".csv",
    "official_period": ".csv",
    "gtap_har": ".har",
    "ceads_mrio": ".xlsx",
    "customs": "-export-2007.csv",
    "yearbook": ".csv",
    "meic": ".csv",
    "meic_grid": ".asc",
    "gains_online": ".csv",
    "ammonia_products": ".csv",
    "icio_factored": "TradeFlow2007.csv",
    "icio_earlier": "TradeFlow2017.csv",
    "wiod_2016_parts": ".npz",
    "wiod_2014_consumers": "w14_parts.npz",
    "provincial_io": ".xls",
    "meic_national": ".xlsx",
    "ceds_province": "ceds_provincial_chn_2000_2022_kt.csv.gz",
    "aqli": "gadm1_2023_wide.csv.gz",
    "ihme": "IHME-GBD_2019_DATA-1.csv",
    "age_columns": "agestructure.csv",
    "crea_rates": "epi_rate_wide_gbd2019_countries.csv.gz",
    "crea_curves": "rr_gbd2021.csv.gz",
}
BESIDE = {
    "icio_factored": ("vashare.csv", "IOshare.csv"),
    "icio_earlier": ("vashare.csv", "IOshare.csv", "OECD21ed_CHN_x.rda", "wiod11.rda"),
    "wiod_2014_consumers": ("wiod11.rda",),
    "gsod_metric": ("stations.csv",),
    "census": ("map.topojson",),
    "census_grid": ("map.topojson",),
    "caqra_city": ("province_detail.json", "cn_city.csv", "ghsl_county.csv"),
    "caqra_coverage": ("province_detail.json", "cn_city.csv", "ghsl_county.csv", "map.topojson"),
    "open_climatology": (
        "province_detail.json",
        "year_city.json.gz",
        "province_daily.tar.gz",
        "with_province_1_grid.csv.gz",
        "cn_city.csv",
    ),
}
"""What a reader of several files needs beside the first."""
BY_READER = pytest.mark.parametrize("name", READERS)


def refusal(name: str, paths: list[Path]) -> InputError:
    reader = READERS[name]
    with pytest.raises(InputError) as caught:
        reader.read(paths, reader.roles[0], 2007)
    assert caught.value.remedy
    return caught.value


def _files(name: str, folder: Path, content: bytes) -> list[Path]:
    """One damaged file, and damaged ones beside it for readers that need several."""
    names = [f"original{SUFFIX[name]}", *BESIDE.get(name, ())]
    for file in names:
        (folder / file).write_bytes(content)
    return [folder / file for file in names]


@BY_READER
def test_a_zero_byte_file_is_refused(name: str, tmp_path: Path) -> None:
    paths = _files(name, tmp_path, b"")
    assert not READERS[name].recognises(paths[0]) or name == "tidy"
    error = refusal(name, paths)
    assert Path(str(error.file)) in paths
    assert error.found == "0 bytes"


@BY_READER
@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe" * 500,
        b"<html>Not found</html>\n",
        b"PK\x03\x04" + bytes(64),
        b"\x1f\x8b\x08",
    ],
    ids=["noise", "web page", "cut zip", "cut gzip"],
)
def test_a_file_of_another_kind_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    paths = _files(name, tmp_path, content)
    error = refusal(name, paths)
    assert error.file is not None
    assert any(str(path) in error.file for path in paths)


@BY_READER
def test_a_missing_file_is_refused(name: str, tmp_path: Path) -> None:
    paths = [path.with_name(f"no-{path.name}") for path in _files(name, tmp_path, b"x")]
    error = refusal(name, paths)
    assert error.found == "nothing"
    assert not READERS[name].recognises(paths[0])


@BY_READER
def test_no_file_or_too_many_are_refused(name: str, tmp_path: Path) -> None:
    refusal(name, [])
    if READERS[name].max_files is not None:
        refusal(name, _files(name, tmp_path, b"x") * 2)


@BY_READER
def test_every_reader_says_whose_figures_it_reads(name: str) -> None:
    reader = READERS[name]
    assert reader.name == name
    assert set(reader.roles) <= set(CONTRACTS)
    publication = reader.publication
    assert publication.producer
    assert publication.title
    assert publication.licence
    assert publication.terms_of_use
    assert publication.citation or name == "tidy"


def test_every_role_has_a_reader() -> None:
    assert {role for reader in READERS.values() for role in reader.roles} == set(CONTRACTS)

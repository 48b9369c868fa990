"""Files as publishers of HEMCO's data write them: none is an error; and what the linter says of odd files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pytest

from geoschem.linter import lint
from warehouse.errors import InputError

LAT, LON = np.arange(10.125, 20, 0.25), np.arange(70.125, 85, 0.25)
MONTH_DAYS = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30])


def official(
    path: Path, name: str, units: str, days: Any, value: Any = 1e-10, **others: Any
) -> Path:
    """One field on time (days since 2017-01-01), lat, lon; others: dims, kind, form, lat_axis."""
    days = np.asarray(days, dtype=float)
    with netCDF4.Dataset(path, "w", format=others.get("form", "NETCDF4_CLASSIC")) as file:
        dims = others.get("dims", ("time", "lat", "lon"))
        for dim, size in (("time", days.size), ("lat", LAT.size), ("lon", LON.size), ("lev", 3)):
            file.createDimension(dim, size)
        for axis, values, unit in (("lat", LAT, "degrees_north"), ("lon", LON, "degrees_east")):
            variable = file.createVariable(axis, "f8", (axis,))
            variable.units = unit
            variable[:] = values
        if "lat_axis" in others:
            file["lat"].axis = others["lat_axis"]
        time = file.createVariable("time", "f8", ("time",))
        time.units = "days since 2017-01-01 00:00:00"
        time[:] = days
        field = file.createVariable(name, others.get("kind", "f4"), dims)
        field.units = units
        field[:] = value
    return path


OFFICIAL = {
    "CEDS writes blanks": (
        "NO-em-anthro_CMIP_CEDS_2017.nc",
        "NO_agr",
        "kg m-2 s-1",
        MONTH_DAYS,
        {},
    ),
    "MEIC, a month a file": ("2017_07_MEIC.nc", "NO", "kg/m2/s", [181], {}),
    "factors of months": ("EDGAR_monthly.nc", "AGR", "1", MONTH_DAYS, {"value": 1.2}),
    "factors of hours": ("NO_hourly.nc", "NO", "unitless", np.arange(24) / 24, {"value": 0.8}),
    "fires by day": ("fire_2017.nc", "CO", "kg/m2/s", np.arange(365), {"value": 2e-5}),
    "a day a file": ("qfed_20170701.nc", "CO", "kg m-2 s-1", [181], {}),
    "levels": ("aircraft.nc", "NO", "kg/m2/s", MONTH_DAYS, {"dims": ("time", "lev", "lat", "lon")}),
    "countries": ("country_mask.nc", "CountryID", "1", [0], {"value": 156, "kind": "i4"}),
    "a year": ("ship_2017.nc", "SO2", "kg/m2/s", [0], {}),
}


@pytest.mark.parametrize("case", OFFICIAL)
def test_official_files_have_no_error(tmp_path: Path, case: str) -> None:
    name, field, units, days, others = OFFICIAL[case]
    official(tmp_path / name, field, units, days, **others)
    report = lint(tmp_path)
    assert report.errors == ()
    assert report.looked_at() == "1 file"


@pytest.mark.parametrize(
    ("units", "value", "rule"),
    [
        ("kg/m2/month", 1e-10, "units"),
        ("", 1e-10, "units"),
        ("1", 1e-10, "units"),  # as small as a flux: no factor
        ("kg m-2 s-1", 0.5, "magnitude"),
        ("kg/m2/s", np.where(LON > 80, -1e-10, 1e-10), "negative"),
        ("kg/m2/s", np.nan, "not-finite"),
    ],
)
def test_what_is_wrong_in_a_publishers_file_is_an_error(
    tmp_path: Path, units: str, value: Any, rule: str
) -> None:
    official(tmp_path / "a.nc", "NO", units, MONTH_DAYS, value)
    assert {finding.rule for finding in lint(tmp_path).errors} == {rule}


def test_what_is_odd_is_a_warning(tmp_path: Path) -> None:
    official(tmp_path / "axis.nc", "NO", "kg/m2/s", [181], lat_axis="X")
    official(tmp_path / "cdf5.nc", "NO", "kg/m2/s", MONTH_DAYS, form="NETCDF3_64BIT_DATA")
    official(tmp_path / "gap.nc", "NO", "kg/m2/s", [0, 1, 2, 5])
    report = lint(tmp_path)
    assert report.errors == ()
    assert {finding.rule for finding in report.findings} == {"lat-axis", "format", "time-steps"}


@pytest.mark.parametrize("form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_DATA", "NETCDF4_CLASSIC"])
def test_a_cut_file_is_an_error_and_not_zeros(tmp_path: Path, form: str) -> None:
    path = official(tmp_path / "a.nc", "NO", "kg/m2/s", MONTH_DAYS, form=form)
    path.write_bytes(path.read_bytes()[:-2000])
    assert [finding.rule for finding in lint(tmp_path).errors] == ["readable"]


def test_nothing_to_look_at_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "emissions.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "HEMCO_Config.rc").write_text("### BEGIN SECTION SETTINGS\n")
    with pytest.raises(InputError, match="holds no emissions") as caught:
        lint(tmp_path)
    assert "emissions.zip" in str(caught.value)
    assert "Nothing was looked at" in caught.value.remedy


CONFIG = """(((MEIC
0 MEIC_NO_IND $ROOT/MEIC_NO.nc NO_industry 2000-2017/1-12/1/0 C xy kg/m2/s NO 1009 1/2 56
)))MEIC
### BEGIN SECTION MASKS
1009 CHINA_MASK $ROOT/China_mask.nc MASK 2000/1/1/0 C xy 1 1 73/17/136/54
### END SECTION MASKS
"""
DOMAIN = """grid:
  longitude:
    range: [{west}, {east}]
  latitude:
    range: [22.0, 50.0]
  nested_grid_simulation:
    activate: {on}
"""


@pytest.mark.parametrize(
    ("west", "east", "on", "errors"),
    [
        (100.0, 130.0, "true", {"mask-box"}),
        (60.0, 150.0, "true", set()),
        (100.0, 130.0, "false", set()),
    ],
)
def test_the_box_of_a_mask_is_held_against_the_runs_own_domain(
    tmp_path: Path, west: float, east: float, on: str, errors: set[str]
) -> None:
    (tmp_path / "HEMCO_Config.rc").write_text(CONFIG)
    (tmp_path / "geoschem_config.yml").write_text(DOMAIN.format(west=west, east=east, on=on))
    report = lint(tmp_path)
    assert {finding.rule for finding in report.errors} == errors
    assert report.looked_at() == "0 files and 1 configuration"


def renamed(path: Path, lat: str, lon: str, units: str = "degrees") -> Path:
    """A climatology of the year zero on coordinates of other names, with packed values and a field of cells."""
    with netCDF4.Dataset(path, "w", format="NETCDF4_CLASSIC") as file:
        for dim, values, unit in ((lat, LAT, f"{units}_north"), (lon, LON, f"{units}_east")):
            file.createDimension(dim, values.size)
            file.createVariable(dim, "f8", (dim,))[:] = values
            file[dim].units = unit
        file.createDimension("time", 12)
        time = file.createVariable("time", "f8", ("time",))
        time.units = "days since 0000-01-01 00:00:00"
        time[:] = MONTH_DAYS
        file.createVariable("AREA", "f4", (lat, lon)).units = "m2"
        field = file.createVariable("NO", "i2", ("time", lat, lon), fill_value=-1)
        field.setncatts({"units": "kg/m2/s", "scale_factor": 1e-12})
        field.set_auto_maskandscale(False)
        field[:] = 7
    return path


@pytest.mark.parametrize(("lat", "lon"), [("latitude", "longitude"), ("Latitude", "Longitude")])
def test_what_hemco_reads_under_other_names_is_no_error(tmp_path: Path, lat: str, lon: str) -> None:
    path = renamed(tmp_path / "a.NC", lat, lon)
    report = lint(tmp_path)
    assert report.errors == ()
    assert {finding.rule for finding in report.findings} == {"packed"}
    with netCDF4.Dataset(path, "a") as file:
        file["NO"].set_auto_maskandscale(False)
        file["NO"][0, 0, 0] = -1
    assert {finding.rule for finding in lint(tmp_path).errors} == {"packed", "fill-value"}


def test_a_unit_of_degrees_that_hemco_stops_at_is_an_error(tmp_path: Path) -> None:
    renamed(tmp_path / "a.nc", "lat", "lon", units="degree")
    assert {finding.rule for finding in lint(tmp_path).errors} == {"lat-units", "lon-units"}


@pytest.mark.parametrize(
    ("units", "value"), [("v/v", 1e-9), ("kg/m3", 1e-9), ("K", 290.0), ("m/s", -4.0)]
)
def test_fields_that_are_no_emission_are_not_judged_as_one(
    tmp_path: Path, units: str, value: float
) -> None:
    official(tmp_path / "a.nc", "X", units, [0], value)
    assert lint(tmp_path).findings == ()


def test_declared_fills_and_a_field_without_time_are_no_error(tmp_path: Path) -> None:
    path = official(tmp_path / "a.nc", "CH4", "kg/m2/s", [0], dims=("lat", "lon"))
    with netCDF4.Dataset(path, "a") as file:
        file["CH4"].missing_value = np.float32(1e20)
        file["CH4"][0, 0] = 1e20
    report = lint(tmp_path)
    assert report.errors == ()
    assert [finding.rule for finding in report.findings] == ["fill-value"]

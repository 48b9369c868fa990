"""Every silent failure of HEMCO that is known, as a damaged file, and the finding that names it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pytest

from geoschem.hemco_config import add_inventory, manifest_of
from geoschem.layout import Campaign
from geoschem.lint_config import lint_config
from geoschem.lint_rules import lint_file
from geoschem.linter import LintFailed, demand_clean, lint
from tests.geoschem.excerpts import hemco_config
from warehouse.errors import InputError


@dataclass
class Content:
    """A NetCDF file taken apart, to be written again otherwise."""

    axes: dict[str, Any]
    attributes: dict[str, dict[str, Any]]
    fields: dict[str, Any]
    dimensions: tuple[str, ...] = ("time", "lat", "lon")
    form: str = "NETCDF4_CLASSIC"
    without: set[str] = field(default_factory=set)
    group: str = ""
    kind: str = "f4"
    fill: Any = False


def read(path: Path) -> Content:
    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        fields = {
            name: file[name][:] for name in file.variables if name not in ("time", "lat", "lon")
        }
        return Content(
            {name: file[name][:] for name in ("time", "lat", "lon")},
            {
                name: {key: getattr(file[name], key) for key in file[name].ncattrs()}
                for name in file.variables
            },
            fields,
        )


def write(path: Path, content: Content) -> None:
    path.unlink()
    with netCDF4.Dataset(path, "w", format=content.form) as file:
        shape = next(iter(content.fields.values())).shape
        for name, size in zip(content.dimensions, shape, strict=True):
            file.createDimension(name, size)
        for name, values in content.axes.items():
            if name in content.without or name not in content.dimensions:
                continue
            variable = file.createVariable(name, "f8", (name,))
            variable.setncatts(content.attributes[name])
            variable[:] = values
        for name, values in content.fields.items():
            variable = file.createVariable(
                name, content.kind, content.dimensions, fill_value=content.fill
            )
            variable.set_auto_maskandscale(False)
            variable.setncatts(content.attributes[name])
            variable[:] = values
        if content.group:
            file.createGroup(content.group)


FIELD = "SO2_industry"


def _flip(one: Content) -> None:
    one.axes["lat"] = one.axes["lat"][::-1]
    one.fields = {name: values[:, ::-1] for name, values in one.fields.items()}


def _flip_lon(one: Content) -> None:
    one.axes["lon"] = one.axes["lon"][::-1]
    one.fields = {name: values[:, :, ::-1] for name, values in one.fields.items()}


def _axis(name: str, change: Callable[[Any], Any]) -> Callable[[Content], None]:
    def damage(one: Content) -> None:
        one.axes[name] = change(np.array(one.axes[name], dtype=np.float64))

    return damage


def _values(change: Callable[[Any], Any], name: str = FIELD) -> Callable[[Content], None]:
    def damage(one: Content) -> None:
        one.fields[name] = change(np.array(one.fields[name]))

    return damage


def _put(value: float) -> Callable[[Any], Any]:
    def change(values: Any) -> Any:
        values[:, :5, :5] = value
        return values

    return change


def _attribute(variable: str, name: str, value: Any) -> Callable[[Content], None]:
    def damage(one: Content) -> None:
        if value is None:
            del one.attributes[variable][name]
        else:
            one.attributes[variable][name] = value

    return damage


def _dimensions(*names: str) -> Callable[[Content], None]:
    def damage(one: Content) -> None:
        one.dimensions = names

    return damage


def _transpose(one: Content) -> None:
    one.dimensions = ("time", "lon", "lat")
    one.fields = {name: values.transpose(0, 2, 1) for name, values in one.fields.items()}


def _level(one: Content) -> None:
    one.dimensions = ("time", "lev", "lat", "lon")
    one.fields = {name: values[:, None] for name, values in one.fields.items()}


def _months(keep: slice) -> Callable[[Content], None]:
    def damage(one: Content) -> None:
        one.axes["time"] = one.axes["time"][keep]
        one.fields = {name: values[keep] for name, values in one.fields.items()}

    return damage


def _without(name: str) -> Callable[[Content], None]:
    return lambda one: one.without.add(name)


def _set(**changes: Any) -> Callable[[Content], None]:
    def damage(one: Content) -> None:
        for name, value in changes.items():
            setattr(one, name, value)

    return damage


def _declared_fill(one: Content) -> None:
    one.attributes[FIELD]["missing_value"] = np.float32(-1.5)
    _values(_put(-1.5))(one)


def _stretch(axis: Any) -> Any:
    axis[80:] += np.linspace(0, 0.8, axis.size - 80)
    return axis


def _repeat(axis: Any) -> Any:
    axis[7] = axis[6]
    return axis


SECONDS = 31 * 86_400.0
DAMAGES = {
    "latitude descends": (_flip, "lat-descending"),
    "latitude is irregular": (_axis("lat", _stretch), "lat-irregular"),
    "latitude repeats": (_axis("lat", _repeat), "lat-order"),
    "latitude in radians": (_axis("lat", np.radians), "lat-range"),
    "latitude beyond the pole": (_axis("lat", lambda axis: axis + 60), "lat-range"),
    "latitude not finite": (_axis("lat", lambda axis: axis * np.nan), "lat-values"),
    "latitude without units": (_attribute("lat", "units", None), "lat-units"),
    "latitude is missing": (_without("lat"), "lat-missing"),
    "longitude descends": (_flip_lon, "lon-descending"),
    "longitude is irregular": (_axis("lon", _stretch), "lon-irregular"),
    "longitude in metres": (_axis("lon", lambda axis: axis * 1e5), "lon-range"),
    "longitude in degrees north": (_attribute("lon", "units", "degrees_north"), "lon-units"),
    "longitude is missing": (_without("lon"), "lon-missing"),
    "dimensions x and y": (_dimensions("time", "y", "x"), "dimensions"),
    "longitude before latitude": (_transpose, "dimensions"),
    "a fourth dimension": (_level, "dimensions"),
    "time is missing": (_without("time"), "time-missing"),
    "time without units": (_attribute("time", "units", None), "time-units"),
    "time in months": (_attribute("time", "units", "months since 2007-01-01"), "time-units"),
    "a calendar of 360 days": (_attribute("time", "calendar", "360_day"), "time-calendar"),
    "time descends": (_axis("time", lambda axis: axis[::-1]), "time-order"),
    "eleven months": (_months(slice(0, 11)), "time-months"),
    "twelve days instead of months": (
        _axis("time", lambda axis: np.arange(axis.size) + 0.0),
        "time-months",
    ),
    "months of two years": (_axis("time", lambda axis: axis + 40), "time-year"),
    "another year": (_attribute("time", "units", "days since 2011-01-01 00:00:00"), "year"),
    "NaN over sea": (_values(_put(np.nan)), "not-finite"),
    "infinite": (_values(_put(np.inf)), "not-finite"),
    "undeclared flag -9999": (_values(_put(-9999.0)), "fill-value"),
    "netCDF's default fill": (_values(_put(9.96921e36)), "fill-value"),
    "fill 1e20": (_values(_put(1e20)), "fill-value"),
    "a declared missing value": (_declared_fill, "fill-value"),
    "zero declared as fill": (_set(fill=np.float32(0)), "fill-value"),
    "negative": (_values(_put(-1e-12)), "negative"),
    "units missing": (_attribute(FIELD, "units", None), "units"),
    "units per month": (_attribute(FIELD, "units", "kg/m2/month"), "units"),
    "units 1": (_attribute(FIELD, "units", "1"), "units"),
    "tonnes per cell": (_attribute(FIELD, "units", "t/cell/month"), "units"),
    "molecules": (_attribute(FIELD, "units", "molec/cm2/s"), "units"),
    "per month, named per second": (_values(lambda one: one * SECONDS * 1e3), "magnitude"),
    "molecules, named kilograms": (_values(lambda one: one * 6e24), "magnitude"),
    "packed": (_attribute(FIELD, "scale_factor", np.float32(1e-12)), "packed"),
    "integers": (_set(kind="i4"), "type"),
    "a group": (_set(form="NETCDF4", group="extra"), "format"),
    "a month without emission": (
        _values(lambda one: np.where(np.arange(12)[:, None, None] == 4, 0, one)),
        "empty-month",
    ),
    "no emission at all": (_values(lambda one: one * 0), "empty"),
    "one per mille too much": (_values(lambda one: one * 1.001), "mass"),
    "outside China": (_values(lambda one: np.maximum(one, 1e-16)), "outside-mask"),
    "moved by a cell": (_values(lambda one: np.roll(one, 1, axis=1)), "changed"),
}


@pytest.fixture
def sulfur(written: Campaign, tmp_path: Path) -> Campaign:
    """Sulfur dioxide of Base and the nested mask alone: quick to lint."""
    small = Campaign(tmp_path / "sulfur")
    folder = small.emissions / "Base"
    folder.mkdir(parents=True)
    for name in ("Base/SO2.nc", "mask_nested.nc"):
        shutil.copy(written.emissions / name, small.emissions / name)
    manifest = json.loads((written.emissions / "Base" / "manifest.json").read_text())
    manifest["files"] = {"SO2.nc": manifest["files"]["SO2.nc"]}
    manifest["warehouse_t"] = {"SO2": manifest["warehouse_t"]["SO2"]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return small


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_named(sulfur: Campaign, name: str) -> None:
    damage, rule = DAMAGES[name]
    path = sulfur.emissions / "Base" / "SO2.nc"
    content = read(path)
    damage(content)
    write(path, content)
    with pytest.raises(LintFailed) as failure:
        demand_clean(lint(sulfur.emissions))
    text = str(failure.value)
    assert f"[{rule}] Base/SO2.nc" in text or f"[{rule}] Base/manifest.json: SO2.nc" in text
    assert "what to do:" in text


def test_what_we_write_is_clean(written: Campaign) -> None:
    report = lint(written.emissions)
    assert report.findings == ()
    assert report.files == 2 * 7 + 2


@pytest.mark.parametrize("name", ["cut", "text", "empty"])
def test_a_file_that_is_none_is_named(campaign: Campaign, name: str) -> None:
    path = campaign.emissions / "Base" / "CO.nc"
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes({"cut": whole[: len(whole) // 2], "text": b"not NetCDF", "empty": b""}[name])
    found = lint_file(path)
    assert [finding.rule for finding in found] == ["readable"]


def test_a_missing_and_a_stray_file_are_named(campaign: Campaign) -> None:
    base = campaign.emissions / "Base"
    (base / "CO.nc").rename(base / "CO_old.nc")
    rules = {finding.rule for finding in lint(campaign.emissions).errors}
    assert {"file-missing", "not-in-manifest"} <= rules


def test_a_scenario_above_base_is_named(campaign: Campaign) -> None:
    path = campaign.emissions / "I_EX" / "BC.nc"
    content = read(path)
    content.fields["BC_transport"] *= 1.01
    write(path, content)
    assert "against-base" in {finding.rule for finding in lint(campaign.emissions).errors}


def test_a_manifest_that_differs_from_the_warehouse_is_named(sulfur: Campaign) -> None:
    path = sulfur.emissions / "Base" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["warehouse_t"]["SO2"] *= 1.1
    path.write_text(json.dumps(manifest))
    assert [finding.rule for finding in lint(sulfur.emissions).errors] == ["mass"]
    path.write_text("{")
    assert "manifest" in {finding.rule for finding in lint(sulfur.emissions).errors}


@pytest.mark.parametrize(
    ("change", "rule"),
    [(lambda mask: 0.4 * mask, "mask-values"), (lambda mask: 0 * mask, "mask-values")],
)
def test_a_damaged_mask_is_named(sulfur: Campaign, change: Callable[[Any], Any], rule: str) -> None:
    path = sulfur.emissions / "mask_nested.nc"
    content = read(path)
    content.fields["MASK"] = change(np.array(content.fields["MASK"]))
    write(path, content)
    assert rule in {finding.rule for finding in lint(sulfur.emissions).errors}


def _config(campaign: Campaign) -> str:
    manifest = manifest_of(campaign.emissions / "Base")
    return add_inventory(
        hemco_config("nested"), manifest, "../mask_nested.nc", "74/18/135/54"
    ).replace("./TradeplumeEmissions/", "./")


CONFIG_DAMAGES = {
    "category 2 alone": ("NH3 1901 1 50", "NH3 1901 2 50", "category"),
    "no mask": ("DST1 1901 1 50", "DST1 - 1 50", "mask-unused"),
    "an undefined scale factor": ("BCPI 70/1901", "BCPI 7777/1901", "scale-factor"),
    "a box over the whole domain": (" 74/18/135/54", " 70/10/150/60", "mask-box"),
    "a box that cuts China": (" 74/18/135/54", " 90/18/135/54", "mask-box"),
    "no box": (" 74/18/135/54", " China", "mask-box"),
    "units per month": ("xy kg/m2/s CO", "xy kg/m2/month CO", "config-units"),
    "a level": ("C xy kg/m2/s OCPI", "C xyz kg/m2/s OCPI", "config-dims"),
    "a variable that is not there": (" SO2_power ", " SO2_pwer ", "variable-missing"),
    "a file that is not there": ("./NO.nc", "./NOx.nc", "file-missing"),
    "a tab": ("0 TP_NO_IND ", "0\tTP_NO_IND ", "config-line"),
    "a word too few": ("NO 1901 1 50", "NO 1901 50", "config-line"),
    "a line that HEMCO cuts": ("./NH3.nc", "." + 60 * "/././." + "/NH3.nc", "config-line"),
    "dust of the default as well": (
        "--> AFCID                  :       false",
        "--> AFCID                  :       true",
        "dust-twice",
    ),
}


@pytest.mark.parametrize("name", CONFIG_DAMAGES)
def test_a_damaged_configuration_is_named(written: Campaign, tmp_path: Path, name: str) -> None:
    before, after, rule = CONFIG_DAMAGES[name]
    folder = tmp_path / "run"
    folder.mkdir()
    for path in (written.emissions / "Base").glob("*.nc"):
        (folder / path.name).symlink_to(path)
    text = _config(written)
    assert before in text
    config = folder / "HEMCO_Config.rc"
    config.write_text(text)
    assert list(lint_config(config)) == []
    config.write_text(text.replace(before, after))
    assert {finding.rule for finding in lint_config(config)} == {rule}


def test_nothing_to_lint_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        lint(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no emissions"):
        lint(tmp_path)

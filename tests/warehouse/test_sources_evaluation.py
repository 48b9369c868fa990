"""What the engine is judged by: readers of observations and of the weather's departures."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyreadr
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import (
    caqra_city,
    caqra_coverage,
    caqra_province,
    caqra_weather,
    census,
    city_days,
)

CHINESE = {code: name for name, code in caqra_province.PROVINCE_OF_CHINESE_NAME.items()}


def details(path: Path) -> Path:
    """Made-up monthly records of all provinces: the value is the month, plus one in 2014."""
    records = [
        {
            "city": name,
            "year": str(year),
            "month": f"{month:02d}",
            **dict.fromkeys(
                ("PM2.5", "SO2", "NO2", "CO", "U", "V", "TEMP", "RH"), month + year - 2013
            ),
        }
        for name in CHINESE.values()
        for year in (2013, 2014)
        for month in range(1, 13)
    ]
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


def city_files(folder: Path, months: int = 72) -> list[Path]:
    """Two cities of Hebei: a dense one of 3 million at 15, a wide one of 1 million at 5 ug/m3."""
    series = {
        city: dict.fromkeys(("PM2.5", "SO2", "NO2", "CO"), [value] * months)
        for city, value in (("石家庄市", 15.0), ("承德市", 5.0))
    }
    (folder / "x_city_month_line.json.gz").write_bytes(gzip.compress(json.dumps(series).encode()))
    (folder / "cn_city.csv").write_text(
        "city_name,city_adcode\n石家庄市,130100\n承德市,130800\n", encoding="utf-8"
    )
    counties = ["CODE,NAME,GHSL_POP,GHSL_POP_DENS"]
    counties += ["130102,a,1000000,2000", "130104,b,2000000,1000", "130802,c,1000000,50"]
    counties += [f"{code}01,m,1000000,1500" for code in caqra_city.MUNICIPALITIES.values()]
    (folder / "x_ghsl_county.csv").write_text("\n".join(counties) + "\n", encoding="utf-8")
    details(folder / "x_province_detail.json")
    return sorted(folder.iterdir())


def one(table: pl.DataFrame, **key: object) -> float:
    found = table.filter(*(pl.col(name) == value for name, value in key.items()))
    return float(found.select(pl.last()).item())


def test_cities_are_weighted_by_residents_and_dense_ones_kept_apart(tmp_path: Path) -> None:
    paths = city_files(tmp_path)
    assert [path.name for path in paths if caqra_city.recognises(path)] == [
        "x_city_month_line.json.gz"
    ]
    table = caqra_city.read(paths, "evaluation_observation", 2016)
    table = validate(table, CONTRACTS["evaluation_observation"], file="cities")
    hebei = {"province": "CN-HE", "pollutant": "PM2.5", "source_year": 2014, "month": 5}
    assert one(table, coverage="people", **hebei) == pytest.approx((3 * 15 + 5) / 4)
    assert one(table, coverage="dense", **hebei) == 15.0
    beijing = {**hebei, "province": "CN-BJ", "coverage": "dense"}
    assert one(table, **beijing) == 6.0  # of the provinces' file
    assert one(table, **{**beijing, "pollutant": "CO"}) == 6000.0  # mg/m3 there


def county_map(path: Path, places: dict[str, tuple[float, float]]) -> Path:
    """A square of 80 km about each place, as the counties' TopoJSON has them."""
    arcs, counties = [], []
    for code, (longitude, latitude) in places.items():
        x, y = (round(value) for value in census.PROJECTION.projected(longitude, latitude))
        corner = [x - 40_000, y - 40_000]
        arcs.append([corner, [80_000, 0], [0, 80_000], [-80_000, 0], [0, -80_000]])
        kind = {"type": "Polygon", "arcs": [[len(arcs) - 1]], "properties": {"CODE": int(code)}}
        counties.append(kind)
    topology = {
        "type": "Topology",
        "arcs": arcs,
        "transform": {"scale": [1.0, 1.0], "translate": [0.0, 0.0]},
        "objects": {"county": {"type": "GeometryCollection", "geometries": counties}},
    }
    path.write_text(json.dumps(topology), encoding="utf-8")
    return path


PLACES = {
    "130102": (114.5, 38.0),
    "130104": (115.5, 38.0),
    "130802": (117.9, 41.0),
    "110101": (116.4, 39.9),
    "120101": (117.3, 39.0),
    "310101": (121.4, 31.2),
    "500101": (106.5, 29.5),
}


def test_coverage_spreads_the_residents_of_the_observed_cities_over_them(tmp_path: Path) -> None:
    files = city_files(tmp_path)
    chart = county_map(tmp_path / "counties.topojson", PLACES)
    table = caqra_coverage.read([*files, chart], "evaluation_coverage", 2016)
    table = validate(table, CONTRACTS["evaluation_coverage"], file="coverage")
    hebei = table.filter(pl.col("province") == "CN-HE")
    persons = {
        str(coverage): float(part["persons"].sum())
        for (coverage,), part in hebei.group_by("coverage")
    }
    assert persons == pytest.approx({"people": 4e6, "dense": 3e6}, rel=1e-5)
    # both counties of the dense city have the same area: half of its residents each, wherever they live
    dense = hebei.filter(pl.col("coverage") == "dense")
    middle = (dense["longitude"] * dense["persons"]).sum() / dense["persons"].sum()
    assert middle == pytest.approx(115.0, abs=0.03)
    assert dense["latitude"].is_between(37.4, 38.6).all()


def test_coverage_wants_its_map_with_every_city(tmp_path: Path) -> None:
    files = city_files(tmp_path)
    with pytest.raises(InputError, match="one file"):
        caqra_coverage.read(files, "evaluation_coverage", 2016)
    lacking = {code: place for code, place in PLACES.items() if code != "130802"}
    chart = county_map(tmp_path / "counties.topojson", lacking)
    with pytest.raises(InputError, match="not on the map") as caught:
        caqra_coverage.read([*files, chart], "evaluation_coverage", 2016)
    assert "1308" in str(caught.value.found)


def test_a_short_series_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    paths = city_files(tmp_path, months=71)
    with pytest.raises(InputError, match="not whole") as caught:
        caqra_city.read(paths, "evaluation_observation", 2016)
    assert caught.value.found == "71 months"
    with pytest.raises(InputError, match="four files"):
        caqra_city.read(paths[1:], "evaluation_observation", 2016)


def test_departures_average_to_nothing(tmp_path: Path) -> None:
    path = details(tmp_path / "x_province_detail.json")
    table = caqra_weather.read([path], "evaluation_weather", 2016)
    table = validate(table, CONTRACTS["evaluation_weather"], file=path)
    assert set(table["variable"]) == set(caqra_weather.VARIABLES.values())
    assert one(table, province="CN-GD", variable="eastward_wind", source_year=2014, month=3) == 0.5
    assert table.group_by("province", "variable", "month").agg(pl.col("departure").sum())[
        "departure"
    ].abs().max() == pytest.approx(0.0)
    path.write_text("[{}]", encoding="utf-8")
    with pytest.raises(InputError, match="JSON list"):
        caqra_weather.read([path], "evaluation_weather", 2016)


def test_another_r_file_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "pm25_dat.rda"
    damaged.write_bytes(b"RDX2 damaged")
    assert city_days.recognises(damaged)
    with pytest.raises(InputError, match="R data"):
        city_days.read([damaged], "evaluation_place", 2016)


def test_days_of_cities_become_months(shared_data: Any) -> None:
    path = shared_data("air/other_obs/SpTe2M_pm25_dat.rda")
    table = validate(
        city_days.read([path], "evaluation_place", 2016), CONTRACTS["evaluation_place"], file=path
    )
    assert table["place"].n_unique() == 183
    assert table.height == 183 * 36
    beijing = table.filter((pl.col("place") == "Beijing") & (pl.col("source_year") == 2015))
    np.testing.assert_allclose(
        beijing["concentration_ug_m3"].mean(), 80.0, rtol=0.1
    )  # 80.6 official


def test_misplaced_cities_go_with_those_where_they_are_put(shared_data: Any) -> None:
    """The days of a city go with those of its three nearest, and not with those near the place given."""
    path = shared_data("air/other_obs/SpTe2M_pm25_dat.rda")
    days = next(iter(pyreadr.read_r(str(path)).values())).astype(
        {"Year": float, "Time": float, "Long": float, "Lat": float}
    )
    wide = days.pivot_table(index=["Year", "Time"], columns="City", values="PM2.5")
    together = wide.corr()
    given = days.groupby("City")[["Long", "Lat"]].first()
    right = given.drop(index=list(city_days.MISPLACED))

    def near(city: str, east: float, north: float) -> float:
        apart = np.hypot((right["Long"] - east) * np.cos(np.radians(north)), right["Lat"] - north)
        return float(together.loc[city, apart.nsmallest(3).index].mean())

    for city, place in city_days.MISPLACED.items():
        assert near(city, *place) > near(city, *given.loc[city]) + 0.02, city
    read = city_days.read([path], "evaluation_place", 2016)
    haikou = read.filter(pl.col("place") == "Haikou").select("longitude", "latitude").unique()
    assert haikou.row(0) == (110.3, 20.0)

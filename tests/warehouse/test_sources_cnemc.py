"""Hourly station and city files, wide and long, and what is wrong with them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import READERS, cnemc, cnemc_long, hourly, station_list

TYPES = [
    "AQI",
    "PM2.5",
    "PM2.5_24h",
    "PM10",
    "PM10_24h",
    "SO2",
    "SO2_24h",
    "NO2",
    "NO2_24h",
    "O3",
    "O3_24h",
    "O3_8h",
    "O3_8h_24h",
    "CO",
    "CO_24h",
]
Values = Mapping[tuple[int, str], list[str]]


def wide_file(
    folder: Path,
    places: list[str],
    values: Values,
    *,
    name: str = "china_sites_20170101.csv",
    day: str = "20170101",
    hours: range = range(24),
    extra: list[str] | None = None,
) -> Path:
    """A file of the archive; cells that ``values`` does not have vary by hour so that nothing is stuck."""
    lines = [",".join(["date", "hour", "type", *places])]
    for hour in hours:
        for kind in TYPES:
            usual = [f"{1 + hour % 3 / 10:.1f}" if kind == "CO" else f"{40 + hour % 7}"] * len(
                places
            )
            lines.append(",".join([day, str(hour), kind, *values.get((hour, kind), usual)]))
    path = folder / name
    path.write_text("\n".join([*lines, *(extra or [])]) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> pl.DataFrame:
    return validate(cnemc.read([path], "observation", 2017), CONTRACTS["observation"], file=path)


def of(frame: pl.DataFrame, pollutant: str, place: str = "1001A") -> dict[str, object]:
    return frame.filter((pl.col("pollutant") == pollutant) & (pl.col("place") == place)).row(
        0, named=True
    )


def test_a_day_is_the_mean_of_its_hours_and_co_becomes_micrograms(tmp_path: Path) -> None:
    path = wide_file(tmp_path, ["1001A", "1002A"], {})
    frame = read(path)
    assert frame.height == 2 * 7
    pm = of(frame, "PM2.5")
    assert pm["value_ug_m3"] == pytest.approx(sum(40 + hour % 7 for hour in range(24)) / 24)
    assert (pm["date"], pm["hour_count"], pm["place_kind"]) == (date(2017, 1, 1), 24, "station")
    assert of(frame, "CO")["value_ug_m3"] == pytest.approx(1100.0)


def test_ozone_is_the_highest_running_mean_of_eight_hours(tmp_path: Path) -> None:
    values = {(hour, "O3"): [str(100 + hour)] for hour in range(12, 20)}
    ozone = of(read(wide_file(tmp_path, ["1001A"], values)), "O3_8h")
    assert ozone["value_ug_m3"] == pytest.approx(115.5)
    assert ozone["hour_count"] == 17


def test_three_of_24_hours_are_three_and_not_a_day(tmp_path: Path) -> None:
    frame = read(wide_file(tmp_path, ["1001A"], {}, hours=range(3)))
    assert of(frame, "PM2.5")["hour_count"] == 3
    assert "O3_8h" not in frame["pollutant"].to_list()


def test_negative_hours_are_counted_and_left_out(tmp_path: Path) -> None:
    values: Values = {(4, "PM2.5"): ["-5"], (5, "PM2.5"): ["-5"]}
    pm = of(read(wide_file(tmp_path, ["1001A"], values)), "PM2.5")
    assert (pm["negative_hours"], pm["hour_count"]) == (2, 22)
    kept = [40 + hour % 7 for hour in range(24) if hour not in (4, 5)]
    assert pm["value_ug_m3"] == pytest.approx(sum(kept) / 22)


def test_a_stuck_instrument_is_counted_and_left_out(tmp_path: Path) -> None:
    values = {(hour, "PM2.5"): ["77"] for hour in range(5, 17)}
    pm = of(read(wide_file(tmp_path, ["1001A"], values)), "PM2.5")
    assert (pm["stuck_hours"], pm["hour_count"]) == (12, 12)
    shorter = {(hour, "PM2.5"): ["77"] for hour in range(5, 16)}
    assert of(read(wide_file(tmp_path, ["1001A"], shorter)), "PM2.5")["stuck_hours"] == 0


def test_an_instrument_stuck_over_midnight_is_stuck_on_both_days(tmp_path: Path) -> None:
    """Seven hours before midnight and six after it make thirteen of one value."""
    evening = {(hour, "PM2.5"): ["33"] for hour in range(17, 24)}
    morning = {(hour, "PM2.5"): ["33"] for hour in range(6)}
    wide_file(tmp_path, ["1001A"], evening)
    name = "china_sites_20170102.csv"
    wide_file(tmp_path, ["1001A"], morning, name=name, day="20170102")
    rows = cnemc.read([tmp_path], "observation", 2017).filter(pl.col("pollutant") == "PM2.5")
    assert rows["stuck_hours"].to_list() == [7, 6]
    assert rows["hour_count"].to_list() == [17, 18]
    alone = cnemc.read([tmp_path / name], "observation", 2017)
    assert of(alone, "PM2.5")["stuck_hours"] == 0


def test_days_at_once_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(1, 8):
        stuck = {(hour, "O3"): ["50", "51"] for hour in range(day, 24 if day % 2 else 9)}
        name = f"china_sites_2017010{day}.csv"
        wide_file(tmp_path, ["1001A", "1002A"], stuck, name=name, day=f"2017010{day}")
    order = ["place", "date", "pollutant"]
    read_at_once = cnemc.read([tmp_path], "observation", 2017).sort(order)
    assert read_at_once["stuck_hours"].sum() > 0
    for days in (1, 2, 3):
        monkeypatch.setattr(cnemc, "_DAYS_AT_ONCE", days)
        assert cnemc.read([tmp_path], "observation", 2017).sort(order).equals(read_at_once)


def test_plain_files_are_read_as_all_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = {(3, "PM2.5"): ["-", "12.5"], (4, "PM10"): ["", "1e2"], (5, "O3"): ["NaN", "7"]}
    path = wide_file(tmp_path, ["1001A", "1002A"], cells, extra=[",,,,"])
    fast = read(path)
    monkeypatch.setattr(cnemc, "plain_table", lambda *_, **__: None)
    assert fast.equals(read(path))


def test_an_infinite_cell_is_refused(tmp_path: Path) -> None:
    path = wide_file(tmp_path, ["1001A", "1002A"], {(3, "PM2.5"): ["inf", "12.5"]})
    with pytest.raises(InputError, match="does not hold a number"):
        read(path)


def test_a_day_of_bad_hours_alone_keeps_its_counts(tmp_path: Path) -> None:
    values = {(hour, "PM2.5"): ["-1"] for hour in range(24)}
    pm = of(read(wide_file(tmp_path, ["1001A"], values)), "PM2.5")
    assert (pm["negative_hours"], pm["hour_count"]) == (24, 0)


def test_empty_cells_are_missing_hours_and_a_silent_station_is_absent(tmp_path: Path) -> None:
    values = {(hour, kind): ["", "5"] for hour in range(24) for kind in TYPES}
    values |= {(0, "PM2.5"): ["", "9"]}
    frame = read(wide_file(tmp_path, ["1001A", "1002A"], values))
    assert "1001A" not in frame["place"].to_list()


def test_the_same_row_twice_is_counted(tmp_path: Path) -> None:
    twice = ["20170101,3,PM2.5,43"]
    pm = of(read(wide_file(tmp_path, ["1001A"], {}, extra=twice)), "PM2.5")
    assert (pm["duplicate_hours"], pm["hour_count"]) == (1, 24)


def test_two_values_of_an_hour_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read(wide_file(tmp_path, ["1001A"], {}, extra=["20170101,3,PM2.5,430"]))
    assert refused.value.row == "1001A, 2017-01-01 03:00"
    assert refused.value.column == "PM2.5"


def test_a_unit_that_changes_within_the_file_is_refused(tmp_path: Path) -> None:
    places = [f"{number}A" for number in range(1001, 1031)]
    values = {(hour, "PM2.5"): ["0.042"] * 30 for hour in range(12, 24)}
    with pytest.raises(InputError, match=r"unit of PM2\.5 changes") as refused:
        read(wide_file(tmp_path, places, values))
    assert refused.value.row == "2017-01-01 12:00"


@pytest.mark.parametrize(
    ("change", "column", "found"),
    [
        ({"day": "20170102"}, "date", "'20170102'"),
        ({"extra": ["20170101,24,PM2.5,40"]}, "hour", "'24'"),
        ({"extra": ["20170101,1,PM1,40"]}, "type", "'PM1'"),
        ({"extra": ["20170101,1,PM2.5,forty"]}, "1001A", "'forty'"),
    ],
)
def test_a_row_of_another_day_hour_or_type_is_refused(
    tmp_path: Path, change: dict[str, object], column: str, found: str
) -> None:
    path = wide_file(tmp_path, ["1001A"], {}, **change)  # type: ignore[arg-type]
    with pytest.raises(InputError) as refused:
        read(path)
    assert (refused.value.column, refused.value.found) == (column, found)


def test_two_files_of_a_day_are_refused(tmp_path: Path) -> None:
    first = wide_file(tmp_path, ["1001A"], {})
    second = wide_file(tmp_path, ["1001A"], {}, name="china_sites_20170101_copy.csv")
    with pytest.raises(InputError, match="there twice"):
        cnemc.read([first, second], "observation", 2017)


def test_a_city_file_with_station_codes_is_refused(tmp_path: Path) -> None:
    path = wide_file(tmp_path, ["1001A"], {}, name="china_cities_20170101.csv")
    with pytest.raises(InputError, match="not those of a city file"):
        read(path)


def test_a_torn_file_is_refused(tmp_path: Path) -> None:
    path = wide_file(tmp_path, ["1001A", "1002A"], {})
    path.write_text(path.read_text() + "20170101,5,SO2,1,2,3,4\n")
    with pytest.raises(InputError):
        read(path)


def test_every_layout_is_recognised_by_its_own_reader_alone(tmp_path: Path) -> None:
    wide = wide_file(tmp_path, ["1001A"], {})
    long = long_file(tmp_path, ["2017-01-01 00:00:00,1001A,50,42"])
    stations = tmp_path / "stations.csv"
    stations.write_text(
        "监测点编码,监测点名称,城市,经度,纬度,对照点\n1001A,万寿西宫,北京,116.4,39.9,N\n"
    )
    for path, name in ((wide, "cnemc"), (long, "cnemc_long"), (stations, "station_list")):
        known = [
            key for key, reader in READERS.items() if key != "tidy" and reader.recognises(path)
        ]
        assert known == [name]


def long_file(folder: Path, rows: list[str], name: str = "archive.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(["timepoint,stationcode,aqi,pm2_5", *rows]) + "\n")
    return path


def long_rows(form: str, hours: range = range(24)) -> list[str]:
    return [f"{form.format(hour=hour)},1001A,50,{40 + hour % 7}" for hour in hours]


@pytest.mark.parametrize(
    "form",
    [
        "2017-01-01 {hour:02d}:00:00",
        "2017/1/1 {hour}:00",
        "2017-01-01T{hour:02d}:00:00Z",
        "2017-01-01T{hour:02d}:00:00+08:00",
    ],
)
def test_every_form_of_time_is_beijing_time(tmp_path: Path, form: str) -> None:
    path = long_file(tmp_path, long_rows(form))
    frame = cnemc_long.read([path], "observation", 2017)
    assert frame["date"].to_list() == [date(2017, 1, 1)]
    assert frame["hour_count"].to_list() == [24]
    assert frame["value_ug_m3"][0] == pytest.approx(sum(40 + h % 7 for h in range(24)) / 24)


def test_an_offset_is_brought_to_beijing_time(tmp_path: Path) -> None:
    path = long_file(tmp_path, long_rows("2016-12-31T{hour:02d}:00:00+00:00", range(16, 24)))
    assert cnemc_long.read([path], "observation", 2017)["date"].to_list() == [date(2017, 1, 1)]


def test_a_day_that_two_files_share_is_put_together(tmp_path: Path) -> None:
    rows = long_rows("2017-01-01 {hour:02d}:00:00")
    halves = [long_file(tmp_path, rows[:10], "a.csv"), long_file(tmp_path, rows[10:], "b.csv")]
    assert cnemc_long.read(halves, "observation", 2017)["hour_count"].to_list() == [24]


def test_mixed_zones_are_refused(tmp_path: Path) -> None:
    rows = [*long_rows("2017-01-01 {hour:02d}:00:00", range(3)), "2017-01-01T03:00:00Z,1001A,50,42"]
    with pytest.raises(InputError, match="different zones") as refused:
        cnemc_long.read([long_file(tmp_path, rows)], "observation", 2017)
    assert refused.value.row == 4


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    for text in ("2017-02-30 01:00:00", "yesterday"):
        rows = [*long_rows("2017-01-01 {hour:02d}:00:00", range(1)), f"{text},1001A,50,42"]
        with pytest.raises(InputError) as refused:
            cnemc_long.read([long_file(tmp_path, rows)], "observation", 2017)
        assert (refused.value.row, refused.value.column) == (2, "timepoint")


def test_a_station_in_two_cities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_text("ID,area\n1001A,北京\n1001A,天津\n1002A,北京\n")
    with pytest.raises(InputError, match="two cities"):
        station_list.read([path], "station", 2017)


def test_stuck_runs_do_not_cross_missing_hours() -> None:
    day = date(2017, 1, 1)
    hours = [hour for hour in range(24) if hour != 8]
    frame = pl.DataFrame(
        {"place": "a", "date": day, "hour": hours, "pollutant": "PM2.5", "value": 5.0},
        schema_overrides={"hour": pl.Int64},
    ).filter(pl.col("hour") < 20)
    row = hourly.daily(frame, "city", "x").row(0, named=True)
    assert (row["stuck_hours"], row["hour_count"]) == (0, 19)


def test_the_genuine_files_are_read(shared_data: Callable[[str], Path]) -> None:
    sites = shared_data("air/quotsoft_cnemc_samples/china_sites_20170101.csv")
    frame = read(sites)
    assert frame["place"].n_unique() == 1_422
    assert frame.filter(pl.col("pollutant") == "PM2.5")["place"].n_unique() == 1_497 - 76
    assert frame["hour_count"].max() == 19
    cities = shared_data("air/quotsoft_cnemc_samples/china_cities_20251206_cleaned.csv")
    by_city = cnemc.read([cities], "observation", 2025)
    assert by_city["place"].n_unique() == 339
    for name in ("air_quality_station_codes.csv", "stationZHnames_with_Fenwei.csv"):
        path = shared_data(f"air/crea/{name}")
        assert station_list.read([path], "station", 2018).height == 1_497


DASH = "\N{EM DASH}"


def test_the_platforms_dash_is_no_value(tmp_path: Path) -> None:
    values = {(hour, "PM2.5"): [DASH, "40"] for hour in range(5)}
    pm = of(read(wide_file(tmp_path, ["1001A", "1002A"], values)), "PM2.5")
    assert pm["hour_count"] == 19
    assert pm["value_ug_m3"] == pytest.approx(sum(40 + hour % 7 for hour in range(5, 24)) / 19)


def test_text_that_is_no_dash_is_still_refused(tmp_path: Path) -> None:
    path = wide_file(tmp_path, ["1001A"], {(3, "PM2.5"): ["fifty"]})
    with pytest.raises(InputError, match="does not hold a number"):
        read(path)


def year_of_two_days(folder: Path) -> Path:
    """A folder as the archive's ZIP holds it: two days, and what a system leaves beside them."""
    inside = folder / "\u7ad9\u70b9_20170101-20171231"
    inside.mkdir(parents=True)
    for day in ("20170101", "20170102"):
        wide_file(inside, ["1001A"], {}, name=f"china_sites_{day}.csv", day=day)
    (inside / ".DS_Store").write_bytes(b"x")
    return inside


def zipped(inside: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(inside.iterdir()):
            archive.write(file, f"{inside.name}/{file.name}")
    return path


def test_a_folder_and_a_zip_archive_of_days_are_read_as_their_files(tmp_path: Path) -> None:
    inside = year_of_two_days(tmp_path)
    archive = zipped(inside, tmp_path / "year.zip")
    alone = cnemc.read(sorted(inside.glob("*.csv")), "observation", 2017)
    for path in (inside, archive):
        assert cnemc.recognises(path)
        assert READERS["cnemc"].read([path], "observation", 2017).equals(alone)


def test_a_day_in_an_archive_and_beside_it_is_there_twice(tmp_path: Path) -> None:
    inside = year_of_two_days(tmp_path)
    archive = zipped(inside, tmp_path / "year.zip")
    with pytest.raises(InputError, match="is there twice") as refused:
        cnemc.read([archive, inside / "china_sites_20170102.csv"], "observation", 2017)
    assert "year.zip" in str(refused.value.file)


def test_what_is_wrong_in_an_archive_names_the_archive_and_its_file(tmp_path: Path) -> None:
    inside = year_of_two_days(tmp_path)
    wide_file(
        inside,
        ["1001A"],
        {(3, "PM2.5"): ["fifty"]},
        name="china_sites_20170103.csv",
        day="20170103",
    )
    archive = zipped(inside, tmp_path / "year.zip")
    with pytest.raises(InputError, match="does not hold a number") as refused:
        cnemc.read([archive], "observation", 2017)
    assert str(refused.value.file).startswith(f"{archive}: ")
    assert str(refused.value.file).endswith("china_sites_20170103.csv")


def test_archives_without_days_and_torn_ones_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "other"
    empty.mkdir()
    (empty / "readme.txt").write_text("x")
    assert not cnemc.recognises(empty)
    assert not cnemc.recognises(zipped(empty, tmp_path / "other.zip"))
    with pytest.raises(InputError, match="no file of a day"):
        cnemc.read([empty], "observation", 2017)
    archive = zipped(year_of_two_days(tmp_path), tmp_path / "year.zip")
    content = bytearray(archive.read_bytes())
    content[120:200] = bytes(80)  # within the packed bytes of the first day
    archive.write_bytes(bytes(content))
    with pytest.raises(InputError, match="ZIP archive"):
        cnemc.read([archive], "observation", 2017)

"""Tables of city days in the forms that people pass around."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import READERS, city_table
from warehouse.sources.notes import collected

SPECIES = """\
date,city,AQI,PM2.5,PM10,O3,CO
2025-01-01,北京,48,23,48,28,0.5
2025-01-02,北京,60,31,,30,0.7
"""
CHINESE = """\
日期\t城市\t质量等级\tPM2.5(μg/m3)\tPM10(微克/立方米)\tCO(mg/m³)
2025年1月1日\t北京市\t优\t23\t48\t0.5
2025年1月2日\t北京市\t良\t31\t-\t0.7
"""
LONG = """\
day;cityname;pollutant;value
2025/1/1;北京;PM2.5;23
2025/1/1;北京;AQI;48
20250102;北京;pm25;31
"""
BY_CITY = """\
date,type,北京,上海
20250101,PM2.5,23,36
20250102,PM2.5,31,
20250102,AQI,60,70
"""
PM25 = [("北京", date(2025, 1, 1), 23.0), ("北京", date(2025, 1, 2), 31.0)]


def write(folder: Path, text: str, name: str = "days.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def read(*paths: Path) -> pl.DataFrame:
    assert all(city_table.recognises(path) for path in paths)
    return validate(city_table.read(paths, "observation", 2025), CONTRACTS["observation"], file="x")


def of(frame: pl.DataFrame, pollutant: str, place: str = "北京") -> list[tuple[object, ...]]:
    rows = frame.filter(pollutant=pollutant).filter(pl.col("place").str.starts_with(place))
    return rows.select(pl.lit(place), "date", "value_ug_m3").rows()


@pytest.mark.parametrize(
    ("text", "name", "encoding"),
    [
        (SPECIES, "days.csv", "utf-8-sig"),
        (SPECIES, "days.csv.gz", "utf-8"),
        (CHINESE, "days.txt", "gb18030"),
        (LONG, "days.csv", "utf-8"),
        (BY_CITY, "days.csv", "utf-8"),
    ],
)
def test_every_form_gives_the_same_days(
    tmp_path: Path, text: str, name: str, encoding: str
) -> None:
    frame = read(write(tmp_path, text, name, encoding))
    assert of(frame, "PM2.5") == PM25
    assert set(frame["time_basis"]) == {"daily"}


def test_a_workbook_is_a_table_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in SPECIES.splitlines():
        book.active.append(line.split(","))  # type: ignore[union-attr]
    book.save(tmp_path / "days.xlsx")
    assert of(read(tmp_path / "days.xlsx"), "PM2.5") == PM25


def test_an_empty_cell_is_missing_and_co_comes_in_micrograms(tmp_path: Path) -> None:
    for text in (SPECIES, CHINESE):
        frame = read(write(tmp_path, text))
        assert of(frame, "PM10") == [("北京", date(2025, 1, 1), 48.0)]
        assert [value for *_, value in of(frame, "CO")] == [500.0, 700.0]


def test_ozone_is_the_days_mean_unless_it_says_eight_hours(tmp_path: Path) -> None:
    assert set(read(write(tmp_path, SPECIES))["pollutant"]) == {"PM2.5", "PM10", "O3", "CO"}
    eight = read(write(tmp_path, SPECIES.replace("O3", "O3_8h")))
    assert "O3_8h" in set(eight["pollutant"])
    assert "O3" not in set(eight["pollutant"])


def test_zeros_are_missing_and_said(tmp_path: Path) -> None:
    rows = "\n".join(f"2025-01-{day:02d},北京,{day % 8},{day},0" for day in range(1, 31))
    with collected() as notes:
        frame = read(write(tmp_path, f"date,city,PM2.5,PM10,SO2\n{rows}\n"))
    assert frame.filter(pollutant="PM2.5").height == 30 - 3
    assert [str(item) for item in notes] == [
        "days.csv: one value throughout for 1 of 3 places and pollutants, the first 北京 SO2",
        "days.csv: SO2 left out: 100% of its values are zero",
        "days.csv: 3 values of zero taken as missing",
    ]


def test_what_two_files_hold_alike_counts_once(tmp_path: Path) -> None:
    first, second = write(tmp_path, SPECIES, "a.csv"), write(tmp_path, LONG, "b.csv")
    frame = read(first, second)
    assert of(frame, "PM2.5") == PM25
    assert set(frame.filter(pollutant="PM2.5")["duplicate_hours"]) == {24}


@pytest.mark.parametrize(
    ("before", "after", "message", "found"),
    [
        ("2025-01-02", "2025-02-30", "does not hold a day", "2025-02-30"),
        ("2025-01-02", "2025-01-02 13:00", "does not hold a day", "13:00"),
        (",31,", ',"31,5",', "does not hold a number", "31,5"),
        ("0.5", "500", "CO is in another unit", "250"),
        ("PM2.5", "PM2.5(ppb)", "Unknown unit", "ppb"),
        ("PM10", "PM2.5", "heading", "PM2.5 twice"),
        ("2025-01-02,北京", "2025-01-01,北京", "twice with different values", "2 values"),
        ("2025-01-02,北京", "2025-01-02,", "no date or no city", "an empty cell"),
        (",30,0.7", "", "cut off", "5 cells"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, before: str, after: str, message: str, found: str
) -> None:
    path = write(tmp_path, SPECIES.replace(before, after))
    with pytest.raises(InputError, match=message) as refused:
        city_table.read([path], "observation", 2025)
    said = "\n".join(refused.value.lines())
    assert "days.csv" in said
    assert found in said
    assert refused.value.remedy


def test_other_tables_are_left_to_their_readers(tmp_path: Path) -> None:
    hourly = "date,hour,type,北京\n20250101,0,PM2.5,30\n"
    tidy = "place_kind,place,date,pollutant,value_ug_m3\ncity,北京,2025-01-01,PM2.5,30\n"
    bare = "date,city,note\n2025-01-01,北京,x\n"
    for text in (hourly, tidy, bare, "", "\n"):
        assert not city_table.recognises(write(tmp_path, text))
    assert not city_table.recognises(write(tmp_path, "\x1f\x8b broken", "x.csv.gz"))
    readers = [name for name, one in READERS.items() if "observation" in one.roles]
    assert readers.index("city_table") > readers.index("cnemc")


@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(["北京", "上海", "Xi'an"]),
            st.dates(date(2024, 1, 1), date(2024, 12, 31)),
        ),
        st.floats(0.5, 900, allow_nan=False).map(lambda value: round(value, 2)),
        min_size=1,
        max_size=30,
    )
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, days: dict[tuple[str, date], float]
) -> None:
    lines = [f"{day},{city},{value}" for (city, day), value in days.items()]
    folder = tmp_path_factory.mktemp("days")
    frame = read(write(folder, "\n".join(["date,city,PM2.5", *lines])))
    found = {(row["place"], row["date"]): row["value_ug_m3"] for row in frame.iter_rows(named=True)}
    assert found == days

"""The rules of the air roles: units that change, weather that cannot be, dates that are none."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources.base import role_frame


def series(values: list[float], pollutant: str = "PM2.5") -> pl.DataFrame:
    start = date(2018, 1, 1)
    return role_frame(
        (
            ("city", "北京", start + timedelta(days=day), pollutant, "daily", 24, 0, 0, 0, value)
            for day, value in enumerate(values)
        ),
        "observation",
    )


def test_a_unit_that_changes_in_mid_series_is_refused_and_named() -> None:
    frame = series([50.0] * 31 + [0.05] * 28)
    with pytest.raises(InputError) as refused:
        validate(frame, CONTRACTS["observation"], file="user.csv")
    assert "unit of PM2.5 changes" in refused.value.message
    assert refused.value.row == "北京, 2018-02"
    assert refused.value.found == "a monthly median of 0.05 after 50"


def test_a_real_fall_between_months_is_no_change_of_unit() -> None:
    frame = series([200.0] * 31 + [8.0] * 28)
    assert validate(frame, CONTRACTS["observation"], file="x").height == 59


def test_a_few_odd_days_are_no_change_of_unit() -> None:
    frame = series([50.0] * 31 + [0.05] * 4)
    assert validate(frame, CONTRACTS["observation"], file="x").height == 35


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("pressure_hpa", 101_325.0),
        ("temperature_c", 288.15),
        ("relative_humidity_pct", -1.0),
        ("wind_speed_m_s", -0.1),
        ("precipitation_mm", 9_999.0),
    ],
)
def test_weather_in_another_unit_is_refused(variable: str, value: float) -> None:
    frame = role_frame(
        [
            (
                "province",
                "CN-BJ",
                date(2018, 1, 1),
                variable,
                0.5 if "pres" not in variable else 1e3,
            ),
            ("province", "CN-BJ", date(2018, 1, 2), variable, value),
        ],
        "weather_observation",
    )
    with pytest.raises(InputError) as refused:
        validate(frame, CONTRACTS["weather_observation"], file="x")
    assert refused.value.row == 2
    assert variable in refused.value.message


def test_a_date_in_text_is_read_and_anything_else_is_named() -> None:
    frame = series([50.0, 60.0]).with_columns(pl.col("date").cast(pl.String))
    assert validate(frame, CONTRACTS["observation"], file="x")["date"].dtype == pl.Date
    broken = frame.with_columns(pl.Series("date", ["2018-01-01", "31.01.2018"]))
    with pytest.raises(InputError) as refused:
        validate(broken, CONTRACTS["observation"], file="x")
    assert (refused.value.row, refused.value.column) == (2, "date")
    assert "is not a date" in refused.value.message


def test_a_number_is_no_date() -> None:
    frame = series([50.0]).with_columns(pl.lit(17_532).alias("date"))
    with pytest.raises(InputError, match="wrong type"):
        validate(frame, CONTRACTS["observation"], file="x")

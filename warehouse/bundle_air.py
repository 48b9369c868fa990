"""What is bundled of observed air quality: the reanalysis of 2013 to 2018, days of cities, 2022 to 2025."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.bundle_part import ACCESSED, Part

_ACCESSED_2025 = "2026-11-30"
_CAQRA_SERIES = "air/caqra_chinavis2021/xwyzsn_province_daily_2013_2018.tar.gz"
AIR_QUALITY: tuple[Part, ...] = (
    Part(
        "observation",
        "caqra",
        (_CAQRA_SERIES,),
        2018,
        ACCESSED,
        shortened=pl.col("value_ug_m3").round_sig_figs(3),
        note=(
            "Provincial means of 31 provinces to three significant figures: means over the cells of "
            "15 km, not over stations or people."
        ),
    ),
    Part(
        "weather_observation",
        "caqra",
        (_CAQRA_SERIES,),
        2018,
        ACCESSED,
        shortened=pl.col("value").round(2),
        note="Provincial means of 31 provinces to two decimals, over the cells of 15 km.",
    ),
)
_OF_CITIES = (
    "Whole numbers as archived. Ozone is left out: the table has the mean of the day, not of its highest 8 hours; "
    "so is CO. Sand and dust are not deducted."
)
_CITY_DAYS = "air/cnemc_2025_cities/china_cities_aqi_daily_20250101_20250719.csv.gz"
_KEPT = pl.col("pollutant").is_in(["PM2.5", "PM10", "SO2", "NO2"])
_FIRST_DAY, _LAST_DAY = date(2025, 1, 1), date(2025, 7, 19)
_LACKING = [date(2025, 5, 28), *(date(2025, 6, day) for day in (4, 15, 28)), date(2025, 7, 8)]
_GSOD = "air/gsod_china_2022_2024/"
_TEN_CITIES_POINTS = (
    "40.080N_116.585E", "31.198N_121.336E", "31.742N_118.862E", "23.392N_113.299E", "30.579N_103.947E",
    "30.228N_120.432E", "30.784N_114.208E", "22.639N_113.811E", "34.433N_108.967E", "29.719N_106.642E",
)  # fmt: skip
"""Airports of Beijing, Shanghai, Nanjing, Guangzhou, Chengdu, Hangzhou, Wuhan, Shenzhen, Xi'an, Chongqing."""
AIR_CITIES: tuple[Part, ...] = (
    Part(
        "observation",
        "city_table",
        (_CITY_DAYS,),
        2025,
        _ACCESSED_2025,
        coded=True,
        keep=_KEPT,
        note=f"All cities, 1 January to 19 July 2025; five days are missing. {_OF_CITIES}",
    ),
    Part(
        "observation",
        "city_table",
        ("air/cnemc_10cities_2022_2025/daily_10cities_2022_20250920.csv.gz",),
        2025,
        _ACCESSED_2025,
        coded=True,
        keep=_KEPT
        & (~pl.col("date").is_between(_FIRST_DAY, _LAST_DAY) | pl.col("date").is_in(_LACKING)),
        note="Ten cities, on the days that the table of all cities lacks. Ozone and CO are left out.",
    ),
    Part(
        "official_air_figure",
        "official_period",
        (
            "air/mee_2025_official/mee_2025_official_period_figures.csv",
            "air/mee_2025_official/mee_national_keyregion_2019_2025.csv",
        ),
        2025,
        _ACCESSED_2025,
        note="Typed by hand from stored news copies of the releases; not checked against the ministry's site.",
    ),
    Part(
        "industrial_output",
        "output_terminal",
        ("air/provincial_output_2017_2024/provincial_output_ytd_201712_202412.csv.gz",),
        2024,
        _ACCESSED_2025,
        note="Five products, December 2017 to December 2024; identifiers of the terminal left out.",
    ),
    Part(
        "weather_observation",
        "gsod_metric",
        (
            *(f"{_GSOD}gsod_china_{year}.csv.gz" for year in (2022, 2023, 2024)),
            f"{_GSOD}stations.csv",
        ),
        2024,
        _ACCESSED_2025,
        keep=pl.col("place").is_in(_TEN_CITIES_POINTS),
        shortened=pl.col("value").round(2),
        note="Ten airports alone, those of the cities observed since 2022; 2022 to 18 June 2024.",
    ),
    Part(
        "satellite_pm25",
        "aqli",
        ("air/aqli_province_pm25_1998_2023/gadm1_2023_wide.csv.gz",),
        2023,
        _ACCESSED_2025,
        note="China's 31 provinces alone.",
    ),
)

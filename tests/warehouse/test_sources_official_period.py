"""The ministry's figures by period, in the two forms they are kept in."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import official_period
from warehouse.sources.notes import collected

BY_LINE = """\
period,area,cities,pollutant,value,unit,yoy_change_pct,good_days_pct,good_days_change_pp,heavy_days_pct,heavy_days_change_pp
2025-01,national,339,PM2.5,53.1,ug/m3,4.7,78.0,-0.5,,
2025-Q1toQ3,BTH and surroundings 2+36,38,PM2.5,33.0,ug/m3,-15.6,73.5,8.5,,
2025-12,national,339,CO,1.0,mg/m3,0.0,,,,
"""
BY_COLUMN = """\
period,area,n_cities,pm25,pm25_yoy_pct,pm10,dust_exceed_pct
2025-01,China,339,53.1,4.7,80,
2024-Q1,Ningxia,5,46,2.2,,
2019-Q1,2+26,28,90,8.4,,
2023-01..04,China,339,42,7.7,73,7.1
2025-H1,Beijing,1,28.5,-17.4,,
"""


def write(folder: Path, text: str, name: str = "official.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(*paths: Path) -> set[tuple[object, ...]]:
    assert all(official_period.recognises(path) for path in paths)
    frame = official_period.read(paths, "official_air_figure", 2025)
    return set(validate(frame, CONTRACTS["official_air_figure"], file="x").rows())


def test_both_forms_agree_and_keep_what_each_has(tmp_path: Path) -> None:
    with collected() as notes:
        rows = read(write(tmp_path, BY_LINE), write(tmp_path, BY_COLUMN, "columns.csv"))
    assert {
        ("2025-01", "nation", "CHN", "pm25_ug_m3", 53.1),
        ("2025-01", "nation", "CHN", "good_day_change", -0.5),
        ("2025-01", "nation", "CHN", "pm10_ug_m3", 80.0),
        ("2025-01..09", "key_region", "BTH_2_36", "pm25_change", -15.6),
        ("2025-12", "nation", "CHN", "co_mg_m3", 1.0),
        ("2024Q1", "province", "CN-NX", "pm25_ug_m3", 46.0),
        ("2023-01..04", "nation", "CHN", "dust_exceedance_share", 7.1),
        ("2025H1", "city", "110000", "pm25_change", -17.4),
    } <= rows
    assert not any(value == 90.0 for *_, value in rows), "28 cities are not the region of 38"
    assert [item.text for item in notes] == ["areas of other lists of cities left out: 2+26"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("national,339,PM2.5", "Atlantis,339,PM2.5", "area"),
        ("2025-01,", "2025-13,", "period"),
        ("2025-01,", "January,", "period"),
        ("53.1", "53,1x", "unit that is not its own"),
        ("53.1", "n/a", "not hold a number"),
        ("CO,1.0,mg/m3", "CO,1.0,ug/m3", "unit that is not its own"),
        ("PM2.5,53.1,ug/m3", "PM2.5,53.1,", "unit that is not its own"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as refused:
        official_period.read([write(tmp_path, BY_LINE.replace(before, after))], "x", 2025)
    assert refused.value.remedy


def test_two_releases_that_disagree_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="twice with different values") as refused:
        read(write(tmp_path, BY_LINE), write(tmp_path, BY_COLUMN.replace("53.1", "53.0"), "b.csv"))
    assert "53.1 and 53" in "\n".join(refused.value.lines()) or "53 and 53.1" in str(refused.value)

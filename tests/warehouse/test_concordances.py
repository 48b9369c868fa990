"""The weights of the 42 sectors: computed, refused where they cannot be, equal to the seed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.concordances import (
    NATIONAL,
    PARTS,
    PROVINCIAL,
    SEED,
    WIOD,
    Part,
    comparison,
    national_table,
    weights,
    wiod_china,
    write_seed,
)
from warehouse.errors import InputError

SharedData = Callable[[str], Path]


def test_parts_are_weighed_by_national_or_by_wiod_output() -> None:
    parts = [
        Part("01", "c1", "whole"),
        Part("08", "c4", "apparel", ("030",)),
        Part("08", "c5", "leather", ("031", "032")),
        Part("30", "c20", "wholesale", by_wiod=True),
        Part("30", "c21", "retail", by_wiod=True),
    ]
    rows = weights(parts, {"030": 30.0, "031": 50.0, "032": 20.0}, {"c20": 9.0, "c21": 1.0})
    assert [(row.to_code, row.weight) for row in rows] == [
        ("c1", 1.0),
        ("c4", 0.3),
        ("c5", 0.7),
        ("c20", 0.9),
        ("c21", 0.1),
    ]


def test_a_missing_weighing_sector_is_named() -> None:
    with pytest.raises(InputError, match=r"no 031") as caught:
        weights([Part("08", "c5", "leather", ("030", "031"))], {"030": 1.0}, {})
    assert caught.value.row == "08"


def test_parts_without_output_are_refused() -> None:
    with pytest.raises(InputError, match="no output to weigh"):
        weights([Part("08", "c5", "leather", ("031",))], {"031": 0.0}, {})


def test_missing_tables_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="china_2007_135"):
        national_table(tmp_path)


def test_the_seed_is_what_the_tables_give(shared_data: SharedData, tmp_path: Path) -> None:
    for file in (NATIONAL, WIOD):
        data = Path(str(shared_data(file)).removesuffix(file))
    rows = weights(PARTS, national_table(data)["GO"], wiod_china(data)["output"])
    written = tmp_path / "seed.csv"
    write_seed(rows, written)
    assert written.read_text(encoding="utf-8") == SEED.read_text(encoding="utf-8")


def test_no_sector_exports_more_than_the_provinces_make(shared_data: SharedData) -> None:
    for file in (NATIONAL, WIOD, PROVINCIAL):
        data = Path(str(shared_data(file)).removesuffix(file))
    rows = weights(PARTS, national_table(data)["GO"], wiod_china(data)["output"])
    table = {code: (exports, made) for code, _, exports, made in comparison(rows, data)}
    assert all(exports <= made for exports, made in table.values())
    assert all(table[code][0] < 0.35 * table[code][1] for code in ("c6", "c7", "c16"))


def test_exports_decide_where_furniture_and_culture_articles_go(shared_data: SharedData) -> None:
    data = Path(str(shared_data(NATIONAL)).removesuffix(NATIONAL))
    exports = {code: value / 100 / 7.604 for code, value in national_table(data)["EX"].items()}
    wiod = wiod_china(data)["exports"]
    others = exports["090"] + exports["091"]
    assert wiod["c16"] / others == pytest.approx(2.49, abs=0.01)
    assert wiod["c16"] / (others + exports["033"] + exports["036"]) == pytest.approx(0.71, abs=0.01)
    with SEED.open(encoding="utf-8", newline="") as file:
        splits = {(row["from_code"], row["to_code"]) for row in csv.DictReader(file)}
    assert {("09", "c16"), ("10", "c16")} <= splits

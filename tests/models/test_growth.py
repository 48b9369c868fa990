"""Provincial tables of an earlier year, brought to the edition's by the global table's growth of each sector."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.rendering import Models

GLOBAL = (
    "from_region varchar, from_sector varchar, to_region varchar, to_code varchar, block varchar,"
    " value_musd double"
)
PROVINCIAL = (
    "origin varchar, province varchar, row_code varchar, row_kind varchar, column_code varchar,"
    " column_kind varchar, value_10k_cny double"
)
# 01 is c1 whole; 09 is c6 and c16 by shares that sum to one.
CELLS: list[tuple[Any, ...]] = [
    ("ALL", "CN-HE", "01", "sector", "09", "sector", 760.4),
    ("ALL", "CN-HE", "01", "sector", "FU101", "final_demand", 760.4),
    ("ALL", "CN-HE", "01", "sector", "EX", "export", 76.04),
    ("ALL", "CN-HE", "01", "sector", "GO", "total", 1596.84),
    ("ALL", "CN-HE", "09", "sector", "GO", "total", 760.4),
    ("ALL", "CN-HE", "TVA", "value_added", "01", "sector", 380.2),
]


def output_rows(c1: float, c6: float, c16: float) -> list[tuple[Any, ...]]:
    made = {"c1": c1, "c6": c6, "c16": c16}
    return [("CHN", sector, "CHN", "output", "output", value) for sector, value in made.items()]


def models(**overrides: object) -> Models:
    built = Models(
        home_region="CHN", inventory_cap_share=0.5, provincial_inventory_code="FU202", **overrides
    )
    built.put("raw_provincial_table", PROVINCIAL, CELLS)
    built.put("raw_global_table", GLOBAL, output_rows(300.0, 50.0, 80.0))
    return built


def test_a_table_of_the_editions_year_is_as_it_is() -> None:
    built = models()
    built.build("int_province__account")
    assert built.rows(
        "select distinct growth_factor, table_year from int_province__concordance"
    ) == [(1.0, 2007)]
    ((output, value_added, exports),) = built.rows(
        "select output_musd, value_added_musd, export_booked_musd from int_province__account where sector = 'c1'"
    )
    assert (output, value_added, exports) == pytest.approx((2.1, 0.5, 0.1))


def test_rows_and_value_added_grow_as_their_sector() -> None:
    built = models(year=2011, provincial_table_year=2007)
    built.put("raw_base_global_table", GLOBAL, output_rows(100.0, 100.0, 40.0))
    built.build("int_province__account")
    # At the exchange rate of the table's own year; c1 has tripled.
    ((output, value_added, use, exports),) = built.rows(
        "select output_musd, value_added_musd, use_musd, export_booked_musd"
        " from int_province__account where sector = 'c1'"
    )
    assert (output, value_added, use, exports) == pytest.approx((6.3, 1.5, 6.0, 0.3))
    # c6 has halved, c16 doubled; who buys from c1 takes no growth of its own.
    grown = dict(built.rows("select sector, output_musd from int_province__output"))
    weights = dict(
        built.rows("select to_code, weight from int_province__concordance where from_code = '09'")
    )
    assert sum(weights.values()) == pytest.approx(1)
    assert grown["c6"] == pytest.approx(weights["c6"] * 0.5)
    assert grown["c16"] == pytest.approx(weights["c16"] * 2.0)
    ((bought,),) = built.rows(
        "select sum(value_musd) from int_province__cell where sector = 'c1' and user_kind = 'sector'"
    )
    assert bought == pytest.approx(3.0)


def test_a_sector_that_made_nothing_in_the_base_year_keeps_its_size() -> None:
    built = models(year=2011, provincial_table_year=2007)
    built.put("raw_base_global_table", GLOBAL, output_rows(100.0, 0.0, 40.0))
    built.build("int_province__concordance")
    assert built.rows(
        "select growth_factor from int_province__concordance where to_code = 'c6' and from_code = '09'"
    ) == [(1.0,)]


def test_a_rounding_below_zero_where_nothing_is_made_is_left_out() -> None:
    built = Models()
    rows: list[tuple[Any, ...]] = [
        ("LUX", "c5", "LUX", "output", "output", 0.0),
        ("LUX", "c5", "LUX", "inventories", "final_demand", -1.0),
        ("LUX", "c6", "LUX", "output", "output", 5.0),
        ("LUX", "c6", "LUX", "inventories", "final_demand", -1.0),
        ("LUX", "c6", "CHN", "c1", "intermediate", 6.0),
    ]
    built.put("raw_global_table", GLOBAL, rows)
    built.build("stg_global_table")
    assert built.rows("select from_sector, value_musd from stg_global_table order by all") == [
        ("c6", -1.0),
        ("c6", 6.0),
    ]

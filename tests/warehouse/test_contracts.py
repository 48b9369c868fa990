"""Contracts: what each role accepts, and how every breach is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest
import yaml
from role_samples import role_table

from warehouse import contract_sums
from warehouse.codes import PROVINCES
from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.province_names import province_of_any_name


def refusal(frame: pl.DataFrame, role: str) -> InputError:
    """The error with which a role refuses a table."""
    with pytest.raises(InputError) as caught:
        validate(frame, CONTRACTS[role], file="user.csv")
    assert caught.value.file == "user.csv"
    assert caught.value.remedy
    return caught.value


def changed(frame: pl.DataFrame, row: int, column: str, value: Any) -> pl.DataFrame:
    """The table with one cell (data row from 1) replaced."""
    rows = frame.to_dicts()
    rows[row - 1][column] = value
    return pl.DataFrame(rows, infer_schema_length=None, strict=False)


@pytest.mark.parametrize("role", CONTRACTS)
def test_a_good_table_passes_unchanged(role: str) -> None:
    frame = role_table(role)
    assert validate(frame, CONTRACTS[role], file="x").equals(frame)


@pytest.mark.parametrize("block", ["intermediate", "final_demand", "output"])
def test_a_world_table_without_a_block_is_refused_by_its_name(block: str) -> None:
    error = refusal(role_table("global_table").filter(pl.col("block") != block), "global_table")
    assert error.found == f"no rows of {block}"
    assert "whole table" in error.remedy


@pytest.mark.parametrize("role", CONTRACTS)
def test_columns_come_back_in_the_contracts_order_and_types(role: str) -> None:
    frame = role_table(role)
    as_text = frame.select(pl.all().cast(pl.String)).select(reversed(frame.columns))
    assert validate(as_text, CONTRACTS[role], file="x").equals(frame)


@pytest.mark.parametrize("role", CONTRACTS)
def test_the_contract_is_complete(role: str) -> None:
    contract = CONTRACTS[role]
    assert contract.name == role
    assert contract.column_names[0] == contract.key[0]
    assert set(contract.key) < set(contract.column_names)
    assert all(column.description for column in contract.columns)
    measures = [column for column in contract.columns if column.dtype == pl.Float64]
    if role != "station":  # a code list measures nothing
        assert contract.columns[-1] in measures
    assert all(column.unit for column in measures)


@pytest.mark.parametrize("role", CONTRACTS)
def test_every_missing_or_extra_column_is_named(role: str) -> None:
    frame = role_table(role)
    for name in frame.columns:
        error = refusal(frame.drop(name), role)
        assert error.column == name
        assert f"`{name}` is missing" in error.message
    error = refusal(frame.with_columns(surplus=pl.lit(1)), role)
    assert error.column == "surplus"


@pytest.mark.parametrize("role", CONTRACTS)
def test_a_table_without_rows_is_refused(role: str) -> None:
    assert "no rows" in refusal(role_table(role).clear(), role).message


@pytest.mark.parametrize(
    ("value", "message", "expected"),
    [
        ("12,5", "is not a number", "a number (million of the currency)"),
        ("n/a", "is not a number", "a number (million of the currency)"),
        ("", "is empty", "a number (million of the currency)"),
        ("NaN", "is not finite", "a finite number"),
        ("inf", "is not finite", "a finite number"),
        ("-1", "is too low", "at least 0"),
    ],
)
def test_a_bad_number_is_named_with_its_row(value: str, message: str, expected: str) -> None:
    frame = role_table("export_total").with_columns(pl.col("value_million").cast(pl.String))
    error = refusal(changed(frame, 2, "value_million", value), "export_total")
    assert (error.row, error.column, error.expected) == (2, "value_million", expected)
    assert message in error.message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(value: float) -> None:
    error = refusal(changed(role_table("population"), 1, "longitude", value), "population")
    assert (error.row, error.column) == (1, "longitude")


def test_a_missing_value_is_refused_in_every_column() -> None:
    frame = role_table("sector_emission")
    for name in frame.columns:
        error = refusal(changed(frame, 3, name, None), "sector_emission")
        assert (error.row, error.column) == (3, name)
        assert "is empty" in error.message


@pytest.mark.parametrize("value", ["CN-TW", "Beijing", "CN-BJ ", ""])
def test_an_unknown_province_is_refused(value: str) -> None:
    error = refusal(changed(role_table("export_total"), 3, "province", value), "export_total")
    assert (error.row, error.column, error.found) == (3, "province", repr(value))


def test_a_fraction_is_no_year() -> None:
    frame = role_table("population_total").cast({"source_year": pl.Float64})
    assert validate(frame, CONTRACTS["population_total"], file="x")["source_year"].dtype == pl.Int64
    error = refusal(changed(frame, 1, "source_year", 2006.5), "population_total")
    assert (error.row, error.column) == (1, "source_year")


def test_a_column_of_another_type_is_refused() -> None:
    frame = role_table("export_total").with_columns(value_million=pl.lit(True))
    assert refusal(frame, "export_total").found == "Boolean"
    frame = role_table("export_total").with_columns(province=pl.lit(1))
    assert refusal(frame, "export_total").column == "province"


def test_a_place_outside_the_earth_is_refused() -> None:
    error = refusal(changed(role_table("population"), 1, "latitude", 116.41), "population")
    assert error.column == "latitude"
    assert error.expected == "at most 90"


@pytest.mark.parametrize("role", CONTRACTS)
def test_a_repeated_key_names_both_rows(role: str) -> None:
    frame = role_table(role)
    doubled = pl.concat([frame, frame.head(1)])
    error = refusal(doubled, role)
    assert error.row == f"1 and {doubled.height}"


@dataclass(frozen=True)
class Case:
    """A table broken in one cell, and where the error must point."""

    role: str
    where: dict[str, str]
    column: str
    value: object
    blamed: str
    message: str


SUMS = [
    Case("global_table", {"block": "output"}, "value_musd", 200.0, "value_musd", "do not sum"),
    Case("global_table", {"block": "output"}, "value_musd", -1.0, "value_musd", "negative"),
    Case("global_table", {"block": "output"}, "to_code", "c1", "to_code", "fit the block"),
    Case("global_table", {"block": "final_demand"}, "to_code", "exports", "to_code", "fit the"),
    Case("global_table", {"block": "intermediate"}, "to_code", "c9", "to_code", "fit the block"),
    Case("global_table", {"block": "final_demand"}, "to_region", "XYZ", "to_region", "does not"),
    Case(
        "provincial_table",
        {"column_code": "GO"},
        "value_10k_cny",
        31.0,
        "value_10k_cny",
        "do not sum to GO",
    ),
    Case(
        "provincial_table",
        {"row_code": "TI"},
        "value_10k_cny",
        31.0,
        "value_10k_cny",
        "do not sum to TI",
    ),
    Case(
        "provincial_table",
        {"column_code": "GO"},
        "value_10k_cny",
        -30.0,
        "value_10k_cny",
        "negative",
    ),
    Case("provincial_table", {"row_code": "TI"}, "row_code", "TJ", "row_code", "of its kind"),
    Case("provincial_table", {"column_code": "EX"}, "column_code", "1", "column_code", "of its"),
    Case(
        "sector_emission",
        {"source_sector": "TOTAL"},
        "emission_t",
        4.1,
        "emission_t",
        "do not sum to TOTAL",
    ),
    Case(
        "subsector_emission",
        {"source_sector": "SUM"},
        "emission_t",
        30.0,
        "emission_t",
        "do not sum to SUM",
    ),
    Case(
        "emission_concordance",
        {"to_code": "C23"},
        "weight",
        0.5,
        "weight",
        "do not sum to one",
    ),
    Case(
        "deflator",
        {"sector": "metals"},
        "price_index",
        106.9,
        "price_index",
        "no year is 100 in every sector",
    ),
    Case(
        "deflator",
        {"sector": "metals"},
        "currency",
        "USD",
        "currency",
        "prices in two currencies",
    ),
    Case(
        "emission_proxy",
        {"source_sector": "Total Consumption"},
        "value_mt_co2",
        1.6,
        "value_mt_co2",
        "do not sum to Total Consumption",
    ),
]


@pytest.mark.parametrize("case", SUMS, ids=lambda case: f"{case.role}-{case.column}-{case.value}")
def test_a_broken_rule_names_row_found_and_expected(case: Case) -> None:
    frame = role_table(case.role)
    at = next(
        row
        for row, cells in enumerate(frame.to_dicts(), start=1)
        if all(cells[name] == value for name, value in case.where.items())
    )
    error = refusal(changed(frame, at, case.column, case.value), case.role)
    assert error.row == at
    assert error.column == case.blamed
    assert case.message in error.message
    assert error.found
    assert error.expected


@pytest.mark.parametrize(
    ("role", "without"),
    [
        ("provincial_table", pl.col("column_code") == "GO"),
        ("provincial_table", pl.col("row_code") == "TI"),
        # Of one region; a table without the block is refused by the block's name.
        ("global_table", (pl.col("block") == "output") & (pl.col("from_region") == "ROW")),
    ],
)
def test_a_total_that_is_not_there_is_missed(role: str, without: pl.Expr) -> None:
    error = refusal(role_table(role).filter(~without), role)
    assert "total" in error.message or "block `output`" in error.message


def test_a_region_that_only_produces_is_refused() -> None:
    frame = role_table("global_table")
    lonely = frame.filter((pl.col("to_region") != "ROW") | (pl.col("block") == "output"))
    assert "does not use anything" in refusal(lonely, "global_table").message


def test_output_that_is_not_input_is_refused() -> None:
    """Rows and columns each add up, but output and input of a sector differ."""
    frame = role_table("provincial_table")
    added = (pl.col("column_code") == "01") & pl.col("row_code").is_in(["VA001", "TI"])
    more = pl.when(added).then(pl.col("value_10k_cny") + 1).otherwise(pl.col("value_10k_cny"))
    error = refusal(frame.with_columns(value_10k_cny=more), "provincial_table")
    assert "against output GO" in error.message


def test_a_row_may_miss_its_output_by_wiods_rounding_alone() -> None:
    frame = role_table("global_table")
    output = pl.col("block") == "output"
    for excess, is_good in ((110.0, True), (110.5, False)):
        more = pl.when(output).then(80.0 + excess).otherwise(pl.col("value_musd"))
        table = frame.with_columns(value_musd=more)
        if is_good:
            assert validate(table, CONTRACTS["global_table"], file="x").height == frame.height
        else:
            assert refusal(table, "global_table").expected == "80, the sum of the parts"


def test_a_known_deviation_is_forgiven_in_its_place_alone() -> None:
    frame = role_table("provincial_table")
    one_off = pl.col("value_10k_cny") + pl.when(pl.col("column_code") == "GO").then(1.1).otherwise(
        0
    )
    table = frame.with_columns(value_10k_cny=one_off)
    refusal(table, "provincial_table")
    in_ningxia = table.with_columns(province=pl.lit("CN-NX"))
    assert validate(in_ningxia, CONTRACTS["provincial_table"], file="x").height == frame.height


def test_every_forgiven_deviation_has_a_reason_a_unit_and_a_day() -> None:
    known = yaml.safe_load(contract_sums.KNOWN_DEVIATIONS.read_text(encoding="utf-8"))
    entries = [*known["tolerances"].values(), *known["deviations"]]
    assert len(entries) > 5
    for entry in entries:
        assert entry["reason"]
        assert entry["unit"]
        assert entry["noted"].year >= 2026
        assert entry["absolute"] >= 0
    assert {entry["rule"] for entry in known["deviations"]} <= set(known["tolerances"])


def test_provinces_are_the_thirty_one() -> None:
    assert len(PROVINCES) == 31
    assert (
        province_of_any_name("Inner Mongolia") == province_of_any_name("innermongolia") == "CN-NM"
    )
    assert (province_of_any_name("Shanxi"), province_of_any_name("Shaanxi")) == ("CN-SX", "CN-SN")
    assert province_of_any_name("Taiwan") is None


@pytest.mark.parametrize(
    "role", ["demand_structure", "consumer_output", "observed_series", "point_source"]
)
def test_no_quantity_is_beyond_all_there_is(role: str) -> None:
    """A figure of 1e300 is finite, and was taken by roles without a bound of their own."""
    table = role_table(role)
    (measure,) = [each.name for each in CONTRACTS[role].columns if each.unit][-1:]
    validate(table, CONTRACTS[role], file="x")
    with pytest.raises(InputError, match=r"high|no quantity"):
        validate(table.with_columns(pl.lit(1e300).alias(measure)), CONTRACTS[role], file="x")

"""Expectations that write themselves down once say what they say without that."""

from __future__ import annotations

from contextlib import nullcontext
from unittest.mock import patch

import duckdb
import great_expectations.expectations as gxe
from great_expectations.expectations import expectation as library

from expectations import runner
from expectations.laid_out import laid_out_once
from expectations.runner import Suite, run_suites

# Every kind that the gates use, each held and broken, one as a warning.
SUITES = tuple(
    Suite(
        name=f"raw__made_up__{limit}",
        scope="made_up",
        sql="select i as place, i as amount, i % 3 as code, if(i = 7, null, i) as lost from range(12) as r(i)",
        expectations=(
            gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=limit),
            gxe.ExpectColumnValuesToBeBetween(column="lost", max_value=limit, severity="warning"),
            gxe.ExpectColumnValuesToBeInSet(column="code", value_set=[0, 1, limit]),
            gxe.ExpectColumnDistinctValuesToEqualSet(column="code", value_set=[0, 1, 2]),
            gxe.ExpectColumnSumToBeBetween(column="amount", min_value=limit, max_value=70),
            gxe.ExpectColumnPairValuesToBeEqual(column_A="amount", column_B="place"),
            gxe.ExpectTableRowCountToBeBetween(min_value=limit),
        ),
        notes={"amount": "2026-12-01: made up"},
    )
    for limit in (2, 11, 99)
)


def test_the_results_are_those_of_the_library_as_it_is() -> None:
    with duckdb.connect() as connection:
        quick = run_suites(connection, "raw", SUITES)
        with patch.object(runner, "laid_out_once", nullcontext):
            assert quick == run_suites(connection, "raw", SUITES)
    assert len(quick) > 30
    assert {check.passed for check in quick} == {True, False}
    assert {check.severity for check in quick} == {"error", "warn"}


def test_an_expectation_is_written_down_once_a_question_and_the_library_is_left_as_it_was() -> None:
    before = dict(vars(library.Expectation))
    expectation = gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0)
    answer = expectation._get_runtime_kwargs()
    made: list[str] = []
    write = library.ExpectationConfiguration

    def counted(**arguments: object) -> object:
        made.append(str(arguments["type"]))
        return write(**arguments)

    with patch.object(library, "ExpectationConfiguration", counted), laid_out_once():
        assert expectation._get_runtime_kwargs() == answer
    assert made == ["expect_column_values_to_be_between"]
    assert dict(vars(library.Expectation)) == before

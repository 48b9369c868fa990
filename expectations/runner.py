"""Runs suites of Great Expectations on small frames that SQL makes, and says what came of it.

Importing Great Expectations takes seconds: this module is imported only where a gate runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.data_context.types.base import ProgressBarsConfig

from expectations.laid_out import laid_out_once
from expectations.results import CheckResult, Severity

_SHOWN = 5


@dataclass(frozen=True)
class Suite:
    """Expectations on one frame.

    name: `<schema>__<table>__<purpose>`.  scope: the table.  sql: the frame; its column `place`
    says what a row is about.  note: why the bounds have their values; notes: the same by column.
    Beside the expectations given, the frame must have rows, and the columns they look at no gaps:
    an expectation on nothing would pass.
    """

    name: str
    scope: str
    sql: str
    expectations: tuple[Any, ...]
    note: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


def run_suites(
    connection: duckdb.DuckDBPyConnection, gate: str, suites: Iterable[Suite]
) -> list[CheckResult]:
    """The results of all expectations. A frame that SQL cannot make is a failed check."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # One asset takes the frames in turn: each new one would be written into the context's configuration.
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    whole = asset.add_batch_definition_whole_dataframe("whole")
    results: list[CheckResult] = []
    for suite in suites:
        try:
            frame = connection.sql(suite.sql).df()
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            results.append(_result(gate, suite, "frame", None, None, False, "error", reason))
            continue
        batch = whole.get_batch({"dataframe": frame})
        wanted = gx.ExpectationSuite(name=suite.name, expectations=list(_completed(suite)))
        with laid_out_once():
            outcome = batch.validate(wanted, result_format="SUMMARY")
        checks = [_check(gate, suite, frame, result) for result in outcome.results]
        results += sorted(checks, key=lambda check: check.check_name)
    return results


def _completed(suite: Suite) -> Iterator[Any]:
    """The suite's expectations, with those that keep it from checking nothing."""
    yield gxe.ExpectTableRowCountToBeBetween(min_value=1)
    columns: dict[str, str] = {}
    for expectation in suite.expectations:
        for role in ("column", "column_A", "column_B"):
            if name := getattr(expectation, role, None):
                columns.setdefault(name, expectation.severity)
        yield expectation
    for name, severity in columns.items():
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, severity=severity)


def _check(gate: str, suite: Suite, frame: Any, result: Any) -> CheckResult:
    config = result.expectation_config
    kwargs = {name: value for name, value in config.kwargs.items() if name != "batch_id"}
    columns = [str(kwargs[name]) for name in ("column", "column_A", "column_B") if name in kwargs]
    name = config.type.removeprefix("expect_") + (f"({', '.join(columns)})" if columns else "")
    # an enumeration here, a text in other versions
    given = str(getattr(config.severity, "value", config.severity))
    severity: Severity = "warn" if given == "warning" else "error"
    measured, tolerance = _measurement(config.type, kwargs, frame, result.result)
    found = _found(frame, result)
    note = suite.notes.get(columns[0], suite.note) if columns else suite.note
    expected = ", ".join(
        f"{name}: {value}" for name, value in kwargs.items() if not name.startswith("column")
    )
    detail = "; ".join(part for part in (found, expected, note) if part)
    return _result(gate, suite, name, measured, tolerance, bool(result.success), severity, detail)


def _measurement(
    kind: str, kwargs: dict[str, Any], frame: Any, result: dict[str, Any]
) -> tuple[float | None, float | None]:
    """What was measured and allowed: the largest value against its bound, otherwise wrong rows."""
    if kind.startswith("expect_table_row_count"):
        return float(len(frame)), None
    if kind == "expect_column_values_to_be_between" and kwargs.get("min_value") is None:
        return (float(frame[kwargs["column"]].max()) if len(frame) else None), kwargs["max_value"]
    if "unexpected_count" in result:
        return float(result["unexpected_count"] + result.get("missing_set_count", 0)), 0.0
    return None, None


def _found(frame: Any, result: Any) -> str:
    """The first wrong places and values, or why the check could not run; empty when it passed."""
    if result.success:
        return ""
    raised = result.exception_info
    if not result.result:
        return f"could not be checked: {str(raised)[:300]}"
    rows = result.result.get("partial_unexpected_index_list") or []
    values = result.result.get("partial_unexpected_list") or []
    missing = result.result.get("partial_missing_list") or []
    if rows and "place" in frame.columns:
        places = frame["place"].iloc[rows[:_SHOWN]]
        pairs = zip(places, values[:_SHOWN], strict=False)
        return "found " + ", ".join(f"{place}: {value}" for place, value in pairs)
    parts = [f"unexpected {values[:_SHOWN]}"] if values else []
    parts += [f"missing {missing[:_SHOWN]}"] if missing else []
    return ", ".join(parts) or f"found {result.result.get('observed_value')}"


def _result(
    gate: str,
    suite: Suite,
    check_name: str,
    measured: float | None,
    tolerance: float | None,
    passed: bool,
    severity: Severity,
    detail: str,
) -> CheckResult:
    return CheckResult(
        gate, suite.name, check_name, suite.scope, measured, tolerance, passed, severity, detail
    )

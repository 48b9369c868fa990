"""Periods as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from warehouse.period import Period, PeriodError


@pytest.mark.parametrize(
    ("text", "start", "end", "kind", "before"),
    [
        ("2018Q1", date(2018, 1, 1), date(2018, 3, 31), "quarter", "2017Q1"),
        ("2018q4", date(2018, 10, 1), date(2018, 12, 31), "quarter", "2017Q4"),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29), "month", "2015-02"),
        ("2018-12", date(2018, 12, 1), date(2018, 12, 31), "month", "2017-12"),
        ("2018", date(2018, 1, 1), date(2018, 12, 31), "year", "2017"),
    ],
)
def test_a_period_has_its_days(text: str, start: date, end: date, kind: str, before: str) -> None:
    period = Period.parse(text)
    assert (period.start, period.end, period.kind) == (start, end, kind)
    assert period.before.name == before


@pytest.mark.parametrize("text", ["2018Q5", "2018-13", "18Q1", "", "2018Q", "last quarter"])
def test_what_is_no_period_is_said(text: str) -> None:
    with pytest.raises(PeriodError, match="not a period"):
        Period.parse(text)

"""Customs' destinations fitted to exports by province and to the nation's by region."""

from __future__ import annotations

import numpy as np
import pytest

from steps.destinations import fitted_table

TRUTH = np.array([[40.0, 10.0, 5.0], [0.0, 30.0, 20.0], [7.0, 0.0, 0.0]])


def test_destinations_that_agree_with_the_totals_come_back_as_they_are() -> None:
    found, is_traced = fitted_table(TRUTH, TRUTH.sum(axis=0), trace=0.001)
    assert not is_traced
    assert found == pytest.approx(TRUTH, rel=1e-12)


def test_a_pattern_is_scaled_to_both_totals() -> None:
    """Biproportional: what is out by factors of rows and columns is put right, zeros stay."""
    rows, columns = np.array([3.0, 0.5, 2.0]), np.array([1.0, 2.0, 0.25])
    pattern = TRUTH * rows[:, None] * columns
    prior = pattern / pattern.sum(axis=1)[:, None] * TRUTH.sum(axis=1)[:, None]
    found, is_traced = fitted_table(prior, TRUTH.sum(axis=0), trace=0.001)
    assert not is_traced
    assert found == pytest.approx(TRUTH, rel=1e-6)


@pytest.mark.parametrize(
    ("prior", "totals"),
    [
        ([[10.0, 0.0], [5.0, 0.0]], [10.0, 5.0]),  # nobody is known to sell to the second
        ([[10.0, 0.0], [2.0, 3.0]], [4.0, 11.0]),  # the first sells more to one than it buys
    ],
)
def test_a_pattern_that_cannot_meet_the_totals_gets_a_trace_of_the_nation(
    prior: list[list[float]], totals: list[float]
) -> None:
    start = np.array(prior)
    found, is_traced = fitted_table(start, np.array(totals), trace=0.001)
    assert is_traced
    assert found.sum(axis=0) == pytest.approx(totals)
    assert found.sum(axis=1) == pytest.approx(start.sum(axis=1), rel=1e-6)
    assert (found > 0).all()

"""Draws of the factors of a change: against the closed form, and of independent years."""

from __future__ import annotations

import numpy as np
import pytest

from compute._checks import InvalidInput
from compute.change_draws import YearOfDraws, contributions, drawn_effects
from compute.uncertainty.inventory import InventoryError


def error(national=0.3, provincial=0.2, groups=1, correlation=0.5):
    shape = (1, groups)
    names = tuple(f"g{each}" for each in range(groups))
    return InventoryError(
        ("SO2",), names, np.full(shape, national), np.full(shape, provincial), correlation
    )


def test_rows_are_summed_by_province_and_group():
    found = contributions(
        [[1.0, 2.0, 4.0]],
        [[10.0, 1.0, 1.0], [0.0, 0.0, 1.0]],
        np.array([0, 0, 1]),
        np.array([1, 1, 0]),
        provinces=2,
        groups=2,
    )
    np.testing.assert_array_equal(found[:, 0], [[[0, 12], [4, 0]], [[0, 0], [4, 0]]])


def test_the_spread_is_that_of_both_years():
    """One province and group: variance of b u_b + a u_a with independent lognormal u of mean one."""
    before, after = (YearOfDraws(np.full((1, 1, 1, 1), size), error()) for size in (-50.0, 30.0))
    drawn = drawn_effects([before, after], 4000, 7).ravel()
    of_one = (1 + 0.3**2) * (1 + 0.2**2) - 1
    assert drawn.mean() == pytest.approx(-20, abs=4 * np.sqrt(of_one * 3400 / 4000))
    assert drawn.var() == pytest.approx(of_one * (50**2 + 30**2), rel=0.1)


def test_years_do_not_share_their_errors():
    """The same inventory in both years, with opposite sign: shared errors would cancel to nothing."""
    years = [YearOfDraws(np.full((1, 1, 1, 1), size), error()) for size in (-50.0, 50.0)]
    assert drawn_effects(years, 200, 1).std() > 10


def test_provinces_share_the_national_part_alone():
    year = YearOfDraws(np.ones((1, 1, 2, 1)), error(national=0.3, provincial=0.0))
    drawn = drawn_effects([year], 50, 3)[:, 0, 0]
    np.testing.assert_allclose(drawn[:, 0], drawn[:, 1])
    apart = YearOfDraws(np.ones((1, 1, 2, 1)), error(national=0.0, provincial=0.3))
    drawn = drawn_effects([apart], 400, 3)[:, 0, 0]
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.2


def test_without_errors_every_draw_is_the_point_and_draws_are_the_same_again():
    values = np.arange(8.0).reshape(2, 1, 2, 2)
    sure = YearOfDraws(values, error(0.0, 0.0, groups=2))
    np.testing.assert_allclose(
        drawn_effects([sure], 3, 1), np.broadcast_to(values.sum(3), (3, 2, 1, 2))
    )
    unsure = YearOfDraws(values, error(groups=2))
    np.testing.assert_array_equal(drawn_effects([unsure], 5, 1), drawn_effects([unsure], 5, 1))
    assert not np.allclose(drawn_effects([unsure], 5, 1), drawn_effects([unsure], 5, 2))


def test_what_does_not_fit_is_refused():
    with pytest.raises(InvalidInput, match="contribution_t must be"):
        YearOfDraws(np.ones((1, 2, 1, 1)), error())
    with pytest.raises(InvalidInput, match="NaN"):
        YearOfDraws(np.full((1, 1, 1, 1), np.nan), error())
    years = [YearOfDraws(np.ones((1, 1, size, 1)), error()) for size in (1, 2)]
    with pytest.raises(InvalidInput, match="one shape"):
        drawn_effects(years, 2, 1)
    with pytest.raises(InvalidInput, match="draws"):
        drawn_effects(years[:1], 0, 1)
    with pytest.raises(InvalidInput, match="outside"):
        contributions([[1.0]], [[1.0]], np.array([1]), np.array([0]), provinces=1, groups=1)
    with pytest.raises(InvalidInput, match="as many everywhere"):
        contributions([[1.0, 2.0]], [[1.0]], np.array([0]), np.array([0]), provinces=1, groups=1)

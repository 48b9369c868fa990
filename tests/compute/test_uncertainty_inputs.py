"""Draws of inventories and stand-ins: moments, correlation, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute._checks import InvalidInput
from compute.uncertainty.draws import SOURCES, generator, log_deviation
from compute.uncertainty.inventory import (
    Allocation,
    InventoryError,
    divided,
    inventory_factors,
    level_factors,
    national_coefficients,
)
from compute.uncertainty.sampling import Plan
from tests.compute.uncertainty_samples import POLLUTANTS, inventory_error

GROUPS = ("heavy", "light", "outside")


def test_a_draw_depends_on_seed_source_and_number_alone() -> None:
    later = generator(7, "table", 3).standard_normal(4)
    generator(7, "table", 2).standard_normal(100)
    assert (generator(7, "table", 3).standard_normal(4) == later).all()
    others = [generator(7, source, 3).standard_normal() for source in SOURCES]
    others += [
        generator(8, "table", 3).standard_normal(),
        generator(7, "table", 4).standard_normal(),
    ]
    assert len(set(others)) == len(others)


@pytest.mark.parametrize(
    ("value", "found"), [(float("nan"), "missing"), (-0.1, "-0.1"), (3.01, "3.01")]
)
def test_coefficients_that_are_missing_negative_or_above_three_are_refused(
    value: float, found: str
) -> None:
    good = np.full((2, 3), 0.3)
    bad = good.copy()
    bad[1, 2] = value
    for national, provincial in ((bad, good), (good, bad)):
        with pytest.raises(InvalidInput, match=rf"SO2 outside \({found}\)"):
            InventoryError(POLLUTANTS, GROUPS, national, provincial, 0.5)
    with pytest.raises(InvalidInput, match=found):
        national_coefficients(np.array([value]), np.ones(2), np.ones((1, 2)), 0.5)
    with pytest.raises(InvalidInput, match=found):
        Allocation(
            np.ones(1), np.zeros(1, int), np.zeros(1, int), np.zeros(1, int), np.array([value]), 1
        )


def test_three_is_allowed_and_a_wrong_shape_is_not() -> None:
    InventoryError(POLLUTANTS, GROUPS, np.full((2, 3), 3.0), np.zeros((2, 3)), 0)
    with pytest.raises(InvalidInput, match="2 pollutants by 3 groups"):
        InventoryError(POLLUTANTS, GROUPS, np.zeros((3, 2)), np.zeros((2, 3)), 0)
    with pytest.raises(InvalidInput, match="correlation"):
        InventoryError(POLLUTANTS, GROUPS, np.zeros((2, 3)), np.zeros((2, 3)), 1.1)


@pytest.mark.parametrize(
    "arguments",
    [{"draws": 0}, {"draws": -5}, {"draws": 1.5}, {"draws": True}, {"draws": 10, "table_draws": 11},
     {"draws": 10, "table_draws": -1}, {"draws": 10, "seed": -1}],
)  # fmt: skip
def test_a_plan_without_draws_is_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        Plan(**arguments)


@given(st.integers(1, 400), st.integers(0, 400))
def test_a_plan_makes_every_draw_once(draws: int, tables: int) -> None:
    plan = Plan(draws, table_draws=min(tables, draws))
    numbers = [number for block in plan.blocks for number in block]
    if plan.table_draws:
        numbers = [draw for number in numbers for draw in plan.draws_of(number)]
    assert sorted(numbers) == list(range(draws))


def test_factors_have_mean_one_and_the_stated_deviations() -> None:
    error = inventory_error(0.3, 0.4)
    factors = np.array([inventory_factors(error, 5, 1, draw) for draw in range(4000)])
    expected = np.sqrt((1 + 0.3**2) * (1 + 0.4**2) - 1)
    assert factors.mean(axis=0) == pytest.approx(1, abs=5 * expected / np.sqrt(4000))
    assert factors.std(axis=0) == pytest.approx(expected, rel=0.15)
    logs = np.log(factors)
    national = log_deviation(np.array(0.3)) ** 2
    total = national + log_deviation(np.array(0.4)) ** 2
    # Two provinces share the national part; two groups half of its variance; pollutants nothing.
    correlation = np.corrcoef(logs[:, 0, 0, 0], logs[:, 0, 0, 1])[0, 1]
    assert correlation == pytest.approx(national / total, abs=0.07)
    between_groups = np.corrcoef(logs[:, 0, 0, 0], logs[:, 0, 1, 1])[0, 1]
    assert between_groups == pytest.approx(0.5 * national / total, abs=0.07)
    assert abs(np.corrcoef(logs[:, 0, 0, 0], logs[:, 1, 0, 0])[0, 1]) < 0.07


def test_no_error_leaves_everything() -> None:
    assert (inventory_factors(inventory_error(0, 0), 4, 1, 0) == 1).all()


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
def test_coefficients_of_groups_make_that_of_the_total(correlation: float) -> None:
    emission = np.array([[50.0, 30.0, 20.0], [1.0, 1.0, 98.0]])
    total = np.array([0.1, 0.3])
    coefficients = national_coefficients(total, np.array([0.5, 1.0, 2.0]), emission, correlation)
    assert coefficients[:, 2] == pytest.approx(4 * coefficients[:, 0])
    error = InventoryError(POLLUTANTS, GROUPS, coefficients, np.zeros((2, 3)), correlation)
    sums = np.array(
        [
            (inventory_factors(error, 1, 3, draw)[..., 0] * emission).sum(axis=1)
            for draw in range(4000)
        ]
    )
    assert sums.std(axis=0) / emission.sum(axis=1) == pytest.approx(total, rel=0.1)


amounts = st.lists(st.floats(0, 1e6), min_size=6, max_size=6)


@given(amounts, st.lists(st.floats(0.01, 100), min_size=2, max_size=2))
def test_levels_move_emissions_within_blocks_alone(tonnes: list[float], level: list[float]) -> None:
    allocation = Allocation(
        np.array(tonnes),
        np.array([0, 0, 0, 1, 1, 1]),
        np.array([0, 1, 1, 0, 0, 1]),
        np.array([0, 1, 2, 3, 4, 5]),
        np.full(2, 0.3),
        6,
    )
    placed = divided(allocation, np.array(level))
    assert placed.reshape(2, 3).sum(axis=1) == pytest.approx(
        np.array(tonnes).reshape(2, 3).sum(axis=1), rel=1e-12
    )
    assert divided(allocation).tolist() == tonnes


def test_levels_shift_an_activity_by_its_share() -> None:
    # Worked out by hand: 30 and 70 t; the first level doubled makes 60 : 70 of 100 t.
    allocation = Allocation(
        np.array([30.0, 70.0]), np.zeros(2, int), np.array([0, 1]), np.array([0, 1]), np.zeros(2), 2
    )
    assert divided(allocation, np.array([2.0, 1.0])) == pytest.approx([6000 / 130, 7000 / 130])
    assert (level_factors(allocation, 1, 0) == 1).all()

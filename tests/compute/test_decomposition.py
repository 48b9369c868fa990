"""Structural decomposition: by hand, against every order one by one, and additive."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute._checks import InvalidInput
from compute.decomposition import (
    FACTORS,
    export_year,
    in_base_prices,
    structural_decomposition,
)
from compute.footprint import Provinces, embodied_exports, export_account
from compute.leontief import technical_coefficients
from compute.orders import average_over_orders

PROVINCES = Provinces(2, 2)
REFERENCE = Path(__file__).parents[1] / "reference"


def made_up(seed, *, zeros=0.0):
    """A year of 2 provinces x 2 sectors, 3 consumers, 2 uses, 2 pollutants; some exports absent."""
    draw = np.random.default_rng(seed)
    x = draw.uniform(50, 200, 4)
    z = draw.uniform(0, 0.2, (4, 4)) * x
    v = draw.uniform(1, 9, (4, 3, 2)) * (draw.uniform(size=(4, 3, 2)) >= zeros)
    v[0, 0, 0] = 5.0
    return export_year(draw.uniform(1, 9, (2, 4)), z, x, v, provinces=PROVINCES)


def order_by_order(evaluate, count):
    """The same average, one order after the other."""
    total = 0.0
    orders = list(permutations(range(count)))
    for order in orders:
        state = [False] * count
        effects = {}
        for factor in order:
            earlier = evaluate(tuple(state))
            state[factor] = True
            effects[factor] = evaluate(tuple(state)) - earlier
        total = total + np.stack([effects[factor] for factor in range(count)])
    return total / len(orders)


def births_outside_marriage(women, unmarried, rate_unmarried, rate_married):
    """Their share in all births: the factors are by age group."""
    outside = (women * unmarried * rate_unmarried).sum()
    return outside / (outside + (women * (1 - unmarried) * rate_married).sum())


class TestOrders:
    def test_two_factors_by_hand(self):
        # E = a b from 2 x 3 to 5 x 7: 29 = 3 (3 + 7) / 2 + 4 (2 + 5) / 2
        effects = average_over_orders(lambda s: np.array((2, 5)[s[0]] * (3, 7)[s[1]]), 2)
        np.testing.assert_allclose(effects, [15, 14])

    def test_three_factors_have_the_weights_of_a_third_and_a_sixth(self):
        # Effect of a: da (b0 c0 / 3 + b1 c0 / 6 + b0 c1 / 6 + b1 c1 / 3).
        effects = average_over_orders(
            lambda s: np.array((1, 3)[s[0]] * (2, 5)[s[1]] * (4, 10)[s[2]]), 3
        )
        assert effects[0] == pytest.approx(2 * (8 / 3 + 20 / 6 + 20 / 6 + 50 / 3))
        assert effects.sum() == pytest.approx(150 - 8)

    def test_polar_average_of_three_factors_by_hand(self):
        effects = average_over_orders(
            lambda s: np.array((1, 3)[s[0]] * (2, 5)[s[1]] * (4, 10)[s[2]]), 3, orders="polar"
        )
        np.testing.assert_allclose(
            effects, [(2 * 8 + 2 * 50) / 2, (3 * 12 + 3 * 10) / 2, (15 * 6 + 2 * 6) / 2]
        )

    @settings(max_examples=25, deadline=None)
    @given(st.integers(1, 5), st.integers(0, 2**32 - 1))
    def test_all_orders_one_by_one_give_the_same(self, count, seed):
        values = np.random.default_rng(seed).normal(size=(2,) * count)

        def evaluate(state):
            return values[tuple(int(one) for one in state)]

        expected = order_by_order(evaluate, count)
        np.testing.assert_allclose(average_over_orders(evaluate, count), expected, atol=1e-12)
        for orders in ("all", "polar"):
            total = average_over_orders(evaluate, count, orders=orders).sum()
            assert total == pytest.approx(values.flat[-1] - values.flat[0], abs=1e-12)

    @pytest.mark.parametrize("factors", [0, -1, 2.5, True, "two", 17])
    def test_number_of_factors_is_checked(self, factors):
        with pytest.raises(InvalidInput, match="factors must be"):
            average_over_orders(lambda _: np.zeros(1), factors)

    def test_orders_and_values_are_checked(self):
        with pytest.raises(InvalidInput, match="all, polar"):
            average_over_orders(lambda _: np.zeros(1), 2, orders="most")
        with pytest.raises(InvalidInput, match="NaN"):
            average_over_orders(lambda _: np.array([np.nan]), 2)
        with pytest.raises(InvalidInput, match="one shape"):
            average_over_orders(lambda s: np.zeros(1 + sum(s)), 2)


class TestMillerAndBlair:
    """Table 8.1 of the second edition: output of three sectors, changed by technology or by final demand."""

    CASE = json.loads((REFERENCE / "miller_blair_decomposition.json").read_text())

    def inverses_and_demand(self):
        demand = np.array(self.CASE["demand"], dtype=float)
        inverses = []
        for flows, final in zip(self.CASE["flows"], demand, strict=True):
            z = np.array(flows, dtype=float)
            inverses.append(np.linalg.inv(np.eye(3) - z / (z.sum(axis=1) + final)))
        return inverses, list(demand)

    def test_the_average_of_all_orders_is_the_printed_mean(self):
        inverses, demand = self.inverses_and_demand()
        effects = average_over_orders(lambda s: inverses[s[0]] @ demand[s[1]], 2)
        np.testing.assert_allclose(
            effects, self.CASE["mean"], atol=self.CASE["absolute_tolerance"], rtol=0
        )
        np.testing.assert_allclose(effects.sum(axis=0), self.CASE["change"])

    @pytest.mark.parametrize(("name", "order"), [("demand_last", (0, 1)), ("demand_first", (1, 0))])
    def test_each_order_is_as_printed(self, name, order):
        """In 8.3 technology changes with the demand of before, in 8.4 with that of after."""
        inverses, demand = self.inverses_and_demand()
        state, effects = [0, 0], [None, None]
        for factor in order:
            earlier = inverses[state[0]] @ demand[state[1]]
            state[factor] = 1
            effects[factor] = inverses[state[0]] @ demand[state[1]] - earlier
        np.testing.assert_allclose(
            effects, self.CASE[name], atol=self.CASE["absolute_tolerance"], rtol=0
        )


class TestDasGupta:
    """Examples of the Census Bureau's manual of 1993: two to five factors, effects as printed elsewhere."""

    REFERENCE = json.loads((REFERENCE / "das_gupta_decomposition.json").read_text())
    RATES: ClassVar = {
        "product": np.prod,
        "sum_of_products": lambda factors: np.prod(factors, axis=0).sum(),
        "births_outside_marriage": lambda f: births_outside_marriage(*f),
    }

    @pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
    def test_the_average_of_all_orders_is_as_printed(self, case):
        years = [np.array(case[year], dtype=float) for year in ("before", "after")]
        rate = self.RATES[case["rate"]]

        def evaluate(state):
            return np.array(rate(np.stack([years[new][j] for j, new in enumerate(state)])))

        effects = average_over_orders(evaluate, len(years[0]))
        tolerance = {"atol": case["absolute_tolerance"], "rtol": 0}
        np.testing.assert_allclose(effects, case["effects"], **tolerance)
        np.testing.assert_allclose(effects.sum(), case["change"], **tolerance)
        np.testing.assert_allclose(effects, order_by_order(evaluate, len(years[0])), atol=1e-12)


class TestDecomposition:
    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.5]))
    def test_effects_sum_to_the_change_everywhere(self, seed, zeros):
        before, after = made_up(seed, zeros=zeros), made_up(seed + 1, zeros=zeros)
        for orders in ("all", "polar"):
            found = structural_decomposition(before, after, orders=orders)
            assert found.residual_share < 1e-12
            np.testing.assert_allclose(
                found.effects_t.sum(axis=0), found.after_t - found.before_t, atol=1e-11
            )

    def test_both_ends_are_the_footprint_of_the_year(self):
        year = made_up(3)
        found = structural_decomposition(year, made_up(4))
        inverse = np.linalg.inv(np.eye(4) - year.flows_musd / year.output_musd)
        output = inverse @ year.exports_musd.sum(axis=2)
        intensity = year.emission_t / year.output_musd
        np.testing.assert_allclose(found.before_t, intensity[:, :, None] * output)

    def test_the_year_is_that_of_compute_footprint(self):
        """A world of two provinces and a foreign region: v = y_P + A_PF X_F gives what the footprint gives."""
        draw = np.random.default_rng(11)
        z, y = draw.uniform(0, 9, (6, 6)), draw.uniform(5, 50, (6, 2))
        x = z.sum(axis=1) + y.sum(axis=1)
        a = technical_coefficients(z, x)
        home = [False, True]
        account = export_account(a, PROVINCES, y, is_home=home)
        exports = np.stack([account.final_musd, account.intermediate_musd], axis=-1)
        year = export_year(np.ones((1, 4)) * x[:4], z[:4, :4], x[:4], exports, provinces=PROVINCES)
        found = structural_decomposition(year, made_up_like(year))
        whole = embodied_exports(a, PROVINCES, y, is_home=home).sum(axis=(1, 3))
        np.testing.assert_allclose(found.before_t[0], whole)

    @pytest.mark.parametrize(
        ("factor", "change"),
        [
            ("emission_intensity", {"emission": 2.0}),
            ("export_volume", {"exports": 3.0}),
        ],
    )
    def test_what_alone_changed_carries_the_whole_change(self, factor, change):
        year = made_up(5)
        after = export_year(
            year.emission_t * change.get("emission", 1),
            year.flows_musd,
            year.output_musd,
            year.exports_musd * change.get("exports", 1),
            provinces=PROVINCES,
        )
        found = structural_decomposition(year, after)
        np.testing.assert_allclose(
            found.effects_t[FACTORS.index(factor)], found.after_t - found.before_t
        )

    @pytest.mark.parametrize("factor", FACTORS[3:])
    def test_each_share_is_what_its_name_says(self, factor):
        year = made_up(6)
        v = year.exports_musd.reshape(2, 2, 3, 2).copy()
        total = v.sum()
        if factor == "destination":
            v[:, :, 0] *= 2
        elif factor == "product_use":
            v[..., 0] *= 2
            v *= year.exports_musd.sum(axis=(0, 2))[:, None] / v.sum(axis=(0, 1, 3))[:, None]
        elif factor == "export_origin":
            v[0] *= 2
            v *= year.exports_musd.sum(axis=0) / v.sum(axis=(0, 1))
        else:
            v[:, 0] *= 2
            v *= (year.exports_musd.reshape(2, 2, 3, 2).sum(axis=1) / v.sum(axis=1))[:, None]
        v *= total / v.sum()
        after = export_year(
            year.emission_t,
            year.flows_musd,
            year.output_musd,
            v.reshape(4, 3, 2),
            provinces=PROVINCES,
        )
        found = structural_decomposition(year, after)
        others = np.delete(found.effects_t, FACTORS.index(factor), axis=0)
        assert np.abs(found.effects_t[FACTORS.index(factor)]).max() > 0.01
        np.testing.assert_allclose(others, 0, atol=1e-12)

    def test_no_order_of_the_rows_and_consumers_matters(self):
        before, after = made_up(7), made_up(8)
        found = structural_decomposition(before, after)
        turned = [
            export_year(
                y.emission_t,
                y.flows_musd,
                y.output_musd,
                y.exports_musd[:, ::-1],
                provinces=PROVINCES,
            )
            for y in (before, after)
        ]
        np.testing.assert_allclose(
            structural_decomposition(*turned).effects_t, found.effects_t[..., ::-1]
        )

    def test_a_sector_that_appears_leaves_its_intensity_unchanged(self):
        """Row 3 has no output before: its emission is the effect of structure and exports, not of intensity."""
        year = made_up(9)
        z, x, v, e = (
            a.copy()
            for a in (year.flows_musd, year.output_musd, year.exports_musd, year.emission_t)
        )
        z[3], z[:, 3], x[3], v[3], e[:, 3] = 0, 0, 0, 0, 0
        before = export_year(e, z, x, v, provinces=PROVINCES)
        found = structural_decomposition(before, year)
        assert (found.before_t[:, 3] == 0).all()
        assert (found.after_t[:, 3] > 0).all()
        np.testing.assert_allclose(found.effects_t[0, :, 3], 0, atol=1e-12)

    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 2**32 - 1), st.sampled_from([None, 0, 1]))
    def test_effects_are_linear_in_the_tonnes_of_both_years(self, seed, idle):
        """Effects for each tonne, times the tonnes, are the effects; a row may be idle in one year."""
        years = [made_up(seed, zeros=0.3), made_up(seed + 1, zeros=0.3)]
        if idle is not None:
            z, x, v, e = (
                a.copy()
                for a in (
                    years[idle].flows_musd,
                    years[idle].output_musd,
                    years[idle].exports_musd,
                    years[idle].emission_t,
                )
            )
            z[3], z[:, 3], x[3], v[3], e[:, 3] = 0, 0, 0, 0, 0
            years[idle] = export_year(e, z, x, v, provinces=PROVINCES)
        found = structural_decomposition(*years)
        again = sum(
            year.emission_t[None, :, :, None] * each[:, None]
            for year, each in zip(years, found.per_tonne, strict=True)
        )
        np.testing.assert_allclose(again, found.effects_t, atol=1e-12)

    def test_prices_that_all_rise_alike_move_volume_to_intensity_alone(self):
        before, after = made_up(1), made_up(2)
        nominal = structural_decomposition(before, after).effects_t.sum(axis=(2, 3))
        real = structural_decomposition(before, in_base_prices(after, np.full(4, 1.5)))
        constant = real.effects_t.sum(axis=(2, 3))
        np.testing.assert_allclose(constant.sum(axis=0), nominal.sum(axis=0))
        assert (constant[2] < nominal[2]).all()
        assert (constant[0] > nominal[0]).all()

    def test_years_of_unequal_shape_are_refused(self):
        year = made_up(1)
        fewer = export_year(
            year.emission_t,
            year.flows_musd,
            year.output_musd,
            year.exports_musd[:, :2],
            provinces=PROVINCES,
        )
        with pytest.raises(InvalidInput, match="one shape"):
            structural_decomposition(year, fewer)

    def test_doubtful_years_are_refused(self):
        year = made_up(1)
        parts = {
            "emission": year.emission_t,
            "flows": year.flows_musd,
            "output": year.output_musd,
            "exports": year.exports_musd,
        }
        idle = {**parts, "output": year.output_musd * [1, 1, 0, 1]}
        with pytest.raises(InvalidInput, match="emission without output"):
            export_year(**idle, provinces=PROVINCES)
        cancelling = year.exports_musd.copy()
        cancelling[1, 0, 0] = -cancelling[0, 0, 0]
        with pytest.raises(InvalidInput, match="shares of product_mix mean nothing"):
            export_year(**{**parts, "exports": cancelling}, provinces=PROVINCES)
        with pytest.raises(InvalidInput, match="more than zero"):
            export_year(**{**parts, "exports": -year.exports_musd}, provinces=PROVINCES)
        with pytest.raises(InvalidInput, match="above zero"):
            in_base_prices(year, [1.0, 0.0, 1.0, 1.0])


def made_up_like(year):
    """Another year of the same shape."""
    return export_year(
        year.emission_t * 2,
        year.flows_musd,
        year.output_musd,
        year.exports_musd[::-1],
        provinces=PROVINCES,
    )

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute._checks import InvalidInput
from compute.leontief import (
    LeontiefSystem,
    NegativeOutput,
    UnproductiveEconomy,
    emission_intensity,
    multipliers,
    output_for,
    spectral_radius,
    technical_coefficients,
)


@st.composite
def coefficients_of_radius(draw, low, high, signed=False):
    """Draw A, sparse or dense, of a spectral radius between low and high."""
    n = draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    a = rng.lognormal(sigma=2, size=(n, n)) * (rng.random((n, n)) < draw(st.floats(0.2, 1)))
    if signed:
        a *= np.where(rng.random((n, n)) < 0.3, -1, 1)
    a[np.arange(n), np.roll(np.arange(n), 1)] += 0.1  # a cycle, so that the radius is not zero
    radius = np.abs(np.linalg.eigvals(a)).max()
    return a * (draw(st.floats(low, high)) / radius)


@settings(max_examples=60, deadline=None)
@given(coefficients_of_radius(0.05, 0.99), st.integers(1, 4))
def test_solutions_equal_the_explicit_inverse(a, k):
    rng = np.random.default_rng(0)
    inverse = np.linalg.inv(np.eye(len(a)) - a)
    y, f = rng.normal(size=(len(a), k)), rng.random((k, len(a)))
    scale = np.abs(inverse).max()
    np.testing.assert_allclose(output_for(a, y), inverse @ y, rtol=1e-8, atol=1e-9 * scale)
    np.testing.assert_allclose(multipliers(a, f), f @ inverse, rtol=1e-8, atol=1e-9 * scale)
    np.testing.assert_allclose(output_for(a, y[:, 0]), inverse @ y[:, 0], atol=1e-9 * scale)
    np.testing.assert_allclose(multipliers(a, f[0]), f[0] @ inverse, atol=1e-9 * scale)


@settings(max_examples=60, deadline=None)
@given(coefficients_of_radius(1.0001, 5))
def test_a_radius_of_one_or_more_is_refused(a):
    with pytest.raises(UnproductiveEconomy) as caught:
        LeontiefSystem(a)
    assert caught.value.radius == pytest.approx(spectral_radius(a))


@pytest.mark.parametrize(("low", "high"), [(0.05, 0.99), (1.01, 5)])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_negative_entries_do_not_mislead(low, high, data):
    a = data.draw(coefficients_of_radius(low, high, signed=True))
    if high < 1:
        assert LeontiefSystem(a).size == len(a)
    else:
        with pytest.raises(UnproductiveEconomy):
            LeontiefSystem(a)


class TestRadius:
    """Cases that mislead column sums, or a power iteration without a shift."""

    cyclic = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=float)

    def test_column_sums_above_one_may_be_productive(self):
        a = np.array([[0.1, 1.4], [0.05, 0.1]])
        assert a.sum(axis=0).max() > 1
        np.testing.assert_allclose(
            output_for(a, [1, 1]), np.linalg.inv(np.eye(2) - a) @ [1, 1], rtol=1e-12
        )

    @pytest.mark.parametrize("radius", [1.0, 1 + 1e-9, 1.5, 20.0])
    def test_cyclic(self, radius):
        with pytest.raises(UnproductiveEconomy):
            LeontiefSystem(self.cyclic * radius)

    @pytest.mark.parametrize("radius", [0.999999, 1 - 1e-9])
    def test_just_below_one(self, radius):
        system = LeontiefSystem(self.cyclic * radius)
        x = system.solve([1.0, 1, 1])
        np.testing.assert_allclose(x, 1 / (1 - radius), rtol=1e-6)

    @pytest.mark.parametrize("radius", [0.999, 1 - 1e-6, 1 - 1e-8])
    def test_dense_and_nearly_singular(self, radius):
        # Of rank one, A = u v', so the inverse is known: I + u v' / (1 - v'u).
        rng = np.random.default_rng(7)
        u, v = rng.lognormal(sigma=2, size=(2, 40))
        u *= radius / (v @ u)
        system = LeontiefSystem(np.outer(u, v))
        gap = 1 - v @ u
        error = 1e-13 / gap
        y, f = rng.random((40, 3)), rng.random((2, 40))
        np.testing.assert_allclose(system.solve(y), y + np.outer(u, v @ y / gap), rtol=error)
        np.testing.assert_allclose(
            system.solve_transposed(f), f + np.outer(f @ u / gap, v), rtol=error
        )

    @pytest.mark.parametrize("last", [0.9, 1.1])
    def test_a_chain_of_regions_that_never_buy_back(self, last):
        # Block-triangular, each block a cycle; whether all is productive hangs on the last block.
        a = np.kron(np.diag([0.5, 0.7, last]), self.cyclic)
        a[:3, 3:6] = a[3:6, 6:] = 4.0
        if last < 1:
            y, inverse = np.arange(9.0), np.linalg.inv(np.eye(9) - a)
            np.testing.assert_allclose(LeontiefSystem(a).solve(y), inverse @ y, rtol=1e-12)
            np.testing.assert_allclose(multipliers(a, y), y @ inverse, rtol=1e-12)
        else:
            with pytest.raises(UnproductiveEconomy) as caught:
                LeontiefSystem(a)
            assert caught.value.radius == pytest.approx(1.1)

    def test_reducible_with_an_unproductive_corner(self):
        # The corner sells to nobody: demand elsewhere never meets it, and it is still unproductive.
        a = np.diag([0.2, 0.3, 1.1])
        with pytest.raises(UnproductiveEconomy) as caught:
            LeontiefSystem(a)
        assert caught.value.radius == pytest.approx(1.1)
        assert caught.value.sectors[0] == 2

    def test_a_singular_system(self):
        with pytest.raises(UnproductiveEconomy, match=r"radius .* is about 1 "):
            LeontiefSystem([[0.5, 0.5], [0.5, 0.5]])

    def test_triangular_with_large_entries_is_productive(self):
        a = np.triu(np.full((6, 6), 3.0), 1)  # nilpotent: radius zero, column sums up to 15
        np.testing.assert_allclose(
            output_for(a, np.ones(6)), np.linalg.inv(np.eye(6) - a) @ np.ones(6)
        )

    def test_a_radius_above_one_with_a_non_negative_looking_solution(self):
        # (I - A)^-1 exists and is positive on this demand, but rounds of demand do not converge.
        a = np.array([[0.5, 0.0], [0.0, 3.0]])
        with pytest.raises(UnproductiveEconomy):
            output_for(a, [1.0, -1.0])

    def test_message_names_the_largest_column_sums(self):
        with pytest.raises(UnproductiveEconomy, match=r"sector 1 \(2\.5\), sector 0 \(0\.3\)"):
            LeontiefSystem([[0.2, 0.5], [0.1, 2.0]])

    def test_estimate_for_large_tables(self):
        rng = np.random.default_rng(3)
        a = rng.random((1100, 1100))
        a *= 1.25 / a.sum(axis=0).max()
        expected = np.abs(np.linalg.eigvals(a)).max()
        assert spectral_radius(a) == pytest.approx(expected, rel=1e-8)
        a[0, 0] = -a[0, 0]
        assert spectral_radius(a) == pytest.approx(expected, rel=1e-3)
        with pytest.raises(UnproductiveEconomy):
            LeontiefSystem(a)

    def test_estimate_for_a_large_cycle(self):
        shift = np.zeros((1200, 1200))
        shift[np.arange(1200), np.roll(np.arange(1200), 1)] = 1.2
        assert spectral_radius(shift) == pytest.approx(1.2)
        with pytest.raises(UnproductiveEconomy):
            LeontiefSystem(shift)


class TestCoefficients:
    def test_by_column(self):
        a = technical_coefficients([[2, 3], [4, 6]], [10, 12])
        np.testing.assert_allclose(a, [[0.2, 0.25], [0.4, 0.5]])

    def test_over_the_flows_to_the_same_bits(self):
        flows, output = np.random.default_rng(0).random((3, 3)), np.array([3.0, 0.0, 7.0])
        beside = technical_coefficients(flows.copy(), output)
        assert technical_coefficients(flows, output, out=flows) is flows
        np.testing.assert_array_equal(flows, beside)

    def test_a_sector_without_output_has_a_zero_column(self):
        a = technical_coefficients([[2, 3], [4, 6]], [0, 12])
        np.testing.assert_allclose(a, [[0, 0.25], [0, 0.5]])

    def test_negative_inputs_without_output_vanish_too(self):
        a = technical_coefficients([[-2, 0], [0, 4]], [0, 8])
        np.testing.assert_array_equal(a, [[0, 0], [0, 0.5]])

    def test_rows_of_value_added(self):
        np.testing.assert_allclose(technical_coefficients([[5, 3]], [10, 12]), [[0.5, 0.25]])

    def test_negative_output_is_named(self):
        with pytest.raises(NegativeOutput, match=r"sector 1 \(-12\)") as caught:
            technical_coefficients(np.ones((2, 2)), [10, -12])
        assert caught.value.sectors == [1]

    def test_intensity(self):
        np.testing.assert_allclose(emission_intensity([5, 7], [10, 0]), [0.5, 0])
        np.testing.assert_allclose(emission_intensity([[5, 7], [1, 2]], [10, 4])[1], [0.1, 0.5])
        with pytest.raises(NegativeOutput):
            emission_intensity([5, 7], [10, -1])


def test_any_layout_of_the_table_serves():
    """C order, Fortran order, and a window of a larger table give the same solutions."""
    rng = np.random.default_rng(9)
    a, y, f = rng.random((7, 7)) / 8, rng.random((7, 2)), rng.random((3, 7))
    window = np.pad(a, 2, constant_values=5.0)[2:-2, 2:-2]
    inverse = np.linalg.inv(np.eye(7) - a)
    for layout in (a, np.asfortranarray(a), window, a.tolist()):
        system = LeontiefSystem(layout)
        np.testing.assert_allclose(system.solve(y), inverse @ y, rtol=1e-13)
        np.testing.assert_allclose(system.solve_transposed(f), f @ inverse, rtol=1e-13)


def test_arguments_are_left_as_they_are():
    a, y, f = np.array([[0.1, 0.2], [0.3, 0.4]]), np.ones((2, 2)), np.ones((1, 2))
    system = LeontiefSystem(a)
    system.solve(np.asfortranarray(y))
    system.solve_transposed(f)
    np.testing.assert_array_equal(a, [[0.1, 0.2], [0.3, 0.4]])
    assert (y == 1).all()
    assert (f == 1).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: technical_coefficients([[1, 2]], [1]),
        lambda: technical_coefficients([[np.nan]], [1]),
        lambda: technical_coefficients([[1]], [np.inf]),
        lambda: emission_intensity([1, 2, 3], [1, 2]),
        lambda: emission_intensity(1.0, [1]),
        lambda: LeontiefSystem([[0.1, 0.2]]),
        lambda: LeontiefSystem([[np.nan]]),
        lambda: LeontiefSystem(np.zeros((0, 0))),
        lambda: output_for([[0.1]], [1, 2]),
        lambda: output_for([[0.1]], [np.nan]),
        lambda: output_for([[0.1]], 1.0),
        lambda: multipliers([[0.1]], [[1, 2]]),
        lambda: multipliers([[0.1]], [np.inf]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InvalidInput):
        call()

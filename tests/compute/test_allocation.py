import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from compute._checks import InvalidInput
from compute.allocation import CapExceeded, capped_ras
from compute.balance import gras


@st.composite
def capped_cases(draw):
    """Draw a prior, a table below caps with the same zeros, and the caps."""
    shape = draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    z = rng.lognormal(size=shape) * (rng.random(shape) < draw(st.floats(0.4, 1)))
    x = z * rng.lognormal(sigma=0.7, size=shape)
    caps = np.where(rng.random(shape) < 0.3, np.inf, x * (1.02 + rng.random(shape)))
    return z, x, caps


@settings(max_examples=80, deadline=None, derandomize=True)
@given(capped_cases())
def test_feasible_totals_are_met_below_the_caps(case):
    z, x, caps = case
    u, v = x.sum(axis=1), x.sum(axis=0)
    result = capped_ras(z, u, v, caps, tolerance=1e-8, max_rounds=20000)
    assert (result.table <= caps).all()
    assert (result.table >= 0).all()
    np.testing.assert_array_equal(result.table[z == 0], 0)
    np.testing.assert_allclose(result.table.sum(axis=0), v, rtol=1e-9)
    np.testing.assert_allclose(result.table.sum(axis=1), u, rtol=1e-5, atol=1e-12)
    np.testing.assert_allclose(result.row_deviation, result.table.sum(axis=1) - u, atol=1e-12)
    np.testing.assert_array_equal(result.capped, (result.table == caps) & (z > 0))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(capped_cases())
def test_the_result_is_the_closest_table(case):
    """Optimal (KKT): free cells are z r s, and capped ones would be above their cap."""
    z, x, caps = case
    result = capped_ras(z, x.sum(axis=1), x.sum(axis=0), caps, tolerance=1e-12, max_rounds=50000)
    cells = np.argwhere(z > 0)
    scale = np.log([result.table[i, j] / z[i, j] for i, j in cells])
    is_capped = np.array([result.capped[i, j] for i, j in cells], dtype=bool)
    m, n = z.shape
    design = np.zeros((len(cells), m + n))
    for k, (i, j) in enumerate(cells):
        design[k, i] = design[k, m + j] = 1
    # Factors a_i + b_j equal the log of the scale in free cells and are at least it in capped ones.
    slack = 1e-5
    bounds = [(None, None)] * (m + n)
    found = linprog(
        np.zeros(m + n),
        A_ub=np.vstack((design[~is_capped], -design)),
        b_ub=np.concatenate((scale[~is_capped], -scale)) + slack,
        bounds=bounds,
    )
    assert found.status == 0


@settings(max_examples=40, deadline=None, derandomize=True)
@given(capped_cases())
def test_without_caps_it_is_ras(case):
    z, x, _ = case
    u, v = x.sum(axis=1), x.sum(axis=0)
    result = capped_ras(z, u, v, np.full(z.shape, np.inf), tolerance=1e-12, max_rounds=50000)
    expected = gras(z, u, v, tolerance=1e-11, max_iterations=50000).table
    np.testing.assert_allclose(result.table, expected, rtol=1e-6)
    assert not result.capped.any()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(capped_cases())
def test_columns_alone_are_filled_in_proportion(case):
    z, x, caps = case
    result = capped_ras(z, None, x.sum(axis=0), caps)
    np.testing.assert_allclose(result.table.sum(axis=0), x.sum(axis=0), rtol=1e-12)
    assert (result.table <= caps).all()
    assert (result.row_deviation == 0).all()
    for j in range(z.shape[1]):
        used = z[:, j] > 0
        level = result.table[used, j] / z[used, j]
        free = ~result.capped[used, j]
        if free.any():
            np.testing.assert_allclose(level[free], level[free][0], rtol=1e-12)
            assert (level[~free] <= level[free][0] * (1 + 1e-12)).all()


def test_water_filling_by_hand():
    # 12 over weights 1:2:3 would be 2, 4, 6; the cap of 3 leaves 9 to 1:2, whose 6 exceeds 5.
    result = capped_ras([[1], [2], [3]], None, [12], [[np.inf], [5], [3]])
    np.testing.assert_allclose(result.table, [[4], [5], [3]])
    np.testing.assert_array_equal(result.capped, [[False], [True], [True]])


def test_a_capped_cell_is_free_again_when_less_is_needed():
    # The first row fill wants 3 of the 3.5 in cell (0, 0); in the end it holds less.
    z = [[3.0, 1.0], [1.0, 3.0]]
    caps = [[2.5, np.inf], [np.inf, np.inf]]
    result = capped_ras(z, [4, 4], [2, 6], caps)
    np.testing.assert_allclose(result.table, gras(z, [4, 4], [2, 6]).table, rtol=1e-5)
    assert not result.capped.any()


def test_a_column_filled_to_the_brim():
    caps = np.array([[0.1, 1.0], [0.2, 1.0]])
    result = capped_ras(np.ones((2, 2)), [0.5, 0.5], [0.1 + 0.2, 0.7], caps)
    np.testing.assert_allclose(result.table[:, 0], [0.1, 0.2])
    np.testing.assert_allclose(result.table.sum(axis=1), [0.5, 0.5], rtol=1e-8)


class TestRowsGiveWay:
    def test_when_their_caps_are_too_low(self):
        result = capped_ras(np.ones((2, 2)), [6, 2], [4, 4], [[2, 2], [9, 9]])
        np.testing.assert_allclose(result.table, [[2, 2], [2, 2]])
        np.testing.assert_allclose(result.row_deviation, [-2, 2])

    def test_when_the_zeros_do_not_allow_it(self):
        result = capped_ras([[1, 0], [1, 1]], [5, 1], [2, 4], np.full((2, 2), np.inf))
        np.testing.assert_allclose(result.table.sum(axis=0), [2, 4])
        np.testing.assert_allclose(result.table, [[2, 0], [0, 4]], atol=1e-6)
        np.testing.assert_allclose(result.row_deviation, [-3, 3], atol=1e-6)

    def test_when_the_sums_differ(self):
        result = capped_ras(np.ones((2, 2)), [1, 3], [4, 4], np.full((2, 2), np.inf))
        np.testing.assert_allclose(result.table, [[1, 1], [3, 3]])
        np.testing.assert_allclose(result.row_deviation, [1, 3])

    def test_when_a_row_without_a_total_is_needed(self):
        # Column 1 has no other row; column 0 has, so nothing is left there.
        result = capped_ras([[1, 0], [1, 1]], [3, 0], [3, 2], np.full((2, 2), np.inf))
        np.testing.assert_array_equal(result.table, [[3, 0], [0, 2]])
        np.testing.assert_allclose(result.row_deviation, [0, 2])

    def test_when_nothing_is_asked(self):
        result = capped_ras(np.ones((2, 2)), [0, 0], [0, 0], np.ones((2, 2)))
        np.testing.assert_array_equal(result.table, np.zeros((2, 2)))


class TestRefused:
    def test_column_above_its_caps(self):
        with pytest.raises(CapExceeded, match="column 1 has total 5 and room for 3") as caught:
            capped_ras(np.ones((2, 2)), None, [1, 5], [[1, 1], [1, 2]])
        assert caught.value.columns == [1]

    def test_caps_of_zero_cells_are_no_room(self):
        with pytest.raises(CapExceeded, match="column 0 has total 2 and room for 1"):
            capped_ras([[1], [0]], [1, 1], [2], [[1], [10]])

    @pytest.mark.parametrize(
        ("prior", "rows", "columns", "upper"),
        [
            ([[-1.0]], [1], [1], [[1]]),
            ([[1.0]], [-1], [1], [[1]]),
            ([[1.0]], [1], [-1], [[1]]),
            ([[1.0]], [1], [1], [[-1]]),
            ([[1.0]], [1], [1], [[np.nan]]),
            ([[np.nan]], [1], [1], [[1]]),
            ([[1.0]], [1], [np.inf], [[np.inf]]),
            ([[1.0]], [1], [1], [[1, 1]]),
            ([[1.0]], [1, 1], [1], [[1]]),
        ],
    )
    def test_bad_input(self, prior, rows, columns, upper):
        with pytest.raises(InvalidInput):
            capped_ras(prior, rows, columns, upper)

    def test_bad_options(self):
        with pytest.raises(InvalidInput):
            capped_ras([[1.0]], [1], [1], [[1]], max_rounds=0)

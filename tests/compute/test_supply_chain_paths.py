"""The largest paths are exactly the largest: against brute force, and against what was left out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute import _top_paths
from compute.leontief import LeontiefSystem, UnproductiveEconomy
from compute.supply_chain import TooManyPaths, top_paths
from tests.compute.oracles import all_paths, path_worth

Floats = NDArray[np.float64]
Table = tuple[Floats, Floats, Floats]

A = np.array([[0.1, 0.3, 0.0], [0.2, 0.0, 0.4], [0.0, 0.25, 0.1]])
Y = np.array([10.0, 0.0, 4.0])
F = np.array([0.5, 2.0, 0.0])


@st.composite
def tables(draw: st.DrawFn, signed: bool = False) -> Table:
    """Small productive tables, many cells empty, with more ties than nature has."""
    n = draw(st.integers(1, 4))
    seed = draw(st.integers(0, 2**32 - 1))
    coarse = draw(st.booleans())
    rng = np.random.default_rng(seed)
    coefficients, demand, intensity = rng.random((n, n)), rng.random(n), rng.random(n)
    if coarse:
        coefficients, demand, intensity = (
            np.round(values * 4) / 4 for values in (coefficients, demand, intensity)
        )
    coefficients = coefficients * (rng.random((n, n)) < draw(st.sampled_from([0.3, 0.6, 1.0])))
    demand = demand * (rng.random(n) < 0.7)
    intensity = intensity * (rng.random(n) < 0.7)
    if signed:
        demand = demand * rng.choice([-1, 1], n)
    return coefficients / n * draw(st.sampled_from([0.5, 0.9])), demand, intensity


def as_list(paths: pl.DataFrame) -> list[tuple[tuple[int, ...], float]]:
    """Paths and contributions as Python values."""
    return [(tuple(path), worth) for path, worth in paths.select("path", "contribution").rows()]


def assert_same(paths: pl.DataFrame, expected: list[tuple[tuple[int, ...], float]]) -> None:
    """Same paths in the same order, same contributions to the last bit or two."""
    found = as_list(paths)
    assert [path for path, _ in found] == [path for path, _ in expected]
    np.testing.assert_allclose(
        [worth for _, worth in found], [worth for _, worth in expected], rtol=1e-14
    )


@settings(deadline=None)  # the first call compiles
@given(tables(), st.integers(0, 4), st.integers(1, 40))
def test_the_count_largest_are_those_of_brute_force(
    table: Table, max_length: int, count: int
) -> None:
    expected = all_paths(*table, max_length)[:count]
    assert_same(top_paths(*table, count=count, max_length=max_length), expected)


@settings(deadline=None)  # the first call compiles
@given(tables(), st.integers(0, 4), st.integers(0, 60))
def test_a_threshold_is_inclusive_and_complete(table: Table, max_length: int, rank: int) -> None:
    everything = all_paths(*table, max_length)
    threshold = everything[min(rank, len(everything) - 1)][1] if everything else 0.0
    expected = [entry for entry in everything if entry[1] >= threshold]
    assert_same(top_paths(*table, threshold=threshold, max_length=max_length), expected)


@settings(deadline=None)  # the first call compiles
@given(tables(), st.integers(1, 30), st.floats(1e-6, 1e-1))
def test_with_both_count_and_threshold_both_hold(
    table: Table, count: int, threshold: float
) -> None:
    expected = [entry for entry in all_paths(*table, 3) if entry[1] >= threshold][:count]
    assert_same(top_paths(*table, count=count, threshold=threshold, max_length=3), expected)


@settings(deadline=None)  # the first call compiles
@given(tables(signed=True), st.integers(1, 20))
def test_negative_demand_is_run_apart_and_marked(table: Table, count: int) -> None:
    coefficients, demand, intensity = table
    paths = top_paths(coefficients, demand, intensity, count=count, max_length=3)
    for sign in (1, -1):
        signed = np.maximum(sign * demand, 0)
        expected = all_paths(coefficients, signed, intensity, 3)[:count]
        found = paths.filter(pl.col("demand_sign") == sign)
        assert_same(found.with_columns(pl.col("contribution") * sign), expected)
        assert (found["contribution"] * sign > 0).all()
    assert paths["demand_sign"].is_sorted(descending=True)


@settings(deadline=None, max_examples=50)  # the first call compiles
@given(tables(), st.integers(1, 8))
def test_every_group_of_roots_every_pair_every_stressor_has_its_own_list(
    table: Table, count: int
) -> None:
    coefficients, demand, intensity = table
    n = len(demand)
    root_group = np.array(["west", "east", "west", "east"])[:n]
    emitter_group = np.array([7, 7, 3, 5])[:n]
    stressors = np.stack([intensity, np.arange(n) * 0.5])
    paths = top_paths(
        coefficients,
        demand,
        stressors,
        count=count,
        max_length=3,
        root_group=root_group,
        emitter_group=emitter_group,
    )
    lists = 0
    for stressor, one in enumerate(stressors):
        for root in ("east", "west"):
            for emitter in (3, 5, 7):
                expected = all_paths(
                    coefficients, demand * (root_group == root), one * (emitter_group == emitter), 3
                )[:count]
                found = paths.filter(
                    pl.col("stressor") == stressor,
                    pl.col("root_group") == root,
                    pl.col("emitter_group") == emitter,
                )
                assert_same(found, expected)
                lists += len(expected)
    assert len(paths) == lists
    keys = ["stressor", "root_group", "emitter_group"]
    assert paths.select(keys).equals(paths.select(keys).sort(keys))


def a_larger_table(n: int = 60) -> Table:
    """Too large for brute force: n sectors, 60 % of the cells, column sums of 0.2 to 0.9."""
    rng = np.random.default_rng(20)
    coefficients = rng.random((n, n)) ** 6 * (rng.random((n, n)) < 0.6)
    coefficients *= rng.uniform(0.2, 0.9, n) / coefficients.sum(axis=0)
    return coefficients, rng.random(n) ** 3, rng.random(n) ** 3


def test_no_path_outside_the_list_is_larger() -> None:
    coefficients, demand, intensity = a_larger_table()
    paths = top_paths(coefficients, demand, intensity, count=500)
    listed = {path for path, _ in as_list(paths)}
    least = paths["contribution"].min()
    rng = np.random.default_rng(3)
    looked_at = 0
    # Random walks that prefer large coefficients find large paths if any were left out.
    chances = coefficients / coefficients.sum(axis=0)
    for _ in range(3000):
        path = (int(rng.choice(len(demand), p=demand / demand.sum())),)
        for _ in range(5):
            if path not in listed:
                assert path_worth(path, coefficients, demand, intensity) <= least
                looked_at += 1
            path = (*path, int(rng.choice(len(demand), p=chances[:, path[-1]])))
    assert looked_at > 1000


def test_paths_are_worth_what_they_say_and_add_up_to_no_more_than_the_total() -> None:
    coefficients, demand, intensity = a_larger_table()
    total = intensity @ np.linalg.solve(np.eye(len(demand)) - coefficients, demand)
    paths = top_paths(coefficients, demand, intensity, threshold=1e-6 * total)
    for path, worth in as_list(paths.sample(200, seed=1)):
        assert worth == pytest.approx(path_worth(path, coefficients, demand, intensity), rel=1e-14)
    assert paths["path"].n_unique() == len(paths)
    assert 0.9 * total < paths["contribution"].sum() < total
    assert paths["contribution"].is_sorted(descending=True)


def test_a_count_and_its_last_contribution_as_threshold_give_the_same_list() -> None:
    table = a_larger_table()
    by_count = top_paths(*table, count=5000)
    last = by_count["contribution"].min()
    assert isinstance(last, float)
    assert by_count.equals(top_paths(*table, threshold=last))


def test_memory_order_does_not_matter() -> None:
    coefficients, demand, intensity = a_larger_table()
    expected = top_paths(coefficients, demand, intensity, count=300)
    padded = np.zeros((60, 120))
    padded[:, ::2] = coefficients
    for same in (np.asfortranarray(coefficients), padded[:, ::2]):
        found = top_paths(same, demand, intensity, count=300)
        assert found["path"].to_list() == expected["path"].to_list()


def test_length_zero_is_the_emitter_that_makes_the_final_product() -> None:
    assert as_list(top_paths(A, Y, F, count=9, max_length=0)) == [((0,), 5.0)]


def test_roots_leave_out_the_other_final_products() -> None:
    only = top_paths(A, Y, F, count=50, max_length=3, roots=[2])
    assert_same(only, all_paths(A, np.array([0, 0, 4.0]), F, 3)[:50])
    assert {path[0] for path, _ in as_list(only)} == {2}


def test_ties_beyond_the_count_are_cut_in_the_order_of_their_indices() -> None:
    n = 40
    even = np.full((n, n), 0.5 / n)
    paths = top_paths(even, np.ones(n), np.ones(n), count=n + 3, max_length=2)
    assert as_list(paths) == [
        *(((i,), 1.0) for i in range(n)),
        *(((0, i), 0.5 / n) for i in range(3)),
    ]


def test_fewer_paths_than_the_count_are_all_there_are() -> None:
    chain = np.diag([0.5, 0.5], k=1)
    paths = top_paths(chain, np.array([0.0, 0.0, 8.0]), np.array([1.0, 0.0, 0.0]), count=1000)
    assert as_list(paths) == [((2, 1, 0), 2.0)]


@pytest.mark.parametrize("scale", [2.0**-960, 2.0**830])  # powers of two do not round
def test_the_scale_of_the_figures_does_not_matter(scale: float) -> None:
    table = a_larger_table(12)
    expected = top_paths(*table, count=2000)
    found = top_paths(table[0], table[1] * scale, table[2], count=2000)
    assert found["path"].to_list() == expected["path"].to_list()


def test_nothing_demanded_or_emitted_gives_an_empty_table_of_the_same_columns() -> None:
    full = top_paths(A, Y, F, count=1)
    for demand, intensity in [(0 * Y, F), (Y, 0 * F)]:
        empty = top_paths(A, demand, intensity, count=1)
        assert empty.is_empty()
        assert empty.schema == full.schema


def test_columns_tell_the_lists_apart() -> None:
    assert top_paths(A, Y, F, count=1).columns == ["demand_sign", "path", "contribution"]
    everything = top_paths(A, Y, F[None], count=1, root_group=list("aab"), emitter_group=[1, 1, 2])
    assert everything.schema == pl.Schema(
        {
            "stressor": pl.Int32,
            "demand_sign": pl.Int8,
            "root_group": pl.String,
            "emitter_group": pl.Int64,
            "path": pl.List(pl.Int32),
            "contribution": pl.Float64,
        }
    )


def test_too_many_paths_are_refused_with_a_threshold_that_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_top_paths, "MAX_PATHS", 1000)
    table = a_larger_table()
    with pytest.raises(TooManyPaths, match=r"at least [\d,]+ such paths") as refused:
        top_paths(*table, threshold=1e-12)
    assert 1000 < refused.value.at_least < 1100
    assert len(top_paths(*table, threshold=refused.value.threshold)) <= 1000
    with pytest.raises(TooManyPaths):
        top_paths(*table, count=1001)
    with pytest.raises(TooManyPaths):  # the limit is on all lists together
        top_paths(table[0], table[1], np.stack([table[2]] * 3), count=400)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"count": 0}, "count must be a whole number, 1 or more, it is 0"),
        ({"count": 2.5}, "count must be a whole number"),
        ({"count": None}, "say which paths"),
        ({"count": None, "threshold": -1.0}, "threshold must be finite and not negative"),
        ({"count": None, "threshold": np.nan}, "threshold must be finite and not negative"),
        ({"max_length": -1}, "max_length must be a whole number, 0 or more"),
        ({"coefficients": A[:2]}, r"coefficients must be square, its shape is \(2, 3\)"),
        ({"demand": Y[:2]}, r"demand must be a vector of 3, its shape is \(2,\)"),
        (
            {"intensity": np.ones((2, 4))},
            r"intensity must have shape \(3,\) or \(k, 3\), its shape is \(2, 4\)",
        ),
        ({"demand": np.array([1, np.nan, 1])}, r"demand has 1 entries .* first at \(1,\): nan"),
        ({"intensity": np.array([1, 1, np.inf])}, r"intensity .* first at \(2,\): inf"),
        ({"intensity": np.array([1, -1, 0])}, r"intensity has 1 negative .* \(1,\): -1.0"),
        ({"coefficients": A - 0.1}, r"coefficients has 3 negative .* \(0, 2\): -0.1"),
        (
            {"coefficients": np.where(A == 0.4, np.nan, A)},
            r"coefficients .* first at \(1, 2\): nan",
        ),
        (
            {"coefficients": np.where(A == 0.4, np.inf, A)},
            r"coefficients .* first at \(1, 2\): inf",
        ),
        ({"roots": [3]}, "roots must be from 0 to 2, they are from 3 to 3"),
        ({"roots": [True, False, True]}, "roots must be a list of indices"),
        ({"root_group": ["a", "b"]}, r"root_group must have shape \(3,\)"),
    ],
)
def test_bad_arguments_are_named(change: dict[str, object], says: str) -> None:
    arguments: dict[str, object] = {"coefficients": A, "demand": Y, "intensity": F, "count": 5}
    with pytest.raises(ValueError, match=says):
        top_paths(**(arguments | change))  # type: ignore[arg-type]


def test_an_unproductive_economy_is_refused() -> None:
    with pytest.raises(UnproductiveEconomy):
        top_paths(np.array([[0.5, 0.6], [0.6, 0.5]]), np.ones(2), np.ones(2), count=1)


def test_a_productive_economy_with_a_column_sum_above_one_is_allowed() -> None:
    table = np.array([[0.2, 1.1], [0.1, 0.1]])
    assert_same(
        top_paths(table, np.ones(2), np.ones(2), count=10, max_length=4),
        all_paths(table, np.ones(2), np.ones(2), 4)[:10],
    )


def test_a_leontief_system_serves_as_coefficients() -> None:
    coefficients, demand, intensity = a_larger_table()
    found = top_paths(LeontiefSystem(coefficients), demand, intensity, count=50)
    assert found.equals(top_paths(coefficients, demand, intensity, count=50))

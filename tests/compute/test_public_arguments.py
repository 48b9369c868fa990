"""Odd arguments to every public function of the input-output room: our own errors, or the right answer.

The table CALLS names each public function once with sound arguments. A test holds that none is missing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute import (
    allocation,
    balance,
    decomposition,
    exposure,
    footprint,
    frames,
    gravity,
    health,
    leontief,
    supply_chain,
)
from compute._checks import InvalidInput
from compute.footprint import Provinces
from compute.uncertainty import draws, statistics

pd = pytest.importorskip("pandas")
sparse = pytest.importorskip("scipy.sparse")

N = 4  # two provinces or regions of two sectors
TABLE = np.array(
    [[0.1, 0.2, 0.0, 0.1], [0.1, 0.1, 0.1, 0.0], [0.0, 0.1, 0.2, 0.1], [0.1, 0.0, 0.1, 0.1]]
)
DEMAND = np.array([10.0, 20.0, 30.0, 40.0])
PEOPLE = np.array([1.0, 2.0, 3.0, 4.0])
MARGINS = {"outflow": np.array([1.0, 2.0, 3.0]), "inflow": np.array([2.0, 2.0, 2.0])}
DISTANCE = np.array([[0.0, 1, 2], [1, 0, 3], [2, 3, 0]])
ONE = Provinces(1, 2)
YEAR = {
    "emission": PEOPLE[None],
    "flows": TABLE,
    "output": DEMAND,
    "exports": PEOPLE[:, None, None],
}
CALLS: Mapping[Callable[..., Any], tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    leontief.technical_coefficients: ({"flows": TABLE, "output": DEMAND}, {}),
    leontief.emission_intensity: ({"emission": PEOPLE, "output": DEMAND}, {}),
    leontief.output_for: ({"coefficients": TABLE, "demand": DEMAND}, {}),
    leontief.multipliers: ({"coefficients": TABLE, "intensity": PEOPLE}, {}),
    leontief.spectral_radius: ({"coefficients": TABLE}, {}),
    leontief.checked_output: ({"output": DEMAND}, {"length": N}),
    balance.gras: (
        {"prior": TABLE + 1, "row_totals": DEMAND, "column_totals": DEMAND[::-1].copy()},
        {},
    ),
    balance.structural_change: ({"prior": TABLE, "table": TABLE + 1}, {}),
    allocation.capped_ras: (
        {
            "prior": TABLE + 1,
            "row_totals": DEMAND,
            "column_totals": DEMAND[::-1].copy(),
            "upper": TABLE + 99,
        },
        {},
    ),
    gravity.gravity_flows: ({**MARGINS, "distance_km": DISTANCE}, {}),
    gravity.infeasible_cross_haul: (MARGINS, {}),
    footprint.export_account: (
        {"coefficients": TABLE, "final_demand": np.stack([DEMAND, PEOPLE], axis=1)},
        {"provinces": ONE},
    ),
    footprint.embodied_exports: (
        {"coefficients": TABLE, "final_demand": np.stack([DEMAND, PEOPLE], axis=1)},
        {"provinces": ONE},
    ),
    footprint.consumed_products: (
        {"coefficients": TABLE, "final_demand": np.stack([DEMAND, PEOPLE], axis=1)},
        {"provinces": ONE},
    ),
    footprint.exporter_sum_difference: (
        {"embodied": np.ones((4, 2, 2)), "driven": np.ones((4, 2))},
        {},
    ),
    footprint.consumed_product_difference: (
        {"consumed": np.ones((4, 3, 2)), "driven": np.ones((4, 2))},
        {},
    ),
    footprint.inventory_difference: (
        {"intensity": PEOPLE[None], "output": DEMAND, "inventory": (PEOPLE * DEMAND)[None]},
        {},
    ),
    footprint.relative_difference: ({"left": TABLE, "right": TABLE + 1}, {}),
    footprint.single_region_export_share: (
        {"flows": TABLE, "demand": DEMAND, "exports": PEOPLE, "imports": PEOPLE / 10},
        {},
    ),
    supply_chain.production_layers: (
        {"coefficients": TABLE, "demand": DEMAND, "intensity": PEOPLE},
        {},
    ),
    supply_chain.layer_flows: ({"coefficients": TABLE, "demand": DEMAND, "intensity": PEOPLE}, {}),
    supply_chain.chain_flows: (
        {"coefficients": TABLE, "demand": DEMAND, "intensity": PEOPLE},
        {"groups": ["a", "a", "b", "b"]},
    ),
    supply_chain.top_paths: (
        {"coefficients": TABLE, "demand": DEMAND, "intensity": PEOPLE},
        {"count": 3, "max_length": 3},
    ),
    exposure.population_weighted_mean: ({"concentration_ug_m3": DEMAND, "people": PEOPLE}, {}),
    exposure.receptor_weights: ({"people": PEOPLE[None]}, {}),
    exposure.exposure_curve: (
        {"concentration_ug_m3": DEMAND, "people": PEOPLE, "thresholds": np.array([5.0, 15.0])},
        {},
    ),
    exposure.people_above_because: (
        {"with_source": DEMAND, "without_source": PEOPLE, "people": PEOPLE},
        {"threshold_ug_m3": 15.0},
    ),
    statistics.quantiles: ({"draws": TABLE}, {}),
    statistics.variance_shares: ({"alone": TABLE, "together": DEMAND}, {}),
    decomposition.export_year: (YEAR, {"provinces": Provinces(2, 2)}),
    decomposition.in_base_prices: (
        {"price_index": PEOPLE},
        {"year": decomposition.export_year(**YEAR, provinces=Provinces(2, 2))},
    ),
    draws.checked_coefficients: ({"values": PEOPLE / 10}, {"name": "x", "labels": list("abcd")}),
}
OF_AN_ACCOUNT = {
    "exporter_blocks",
    "consumed_product_blocks",
    "embodied_chains",
    "structural_decomposition",
}  # take what export_account or export_year has checked
OF_NUMBERS = {"generator", "log_deviation"}  # take a seed, or what checked_coefficients has checked
ARGUMENTS = [(function, name) for function, (arrays, _) in CALLS.items() for name in arrays]


def called(function: Callable[..., Any], **changed: Any) -> Any:
    arrays, others = CALLS[function]
    return function(**{**arrays, **others, **changed})


def numbers(result: Any) -> Any:
    """A result as arrays that can be compared."""
    if hasattr(result, "__dataclass_fields__"):
        return [numbers(getattr(result, name)) for name in result.__dataclass_fields__]
    return result.to_dicts() if hasattr(result, "to_dicts") else result


def same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, float) or (isinstance(one, np.ndarray) and one.dtype.kind in "fiub"):
        return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12))
    return True if hasattr(one, "axis_labels") else bool(np.all(one == other))


@pytest.mark.parametrize(
    "module",
    [
        leontief,
        balance,
        allocation,
        decomposition,
        gravity,
        footprint,
        supply_chain,
        exposure,
        statistics,
        draws,
    ],
)
def test_every_public_function_is_in_the_table(module: ModuleType) -> None:
    own = {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ in (module.__name__, "compute._top_paths")
    }
    assert own - OF_AN_ACCOUNT - OF_NUMBERS <= {function.__name__ for function in CALLS}


ODD: Mapping[str, Callable[[np.ndarray], Any]] = {
    "text": lambda _: "ten",
    "texts": lambda a: a.astype(str),
    "none": lambda a: np.full(a.shape, None),
    "dates": lambda a: np.zeros(a.shape, "datetime64[s]"),
    "complex": lambda a: a + 1j,
    "ragged": lambda _: [[1.0], [2.0, 3.0]],
    "nan": lambda a: (
        np.where(np.arange(a.size).reshape(a.shape) == 1, np.nan, a) if a.size > 1 else a * np.nan
    ),
    "masked": lambda a: np.ma.masked_equal(a, a.ravel()[0]),
    "sparse": lambda a: sparse.csr_array(np.atleast_2d(a.reshape(len(a), -1))),
    "empty": lambda _: np.array([]),
    "no dimension": lambda _: 5.0,
    "a mapping": lambda _: {"a": 1.0},
    "a dimension more": lambda a: a[..., None, None, None],
    "a row too few": lambda a: a[:-1],
}


HARMLESS = {
    (leontief.technical_coefficients, "flows", "a row too few"),  # rows of value added, too
    (exposure.exposure_curve, "thresholds", "a row too few"),
    (statistics.variance_shares, "alone", "a row too few"),
    (draws.checked_coefficients, "values", "a dimension more"),
    (draws.checked_coefficients, "values", "empty"),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize(
    ("function", "name"), ARGUMENTS, ids=lambda one: getattr(one, "__name__", one)
)
def test_odd_arguments_give_our_own_errors(
    function: Callable[..., Any], name: str, kind: str
) -> None:
    sound = CALLS[function][0][name]
    if (function, name, kind) in HARMLESS or (
        kind == "a row too few" and len(CALLS[function][0]) == 1
    ):
        pytest.skip("any length or shape will do")
    with pytest.raises(InvalidInput):
        called(function, **{name: ODD[kind](sound)})


SOUND: Mapping[str, Callable[[np.ndarray], Any]] = {
    "lists": lambda a: a.tolist(),
    "Fortran order": np.asfortranarray,
    "strided": lambda a: np.repeat(a, 2, axis=0)[::2],
    "unmasked": lambda a: np.ma.masked_array(a, mask=False),
    "objects": lambda a: a.astype(object),
    "long doubles": lambda a: a.astype(np.longdouble),
    "big endian": lambda a: a.astype(">f8"),
}


def _read_only(array: np.ndarray) -> np.ndarray:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


@pytest.mark.parametrize("kind", [*SOUND, "read-only"])
@pytest.mark.parametrize(
    ("function", "name"), ARGUMENTS, ids=lambda one: getattr(one, "__name__", one)
)
def test_other_forms_of_the_same_numbers_give_the_same(
    function: Callable[..., Any], name: str, kind: str
) -> None:
    change = SOUND.get(kind, _read_only)
    kept = CALLS[function][0][name].copy()
    result = called(function, **{name: change(CALLS[function][0][name])})
    assert same(numbers(result), numbers(called(function)))
    np.testing.assert_array_equal(CALLS[function][0][name], kept)


PAIRS = [(function, arrays) for function, (arrays, _) in CALLS.items() if len(arrays) > 1]
LABELLED = {1: pd.Series, 2: pd.DataFrame}


def labelled(values: np.ndarray, labels: list[str]) -> Any:
    if values.ndim == 1 and len(values) == len(labels):
        return pd.Series(values, index=labels)
    if values.shape == (len(labels), len(labels)):
        return pd.DataFrame(values, index=labels, columns=labels)
    return values


@settings(max_examples=20, deadline=None)
@given(st.permutations(list("abcd")))
def test_labels_agree_or_are_refused(order: list[str]) -> None:
    for function, arrays in PAIRS:
        in_order = {
            name: labelled(one, list("abcd"))
            for name, one in arrays.items()
            if one.shape in ((4,), (4, 4))
        }
        if len(in_order) < 2 or function is footprint.relative_difference:
            continue
        assert same(numbers(called(function, **in_order)), numbers(called(function)))
        last = list(in_order)[-1]
        if order != list("abcd"):
            with pytest.raises(InvalidInput, match="labels"):
                called(function, **{**in_order, last: labelled(arrays[last], order)})


def test_a_table_whose_rows_and_columns_are_in_two_orders_is_refused() -> None:
    turned = pd.DataFrame(TABLE, index=list("abcd"), columns=list("dcba"))
    for function in (
        leontief.spectral_radius,
        leontief.LeontiefSystem,
        lambda z: leontief.technical_coefficients(z, DEMAND),
    ):
        with pytest.raises(InvalidInput, match="disagree"):
            function(turned)
    value_added = pd.DataFrame(
        TABLE, index=list("wxyz"), columns=list("abcd")
    )  # other rows: no table of sectors
    leontief.technical_coefficients(value_added, DEMAND)


def test_labels_of_a_system_hold_for_what_it_solves() -> None:
    system = leontief.LeontiefSystem(pd.DataFrame(TABLE, index=list("abcd"), columns=list("abcd")))
    with pytest.raises(InvalidInput, match="at place 0: 'a' and 'd'"):
        system.solve(pd.Series(DEMAND, index=list("dcba")))
    assert system.solve(pd.Series(DEMAND)).shape == (N,)  # no labels of its own


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-5, 5, allow_nan=False), min_size=3, max_size=3),
    st.lists(st.floats(-5, 5, allow_nan=False), min_size=3, max_size=3),
)
def test_negative_margins_name_the_province(outflow: list[float], inflow: list[float]) -> None:
    inflow[2] = sum(outflow) - inflow[0] - inflow[1]
    negative = [place for place, one in enumerate(outflow) if one < 0]
    if negative:
        with pytest.raises(
            InvalidInput, match=f"outflow must not be negative.*in province {negative[0]}"
        ):
            gravity.gravity_flows(outflow, inflow, DISTANCE)
    elif min(inflow) < 0:
        with pytest.raises(InvalidInput, match="inflow must not be negative"):
            gravity.gravity_flows(outflow, inflow, DISTANCE)


def test_a_sorted_series_beside_one_that_is_not_is_refused() -> None:
    """A default index says nothing of its own, but the same numbers in another order do."""
    emission = pd.Series([3.0, 1.0, 2.0]).sort_values()
    with pytest.raises(InvalidInput, match="disagree, at place 0"):
        leontief.emission_intensity(emission, pd.Series([10.0, 20.0, 30.0]))
    plain = leontief.emission_intensity(emission, np.array([10.0, 20.0, 30.0]))
    np.testing.assert_allclose(plain, [0.1, 0.1, 0.1])


def test_an_output_too_small_to_divide_by_is_refused() -> None:
    with pytest.raises(InvalidInput, match="output of sector 0 is 4"):
        leontief.emission_intensity([1.0, 1.0], [5e-324, 1.0])


@pytest.mark.parametrize(
    "odd",
    [
        "ten",
        np.ma.masked_equal([1.0, 2.0], 2.0),
        sparse.csr_array([[1.0, 0.0]]),
        [None, 1.0],
        [1j, 2.0],
    ],
)
def test_odd_arguments_of_health_give_its_own_error(odd: Any) -> None:
    calls = (
        lambda: health.concentrations(odd),
        lambda: health.proportional(odd, [1.0, 1.0], [2.0, 2.0]),
        lambda: health.attributable_deaths([1.0, 1.0], [1.0, 1.0], odd),
        lambda: health.tabulated(odd, [1.0, 2.0], "all"),
    )
    for call in calls:
        with pytest.raises(health.HealthError):
            call()


def test_labels_of_cells_agree_in_health() -> None:
    deaths, turned = (
        pd.Series([1.0, 2.0], index=list("ab")),
        pd.Series([1.0, 1.0], index=list("ba")),
    )
    with pytest.raises(health.HealthError, match="disagree"):
        health.proportional(deaths, turned, [2.0, 2.0])
    with pytest.raises(health.HealthError, match="disagree"):
        health.attributable_deaths(deaths, turned, [1.5, 1.5])
    by_flow = pd.DataFrame([[1.0, 1.0]], columns=list("ab"))
    np.testing.assert_allclose(health.proportional(deaths, by_flow, [2.0, 2.0]), [[0.5, 1.0]])


@pytest.mark.parametrize("value", [[None, 1.0], [float("nan"), 1.0], ["1", "2"]])
def test_missing_amounts_are_not_summed(value: list[Any]) -> None:
    frame = pl.DataFrame({"code": ["x", "y"], "v": value})
    axis = frames.Axis(pl.DataFrame({"code": ["x", "y"]}))
    with pytest.raises(InvalidInput, match="column v"):
        frames.to_vector(frame, axis, ["code"], "v")
    with pytest.raises(InvalidInput, match="column v"):
        frames.to_matrix(frame, axis, ["code"], axis, ["code"], "v")

"""Layers sum to the footprint, flows between layers conserve, and both match what was published."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute.leontief import LeontiefSystem, UnproductiveEconomy
from compute.supply_chain import chain_flows, layer_flows, production_layers
from tests.compute.oracles import flow_between_layers

Floats = NDArray[np.float64]
CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"


def a_table(seed: int, n: int = 12) -> tuple[Floats, Floats, Floats]:
    """A productive table, a demand with negative inventories, and an intensity."""
    rng = np.random.default_rng(seed)
    coefficients = rng.random((n, n)) * (rng.random((n, n)) < 0.6) * 1.4 / n
    return coefficients, rng.normal(1, 1, n), rng.random(n) * (rng.random(n) < 0.7)


def published(name: str) -> dict[str, Any]:
    """A published case, or skip."""
    file = CASES / name
    if not file.exists():
        pytest.skip(f"needs the published case {name} in ../shared/cases")
    case: dict[str, Any] = json.loads(file.read_text())
    return case


def test_layers_of_miller_and_blair() -> None:
    case = published("01_miller_blair_2x2.json")
    coefficients = np.array(case["expected"]["A"])
    demand = np.array(case["inputs"]["new_f"], float)
    output = production_layers(coefficients, demand, np.ones(2))
    np.testing.assert_allclose(output.contributions, case["production_layers"], rtol=1e-12)
    np.testing.assert_allclose(output.total, case["expected"]["x_new"], rtol=case["rtol"])
    labour = production_layers(coefficients, demand, case["inputs"]["labour_coef"])
    np.testing.assert_allclose(labour.total, case["expected"]["labour_new"], rtol=case["rtol"])


def test_layers_of_kitzes() -> None:
    case = published("05_kitzes_2013.json")
    inputs, expected = case["inputs"], case["expected"]
    output = np.array(inputs["x"], float)
    layers = production_layers(
        np.array(inputs["Z"]) / output, inputs["y"], np.array(inputs["q"]) / output, layers=11
    )
    np.testing.assert_allclose(
        layers.contributions.sum(axis=0), expected["series_11_layers_production"], atol=1e-6
    )
    np.testing.assert_allclose(layers.total, expected["production_based"], rtol=1e-12)
    by_product = production_layers(
        np.array(inputs["Z"]) / output,
        np.diag(np.array(inputs["y"], float)),
        np.array(inputs["q"]) / output,
        layers=11,
    )
    np.testing.assert_allclose(
        by_product.contributions.sum(axis=(0, 1)),
        expected["series_11_layers_consumption"],
        atol=1e-6,
    )


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_layers_and_remainder_sum_to_the_leontief_total(seed: int, layers: int) -> None:
    coefficients, demand, intensity = a_table(seed)
    found = production_layers(coefficients, demand, intensity, layers=layers)
    total = intensity * np.linalg.solve(np.eye(len(demand)) - coefficients, demand)
    assert found.contributions.shape == (layers, len(demand))
    np.testing.assert_allclose(found.total, total, rtol=1e-9, atol=1e-12 * abs(total).sum())
    for layer in range(layers):
        expected = intensity * (np.linalg.matrix_power(coefficients, layer) @ demand)
        np.testing.assert_allclose(found.contributions[layer], expected, rtol=1e-12, atol=1e-15)


def test_layers_of_several_demands_are_those_of_each() -> None:
    coefficients, demand, intensity = a_table(1)
    exporter = np.arange(12) // 4
    demands = demand[:, None] * (exporter[:, None] == np.arange(3))
    together = production_layers(coefficients, demands, intensity)
    assert together.contributions.shape == (4, 12, 3)
    for k in range(3):
        alone = production_layers(coefficients, demands[:, k], intensity)
        np.testing.assert_allclose(together.contributions[..., k], alone.contributions, rtol=1e-13)
        np.testing.assert_allclose(together.remainder[:, k], alone.remainder, rtol=1e-10)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_flows_between_layers_conserve(seed: int) -> None:
    coefficients, demand, intensity = a_table(seed)
    groups = np.random.default_rng(seed).integers(0, 4, 12)
    for by in (None, groups):
        found = layer_flows(coefficients, demand, intensity, layers=5, groups=by)
        assert found.conservation.shape == (5,)
        assert found.conservation.max() < 1e-12


def test_the_conservation_check_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    coefficients, demand, intensity = a_table(2)
    other = LeontiefSystem(coefficients * 0.9)  # multipliers of another variant
    system = LeontiefSystem(coefficients)
    monkeypatch.setattr(system, "solve_transposed", other.solve_transposed)
    assert layer_flows(system, demand, intensity).conservation.min() > 1e-3


def test_flows_entry_by_entry() -> None:
    coefficients, demand, intensity = a_table(3, n=6)
    found = layer_flows(coefficients, demand, intensity, layers=3)
    assert found.groups.tolist() == list(range(6))
    for layer in range(3):
        expected = flow_between_layers(coefficients, demand, intensity, layer)
        np.testing.assert_allclose(found.flows[layer], expected, rtol=1e-10, atol=1e-14)


def test_flows_by_group_are_sums_of_flows_by_sector() -> None:
    coefficients, demand, intensity = a_table(4)
    groups = np.array(["CN-SX", "CN-GD", "CN-HE"])[np.arange(12) % 3]
    fine = layer_flows(coefficients, demand, intensity)
    coarse = layer_flows(coefficients, demand, intensity, groups=groups)
    assert coarse.groups.tolist() == ["CN-GD", "CN-HE", "CN-SX"]
    for a, supplier in enumerate(coarse.groups):
        for b, buyer in enumerate(coarse.groups):
            expected = fine.flows[:, groups == supplier][:, :, groups == buyer].sum(axis=(1, 2))
            np.testing.assert_allclose(coarse.flows[:, a, b], expected, rtol=1e-10)


def test_chains_of_two_steps_sum_to_the_flows_of_each_step() -> None:
    coefficients, demand, intensity = a_table(5)
    groups = np.arange(12) % 3
    chain, labels = chain_flows(coefficients, demand, intensity, groups=groups)
    flows = layer_flows(coefficients, demand, intensity, groups=groups)
    np.testing.assert_allclose(chain.sum(axis=2), flows.flows[1], rtol=1e-10)
    direct = intensity[:, None] * coefficients * demand
    members = (labels[:, None] == groups).astype(float)
    expected = flows.flows[0] - members @ direct @ members.T
    np.testing.assert_allclose(chain.sum(axis=0), expected, rtol=1e-9)
    one = np.zeros((3, 3, 3))
    for k, j, i in np.ndindex(12, 12, 12):
        multiplier = intensity @ np.linalg.inv(np.eye(12) - coefficients)[:, k]
        one[k % 3, j % 3, i % 3] += multiplier * coefficients[k, j] * coefficients[j, i] * demand[i]
    np.testing.assert_allclose(chain, one, rtol=1e-9)


def test_a_system_at_hand_gives_the_same() -> None:
    coefficients, demand, intensity = a_table(6)
    system = LeontiefSystem(coefficients)
    np.testing.assert_array_equal(
        production_layers(system, demand, intensity).remainder,
        production_layers(coefficients, demand, intensity).remainder,
    )


@pytest.mark.parametrize("function", [production_layers, layer_flows])
def test_bad_arguments_are_named(function: Callable[..., object]) -> None:
    coefficients, demand, intensity = a_table(7, n=3)
    with pytest.raises(ValueError, match=r"demand must .* its shape is \(2,\)"):
        function(coefficients, demand[:2], intensity)
    with pytest.raises(ValueError, match=r"intensity must .* its shape is \(4,\)"):
        function(coefficients, demand, np.ones(4))
    with pytest.raises(ValueError, match=r"demand .* first at \(0,\): nan"):
        function(coefficients, np.array([np.nan, 1, 1]), intensity)
    with pytest.raises(ValueError, match="layers must be a whole number, 1 or more"):
        function(coefficients, demand, intensity, layers=0)
    with pytest.raises(UnproductiveEconomy):
        function(np.eye(3), demand, intensity)
    with pytest.raises(ValueError, match="coefficients must be a non-empty matrix"):
        function(demand, demand, intensity)


def test_groups_must_name_every_sector() -> None:
    coefficients, demand, intensity = a_table(8)
    with pytest.raises(ValueError, match=r"groups must have shape \(12,\)"):
        layer_flows(coefficients, demand, intensity, groups=["a", "b"])

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.gravity import gravity_flows, infeasible_cross_haul


def random_case(seed: int, p: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    outflow = rng.uniform(0, 10, p) * rng.integers(0, 2, p)
    inflow = rng.uniform(0, 10, p)
    outflow[0] += 1.0
    inflow *= outflow.sum() / inflow.sum()
    points = rng.uniform(0, 1000, (p, 2))
    distance = np.linalg.norm(points[:, None] - points[None, :], axis=-1) + 1.0
    return outflow, inflow, distance


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(3, 12), st.sampled_from([0.0, 1.0, 2.0]))
def test_flows_meet_the_margins_less_the_named_cross_haul(seed: int, p: int, exponent: float):
    outflow, inflow, distance = random_case(seed, p)
    result = gravity_flows(outflow, inflow, distance, exponent=exponent)
    scale = outflow.sum()
    np.testing.assert_allclose(result.flows.sum(1), outflow - result.cross_haul, atol=1e-7 * scale)
    np.testing.assert_allclose(result.flows.sum(0), inflow - result.cross_haul, atol=1e-7 * scale)
    assert np.all(np.diag(result.flows) == 0)
    assert np.all(result.flows >= 0)


def test_nearer_partners_trade_more_when_they_are_alike():
    outflow = np.array([1.0, 1.0, 1.0])
    distance = np.array([[1.0, 100.0, 400.0], [100.0, 1.0, 300.0], [400.0, 300.0, 1.0]])
    flows = gravity_flows(outflow, outflow, distance).flows
    assert flows[0, 1] > flows[0, 2]


def test_a_sole_seller_keeps_what_the_others_cannot_take():
    outflow, inflow = np.array([10.0, 0.0, 0.0]), np.array([6.0, 3.0, 1.0])
    cross_haul = infeasible_cross_haul(outflow, inflow, margin=1.0)
    np.testing.assert_allclose(cross_haul, [6.0, 0.0, 0.0])
    result = gravity_flows(outflow, inflow, np.ones((3, 3)))
    np.testing.assert_allclose(result.flows[0], [0.0, 3.0, 1.0], rtol=1e-6)


def test_unequal_margins_are_refused():
    with pytest.raises(ValueError, match="Outflow sums to 3"):
        gravity_flows(np.array([1.0, 2.0]), np.array([1.0, 1.0]), np.ones((2, 2)))

"""Fresh and aged tracer: mass, adjoint, and Taylor's spread of place with the time since emission."""

import numpy as np
import pytest

from compute.atmosphere.grid import cartesian_mesh
from compute.atmosphere.transport import (
    AgedOperator,
    Losses,
    TransportError,
    as_fresh,
    build_aged_operator,
    of_all_ages,
)
from compute.atmosphere.wind import with_mixing
from tests.compute.atmosphere.test_transport import DEPTH_M, random_world, steady

DAY_S = 86_400.0


def random_operator(seed: int) -> tuple[np.random.Generator, int, AgedOperator]:
    rng, mesh, flow, rest = random_world(seed)
    operator = build_aged_operator(mesh, flow, with_mixing(flow, 0.1), *rest, DAY_S / 2)
    return rng, mesh.cells, operator


@pytest.mark.parametrize("seed", range(4))
def test_what_is_emitted_leaves_or_is_removed_at_some_age(seed: int):
    rng, cells, operator = random_operator(seed)
    emitted = rng.uniform(0, 1e9, 2 * cells)
    state = operator.solve(as_fresh(emitted))
    assert state.min() >= 0
    gone = (operator.outflow + operator.removal) @ of_all_ages(state)
    assert gone == pytest.approx(emitted.sum(), rel=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_the_adjoint_is_the_transpose(seed: int):
    rng, cells, operator = random_operator(seed)
    emitted, receptor = rng.uniform(0, 1, (2, 4 * cells))
    ahead = receptor @ operator.solve(emitted)
    back = operator.solve_adjoint(receptor) @ emitted
    assert back == pytest.approx(ahead, rel=1e-10)


def test_several_sources_at_once_are_each_alone():
    rng, cells, operator = random_operator(7)
    several = rng.uniform(0, 1, (4 * cells, 3))
    for solve in (operator.solve, operator.solve_adjoint):
        each = np.stack([solve(column) for column in several.T], axis=1)
        np.testing.assert_allclose(solve(several), each, rtol=1e-12)


@pytest.mark.parametrize("fresh_share", [0.0, 0.2])
@pytest.mark.parametrize("lifetime_days", [0.25, 1.0, 4.0])
def test_the_spread_is_taylors(lifetime_days: float, fresh_share: float):
    """Taylor (1922): variance 2 K (t - T (1 - exp(-t / T))), here averaged over ages of a decaying tracer.

    A share of the diffusion that acts at once adds its own 2 K t.
    """
    diffusivity, ageing, rate = 1e5, DAY_S / 2, 1 / (lifetime_days * DAY_S)
    mesh = cartesian_mesh(1, 601, 25_000.0, 20_000.0)
    losses = Losses(np.zeros(mesh.shape), np.full((2, *mesh.shape), rate))
    thickness = np.full((2, *mesh.shape), DEPTH_M)
    flow = steady(mesh, 0.0, diffusivity)
    fresh = with_mixing(flow, fresh_share)
    still = np.zeros(mesh.shape)
    operator = build_aged_operator(mesh, flow, fresh, thickness, still, losses, ageing)
    source = np.zeros((2, *mesh.shape))
    source[0, 0, 300] = 1.0
    found = of_all_ages(operator.solve(as_fresh(source.ravel())))[: mesh.cells]
    place = 25_000.0 * (np.arange(mesh.cells) - 300)
    variance = (place**2 @ found) / found.sum()
    age = np.linspace(0, 60, 2_000_001) / rate
    weight = np.exp(-rate * age)
    persistent = age - ageing * (1 - np.exp(-age / ageing))
    taylor = 2 * diffusivity * (fresh_share * age + (1 - fresh_share) * persistent)
    assert variance == pytest.approx(float(weight @ taylor / weight.sum()), rel=1e-4)


def test_without_persistence_it_is_eddy_diffusion():
    """The shorter winds keep their direction, the nearer to a constant diffusivity."""
    mesh = cartesian_mesh(5, 41, 25_000.0, 25_000.0)
    losses = Losses(np.zeros(mesh.shape), np.full((2, *mesh.shape), 1e-5))
    thickness = np.full((2, *mesh.shape), DEPTH_M)
    still = np.zeros(mesh.shape)
    source = np.zeros(2 * mesh.cells)
    source[mesh.cells // 2] = 1.0

    def error(ageing_s: float) -> float:
        flow = steady(mesh, 2.0, 1e5)
        fresh = with_mixing(flow, 0.0)
        operator = build_aged_operator(mesh, flow, fresh, thickness, still, losses, ageing_s)
        constant = operator.aged.solve(source)
        return float(np.abs(of_all_ages(operator.solve(as_fresh(source))) - constant).max())

    assert error(36.0) == pytest.approx(error(360.0) / 10, rel=0.2)


@pytest.mark.parametrize("ageing_s", [0.0, -1.0, float("nan")])
def test_a_time_that_is_none_is_refused(ageing_s: float):
    mesh = cartesian_mesh(3, 3, 1e4, 1e4)
    losses = Losses(np.zeros(mesh.shape), np.full((2, *mesh.shape), 1e-5))
    thickness = np.full((2, *mesh.shape), DEPTH_M)
    flow, still = steady(mesh, 1.0, 0.0), np.zeros(mesh.shape)
    with pytest.raises(TransportError, match="ageing_s"):
        build_aged_operator(mesh, flow, flow, thickness, still, losses, ageing_s)

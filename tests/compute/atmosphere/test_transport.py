import numpy as np
import pytest
from scipy.sparse.linalg import splu

from compute.atmosphere.grid import Mesh, cartesian_mesh
from compute.atmosphere.transport import (
    COLUMNS_AT_ONCE,
    Losses,
    TransportError,
    build_operator,
    elimination_order,
)
from compute.atmosphere.wind import (
    Flow,
    blocked_faces,
    build_flow,
    divergence,
    open_faces,
    project,
)

DEPTH_M = 500.0


def steady(mesh: Mesh, speed_m_s: float, diffusivity_m2_s: float) -> Flow:
    """A uniform wind to the east in both layers, equal diffusivity, nothing vertical."""
    rows, columns = mesh.shape
    east = np.full((2, rows, columns + 1), speed_m_s * DEPTH_M) * mesh.east_width_m
    mix = diffusivity_m2_s * DEPTH_M * mesh.east_width_m / mesh.east_distance_m
    mix_north = diffusivity_m2_s * DEPTH_M * mesh.north_width_m / mesh.north_distance_m
    still = np.zeros(mesh.shape)
    return Flow(
        east,
        np.zeros((2, rows + 1, columns)),
        np.stack([mix, mix]),
        np.stack([mix_north, mix_north]),
        still,
        still,
    )


def random_world(seed: int):
    """Generator, mesh and flow, and what an operator is built of besides: depth, exchange, losses."""
    rng = np.random.default_rng(seed)
    mesh = cartesian_mesh(9, 11, 30_000.0, 25_000.0)
    shape = (2, *mesh.shape)
    thickness = rng.uniform(300, 2000, shape)
    flow = build_flow(
        mesh,
        rng.normal(0, 4, shape),
        rng.normal(0, 4, shape),
        thickness,
        rng.uniform(0, 1e5, shape),
        blocked_faces(rng.uniform(0, 3000, mesh.shape), 500.0),
        float(rng.choice([0.0, 2.0, np.inf])),
    )
    losses = Losses(rng.uniform(0, 0.01, mesh.shape), rng.uniform(0, 1e-5, shape))
    return rng, mesh, flow, (thickness, rng.uniform(0, 0.01, mesh.shape), losses)


def random_operator(seed: int):
    rng, mesh, flow, rest = random_world(seed)
    return rng, mesh, flow, build_operator(mesh, flow, *rest)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_emitted_leaves_or_is_removed(seed: int):
    rng, mesh, _, operator = random_operator(seed)
    emitted = rng.uniform(0, 1e9, 2 * mesh.cells)
    concentration = operator.solve(emitted)
    gone = (operator.outflow + operator.removal) @ concentration
    assert gone == pytest.approx(emitted.sum(), rel=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_the_matrix_is_an_m_matrix_and_no_concentration_is_negative(seed: int):
    _, mesh, _, operator = random_operator(seed)
    dense = operator.matrix.toarray()
    off = dense - np.diag(np.diag(dense))
    assert off.max() <= 0
    assert dense.sum(axis=0).min() >= -1e-9 * np.abs(dense).max()
    point = np.zeros(2 * mesh.cells)
    point[mesh.cells // 2] = 1e9
    assert operator.solve(point).min() >= 0


@pytest.mark.parametrize("seed", range(3))
def test_the_adjoint_is_the_transpose(seed: int):
    rng, mesh, _, operator = random_operator(seed)
    emitted, receptor = rng.uniform(0, 1, (2, 2 * mesh.cells))
    ahead = receptor @ operator.solve(emitted)
    back = operator.solve_adjoint(receptor) @ emitted
    assert back == pytest.approx(ahead, rel=1e-10)


def test_many_right_hand_sides_are_solved_like_one():
    rng, mesh, _, operator = random_operator(2)
    many = rng.uniform(0, 1, (2 * mesh.cells, COLUMNS_AT_ONCE + 3))
    dense = operator.matrix.toarray()
    np.testing.assert_allclose(operator.solve(many), np.linalg.solve(dense, many), rtol=1e-9)
    np.testing.assert_allclose(
        operator.solve_adjoint(many), np.linalg.solve(dense.T, many), rtol=1e-9
    )
    np.testing.assert_allclose(operator.solve(many[:, 0]), operator.solve(many)[:, 0], rtol=1e-12)


def test_the_elimination_order_is_a_permutation_that_keeps_the_fill_low():
    shape = (30, 40)
    order = elimination_order(shape)
    assert sorted(order) == list(range(2 * shape[0] * shape[1]))
    rng = np.random.default_rng(0)
    mesh = cartesian_mesh(*shape, 30_000.0, 30_000.0)
    wind = rng.normal(0, 3, (2, *shape))
    flow = build_flow(mesh, wind, wind, np.full((2, *shape), 500.0), wind**2, open_faces(mesh), 0.0)
    losses = Losses(np.full(shape, 1e-3), np.full((2, *shape), 1e-6))
    operator = build_operator(mesh, flow, np.full((2, *shape), 500.0), wind[0] ** 2, losses)
    as_numbered = splu(operator.matrix, permc_spec="NATURAL", diag_pivot_thresh=0.0)
    assert operator.factor.nnz < 0.5 * as_numbered.nnz


def test_air_itself_is_conserved_in_every_cell():
    _, _, flow, _ = random_operator(3)
    lower = divergence(flow.east_m3_s[0], flow.north_m3_s[0]) + flow.up_m3_s
    upper = divergence(flow.east_m3_s[1], flow.north_m3_s[1]) - flow.up_m3_s + flow.lid_m3_s
    scale = np.abs(flow.east_m3_s).max()
    assert np.abs(lower).max() < 1e-12 * scale
    assert np.abs(upper).max() < 1e-12 * scale


def test_projection_reaches_the_wanted_divergence_and_leaves_a_free_flow_alone():
    rng = np.random.default_rng(0)
    gain_east, gain_north = rng.uniform(0.1, 1, (6, 9)), rng.uniform(0.1, 1, (7, 8))
    east, north = rng.normal(size=(6, 9)), rng.normal(size=(7, 8))
    wanted = rng.normal(size=(6, 8))
    moved = project(east, north, gain_east, gain_north, wanted)
    np.testing.assert_allclose(divergence(*moved), wanted, atol=1e-12)
    again = project(*moved, gain_east, gain_north, wanted)
    np.testing.assert_allclose(again[0], moved[0], atol=1e-12)


def wind_and_decay_error(columns: int) -> float:
    """Largest relative error downwind of a point source: c = Q exp(-k x / u) / (u H w)."""
    length, speed, rate, emission = 400_000.0, 4.0, 2e-5, 1e9
    mesh = cartesian_mesh(3, columns, length / columns, 20_000.0)
    losses = Losses(np.zeros(mesh.shape), np.full((2, *mesh.shape), rate))
    thickness = np.full((2, *mesh.shape), DEPTH_M)
    operator = build_operator(
        mesh, steady(mesh, speed, 0.0), thickness, np.zeros(mesh.shape), losses
    )
    source = np.zeros((2, *mesh.shape))
    source[0, 1, 0] = emission
    found = operator.solve(source.ravel()).reshape(2, *mesh.shape)
    assert found[0, 0].max() == 0.0  # nothing crosses the wind
    assert found[1].max() == 0.0  # nothing rises
    distance = np.arange(columns) * length / columns  # from the source's cell
    exact = emission * np.exp(-rate * distance / speed) / (speed * DEPTH_M * 20_000.0)
    return float(np.abs(found[0, 1] / exact - 1).max())


def test_plume_in_uniform_wind_converges_at_first_order():
    errors = [wind_and_decay_error(columns) for columns in (100, 200, 400)]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert errors[-1] < 0.01
    np.testing.assert_allclose(orders, 1.0, atol=0.1)


def diffusion_error(columns: int) -> float:
    """A line source in still air: c = Q exp(-|x| sqrt(k / K)) / (2 sqrt(k K))."""
    length, diffusivity, rate, emission = 2_000_000.0, 5e4, 1e-5, 1.0
    step = length / columns
    mesh = cartesian_mesh(1, columns, step, 20_000.0)
    losses = Losses(np.zeros(mesh.shape), np.full((2, *mesh.shape), rate))
    operator = build_operator(
        mesh,
        steady(mesh, 0.0, diffusivity),
        np.full((2, *mesh.shape), DEPTH_M),
        np.zeros(mesh.shape),
        losses,
    )
    source = np.zeros((2, *mesh.shape))
    source[0, 0, columns // 2] = emission * DEPTH_M * 20_000.0
    found = operator.solve(source.ravel()).reshape(2, columns)[0]
    distance = np.abs(np.arange(columns) - columns // 2) * step
    exact = emission * np.exp(-distance * np.sqrt(rate / diffusivity))
    exact /= 2 * np.sqrt(rate * diffusivity)
    near = distance < 300_000.0
    return float(np.abs(found[near] / exact[near] - 1).max())


def test_pure_diffusion_converges_at_second_order():
    errors = [diffusion_error(columns) for columns in (101, 201, 401)]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert errors[-1] < 1e-3
    np.testing.assert_allclose(orders, 2.0, atol=0.15)


def test_relief_closes_faces():
    opening = blocked_faces(np.array([[0.0, 1000.0], [0.0, 1000.0]]), 500.0)
    np.testing.assert_allclose(opening.east[:, 1], np.exp(-2.0))
    np.testing.assert_allclose(opening.north, 1.0)
    of_each = blocked_faces(np.array([[0.0, 1000.0]]), np.array([[250.0, 750.0]]))
    np.testing.assert_allclose(of_each.east[:, 1], np.exp(-2.0))
    assert (open_faces(cartesian_mesh(2, 2, 1.0, 1.0)).east == 1.0).all()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("deposition_m_s", -0.1, "not negative"),
        ("deposition_m_s", np.nan, "finite"),
        ("rate_s", np.inf, "finite"),
    ],
)
def test_losses_that_cannot_be_are_refused(field: str, value: float, message: str):
    mesh = cartesian_mesh(3, 3, 1e4, 1e4)
    fields = {"deposition_m_s": np.zeros(mesh.shape), "rate_s": np.full((2, 3, 3), 1e-5)}
    fields[field].flat[4] = value
    with pytest.raises(TransportError, match=message):
        build_operator(
            mesh,
            steady(mesh, 1.0, 0.0),
            np.full((2, 3, 3), DEPTH_M),
            np.zeros((3, 3)),
            Losses(**fields),
        )


def test_a_tracer_that_nothing_removes_is_refused():
    mesh = cartesian_mesh(3, 3, 1e4, 1e4)
    nothing = Losses(np.zeros((3, 3)), np.zeros((2, 3, 3)))
    with pytest.raises(TransportError, match="singular"):
        build_operator(
            mesh, steady(mesh, 0.0, 0.0), np.full((2, 3, 3), DEPTH_M), np.zeros((3, 3)), nothing
        )


def test_fields_of_another_grid_are_refused():
    mesh = cartesian_mesh(3, 3, 1e4, 1e4)
    losses = Losses(np.zeros((3, 4)), np.full((2, 3, 3), 1e-5))
    with pytest.raises(TransportError, match="shape"):
        build_operator(
            mesh, steady(mesh, 1.0, 0.0), np.full((2, 3, 3), DEPTH_M), np.zeros((3, 3)), losses
        )

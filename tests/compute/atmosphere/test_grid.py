import numpy as np
import pytest

from compute.atmosphere.grid import EARTH_RADIUS_M, Grid, GridError, nested_grid
from compute.atmosphere.gridding import GriddingError, build_gridding
from warehouse import nested_grid as stored


def test_the_nested_grid_is_that_of_geos_chem_and_of_the_stored_roles():
    grid = nested_grid()
    assert grid.shape == (160, 224)
    assert (grid.longitude[0], grid.longitude[-1]) == (70.0, 139.6875)
    assert (grid.latitude[0], grid.latitude[-1]) == (15.0, 54.75)
    np.testing.assert_allclose(grid.longitude_edges[[0, -1]], [69.84375, 139.84375])
    np.testing.assert_allclose(grid.latitude_edges[[0, -1]], [14.875, 54.875])
    np.testing.assert_array_equal(grid.longitude, stored.longitudes())
    np.testing.assert_array_equal(grid.latitude, stored.latitudes())


def test_areas_tile_the_sphere():
    globe = Grid(-179.0 + 2 * np.arange(180), -88.5 + 3 * np.arange(60))
    assert globe.area_m2().sum() == pytest.approx(4 * np.pi * EARTH_RADIUS_M**2, rel=1e-12)


def test_points_find_their_cell_and_strays_are_named():
    grid = nested_grid()
    assert grid.cell_of(np.array([70.0, 139.7]), np.array([15.0, 54.8])).tolist() == [
        0,
        160 * 224 - 1,
    ]
    with pytest.raises(GridError, match=r"1 point.*-74 E 40.7 N"):
        grid.cell_of(np.array([116.4, -74.0]), np.array([39.9, 40.7]))


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [
        ([0.0, 1.0, 2.0], [2.0, 1.0, 0.0]),
        ([0.0, 1.0, 3.0], [0.0, 1.0]),
        ([0.0, np.nan], [0.0, 1.0]),
        ([0.0, 1.0], [88.0, 90.0]),
    ],
)
def test_odd_axes_are_refused(longitude, latitude):
    with pytest.raises(GridError):
        Grid(np.array(longitude), np.array(latitude))


PROVINCES = ("CN-A", "CN-B")
MIXTURE = {
    "power": {"coal": 1.0},
    "industry": {"coal": 0.25, "people": 0.75},
    "transport": {"people": 1.0},
    "residential": {"people": 1.0},
    "agriculture": {"people": 1.0},
}


def proxies() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    people = rng.uniform(0, 1e6, (50, 2)) * (rng.uniform(size=(50, 2)) > 0.3)
    coal = np.zeros((50, 2))
    coal[[3, 7], 0] = (600.0, 1200.0)
    return {"people": people, "coal": coal}


def test_tonnes_are_kept_per_province_group_and_pollutant():
    gridding = build_gridding(PROVINCES, proxies(), MIXTURE, "people")
    tonnes = np.random.default_rng(1).uniform(0, 1e6, (7, 5, 2))
    placed = gridding.place(tonnes)
    np.testing.assert_allclose(placed.tonnes.sum(axis=2), tonnes.sum(axis=2), rtol=1e-12)
    for province in range(2):
        alone = np.zeros_like(tonnes)
        alone[..., province] = tonnes[..., province]
        found = gridding.place(alone).tonnes.sum(axis=2)
        np.testing.assert_allclose(found, tonnes[..., province], rtol=1e-9)
    assert set(np.flatnonzero(gridding.place(tonnes).tonnes[0, 0] > 1e5)) >= {3, 7}


def test_a_province_without_a_proxy_falls_back_and_says_so():
    gridding = build_gridding(PROVINCES, proxies(), MIXTURE, "people")
    assert gridding.fallback == (("power", "CN-B"), ("industry", "CN-B"))
    share = gridding.weights["power"].toarray()[:, 1]
    people = proxies()["people"][:, 1]
    np.testing.assert_allclose(share, people / people.sum())


def test_gathering_is_the_transpose_of_placing():
    gridding = build_gridding(PROVINCES, proxies(), MIXTURE, "people")
    rng = np.random.default_rng(4)
    tonnes, field = rng.uniform(size=(7, 5, 2)), rng.uniform(size=(3, 7, 5, 50))
    there = np.einsum("kpgc,pgc->k", field, gridding.place(tonnes).tonnes)
    back = np.einsum("kpgr,pgr->k", gridding.gather(field), tonnes)
    np.testing.assert_allclose(back, there, rtol=1e-12)


def published():
    """Power's SO2 of CN-A in two cells; nothing of it in CN-B."""
    amount = np.zeros((50, 2))
    amount[[10, 20], 0] = (1.0, 3.0)
    usual = build_gridding(PROVINCES, proxies(), MIXTURE, "people")
    return usual, usual.with_published({("power", "SO2"): amount})


def test_a_published_grid_takes_the_place_of_proxies_and_keeps_tonnes():
    usual, gridding = published()
    tonnes = np.random.default_rng(1).uniform(1, 1e6, (7, 5, 2))
    ours, theirs = gridding.place(tonnes).tonnes, usual.place(tonnes).tonnes
    np.testing.assert_allclose(ours.sum(axis=2), tonnes.sum(axis=2), rtol=1e-9)
    alone = tonnes.copy()
    alone[..., 1] = 0
    np.testing.assert_allclose(
        gridding.place(alone).tonnes[0, 0, [10, 20]], tonnes[0, 0, 0] * np.array([0.25, 0.75])
    )
    # CN-B has no cell of it and keeps its proxy; nor are other pollutants and groups moved
    alone = tonnes.copy()
    alone[..., 0] = 0
    np.testing.assert_allclose(gridding.place(alone).tonnes, usual.place(alone).tonnes, rtol=1e-12)
    np.testing.assert_array_equal(ours[1:], theirs[1:])
    np.testing.assert_array_equal(ours[:, 1:], theirs[:, 1:])


def test_gathering_stays_the_transpose_with_a_published_grid():
    _, gridding = published()
    rng = np.random.default_rng(4)
    tonnes, field = rng.uniform(size=(7, 5, 2)), rng.uniform(size=(3, 7, 5, 50))
    there = np.einsum("kpgc,pgc->k", field, gridding.place(tonnes).tonnes)
    back = np.einsum("kpgr,pgr->k", gridding.gather(field), tonnes)
    np.testing.assert_allclose(back, there, rtol=1e-12)


@pytest.mark.parametrize(
    ("key", "amount"),
    [
        (("shipping", "SO2"), np.ones((50, 2))),
        (("power", "PM2.5"), np.ones((50, 2))),
        (("power", "SO2"), np.ones((49, 2))),
        (("power", "SO2"), -np.ones((50, 2))),
    ],
)
def test_a_wrong_published_grid_is_refused(key, amount):
    usual, _ = published()
    with pytest.raises(GriddingError, match="published grid"):
        usual.with_published({key: amount})


def test_impossible_griddings_are_refused():
    with pytest.raises(GriddingError, match="sum to one"):
        build_gridding(PROVINCES, proxies(), {**MIXTURE, "power": {"coal": 0.9}}, "people")
    with pytest.raises(GriddingError, match="unknown"):
        build_gridding(PROVINCES, proxies(), {**MIXTURE, "power": {"gas": 1.0}}, "people")
    bad = proxies()
    bad["coal"][0, 0] = -1
    with pytest.raises(GriddingError, match="coal"):
        build_gridding(PROVINCES, bad, MIXTURE, "people")
    empty = proxies()
    empty["people"][:, 1] = 0
    with pytest.raises(GriddingError, match="CN-B"):
        build_gridding(PROVINCES, empty, MIXTURE, "people")
    gridding = build_gridding(PROVINCES, proxies(), MIXTURE, "people")
    with pytest.raises(GriddingError):
        gridding.place(np.full((7, 5, 2), np.nan))


def test_bilinear_weights_give_back_what_is_linear() -> None:
    grid = nested_grid()
    rng = np.random.default_rng(0)
    east, north = rng.uniform(70, 139.6, 50), rng.uniform(15, 54.7, 50)
    weights = grid.bilinear(east, north)
    rows, columns = grid.shape
    field = 3 * np.tile(grid.longitude, rows) - 2 * np.repeat(grid.latitude, columns)
    np.testing.assert_allclose(weights @ field, 3 * east - 2 * north)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert weights.min() >= 0
    with pytest.raises(GridError, match="outside"):
        grid.bilinear(np.array([10.0]), np.array([30.0]))

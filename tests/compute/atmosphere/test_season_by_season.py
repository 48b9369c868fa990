"""Seasons one after the other give what an engine of all of them gives, in the memory of those at work."""

import gc
import weakref

import numpy as np
import psutil
import pytest

from compute.atmosphere.grid import Grid
from compute.atmosphere.reduced import (
    SEASONS_AT_ONCE,
    joined_seasons,
    season_by_season,
    season_makers,
)
from compute.atmosphere.transport import Losses, build_operator
from compute.atmosphere.weather import SEASONS
from compute.atmosphere.wind import build_flow, open_faces


def makers(made_up, held=None):
    return season_makers(
        made_up.GRID,
        [made_up.weather(season, seed) for seed, season in enumerate(SEASONS)],
        made_up.releases(),
        made_up.GRID.area_m2(),
        made_up.PARAMETERS,
        held=held,
    )


def test_seasons_apart_are_the_year(engine, made_up):
    scenarios = {"Base": made_up.emission(1), "less": made_up.emission(2)}
    rng = np.random.default_rng(3)
    cells = made_up.GRID.shape[0] * made_up.GRID.shape[1]
    receptors = rng.dirichlet(np.ones(cells), size=2)

    def work(one):
        ready = one.with_base(scenarios["Base"])
        return ready.run(scenarios), ready.sensitivities(receptors).ug_m3_per_t

    parts = season_by_season(makers(made_up), work)
    ours, theirs = joined_seasons([part for part, _ in parts]), engine.run(scenarios)
    assert ours["less"].seasons == tuple(SEASONS)
    for code in scenarios:
        for name in ("sulfate", "nitrate", "soa", "so2_gas"):
            np.testing.assert_allclose(
                ours[code].annual(name), theirs[code].annual(name), rtol=1e-12
            )
    days = ours["Base"].days
    field = np.tensordot(days / days.sum(), np.stack([part for _, part in parts]), axes=1)
    np.testing.assert_allclose(field, engine.sensitivities(receptors).ug_m3_per_t, rtol=1e-12)


def test_only_the_seasons_at_work_are_held(made_up):
    alive: list[weakref.ref] = []
    held: list[int] = []

    def work(one):
        alive.append(weakref.ref(one.models[0].operators["aerosol"]))
        held.append(sum(reference() is not None for reference in alive))
        return one.models[0].name

    gc.disable()  # an engine must go by itself, not when cycles are looked for
    try:
        assert season_by_season(makers(made_up) * 3, work) == list(SEASONS) * 3
    finally:
        gc.enable()
    assert max(held) <= SEASONS_AT_ONCE
    assert all(reference() is None for reference in alive)


def test_what_is_not_held_is_made_when_asked_for_and_let_go(made_up):
    base = {"Base": made_up.emission(1)}
    (thrifty, *_), (whole, *_) = makers(made_up, held=("aerosol",)), makers(made_up)
    engine = thrifty()
    operators = engine.models[0].operators
    assert set(operators) == set(whole().models[0].operators)
    assert len(operators) == 6
    assert operators["aerosol"] is operators["aerosol"]
    let_go = weakref.ref(operators["so2"])
    assert let_go() is None
    with pytest.raises(KeyError):
        operators["ozone"]
    ours = engine.run_under(base, {"Base": "Base"})["Base"]
    theirs = whole().with_base(base["Base"]).run(base)["Base"]
    np.testing.assert_allclose(ours.values, theirs.values, rtol=1e-12)


def test_the_memory_of_factors_is_given_back():
    """SciPy frees a factor only in the thread that made it; elsewhere its memory is lost for good."""
    grid = Grid(70.0 + 0.5 * np.arange(90), 20.0 + 0.4 * np.arange(60))
    mesh, ones = grid.mesh(), np.ones((2, 60, 90))
    flow = build_flow(mesh, 3 * ones, ones, 500 * ones, 1e4 * ones, open_faces(mesh), np.inf)
    losses = Losses(0.002 * ones[0], 1e-6 * ones)

    def operator():
        return build_operator(mesh, flow, 500 * ones, 0.003 * ones[0], losses)

    factor_bytes = 12 * operator().factor.nnz  # a double and an index
    season_by_season([operator] * 4, lambda made: made.factor.nnz)
    before = psutil.Process().memory_info().rss
    count = 40
    season_by_season([operator] * count, lambda made: made.factor.nnz)
    grown = psutil.Process().memory_info().rss - before
    assert grown < 0.25 * count * factor_bytes


def test_what_work_raises_is_raised(made_up):
    def work(_):
        raise ValueError("work failed")

    with pytest.raises(ValueError, match="work failed"):
        season_by_season(makers(made_up), work)

"""Particles that no province emits: a constant, desert dust and other sources, each carried by the engine."""

import numpy as np
import pytest

from compute.atmosphere.background import (
    DUST_SEASON_SHARE,
    NEIGHBOUR_SEASON_SHARE,
    BackgroundSource,
    with_background,
)
from compute.atmosphere.engine import EngineError
from compute.atmosphere.weather import SEASONS

CONSTANT_UG_M3, DUST_T = 4.0, 2e6


def a_share(made_up, seed: int) -> np.ndarray:
    cells = made_up.GRID.shape[0] * made_up.GRID.shape[1]
    return np.random.default_rng(seed).dirichlet(np.ones(cells))


@pytest.mark.parametrize("share", [DUST_SEASON_SHARE, NEIGHBOUR_SEASON_SHARE])
def test_seasons_share_a_year(share):
    assert set(share) == set(SEASONS)
    assert sum(share.values()) == pytest.approx(1)


def test_what_is_raised_is_carried_out_or_removed(engine, made_up):
    """Mass of the dust of each season: the field is that of the tracer, so its losses are what was raised."""
    dust = a_share(made_up, 1)
    found = with_background(engine, CONSTANT_UG_M3, dust, DUST_T)
    for model, field in zip(found.models, found.background_ug_m3, strict=True):
        assert field.shape == (model.cells,)
        assert (field > CONSTANT_UG_M3).all()
        per_second = 1e12 * DUST_T * DUST_SEASON_SHARE[model.name] / (model.days * 86_400)
        operator = model.operators["aerosol"]
        source = np.zeros(4 * model.cells)
        source[: model.cells] = dust * per_second
        both = operator.solve(source)
        whole = both[: 2 * model.cells] + both[2 * model.cells :]
        assert (operator.outflow + operator.removal) @ whole == pytest.approx(per_second, rel=1e-8)
        np.testing.assert_allclose(field, CONSTANT_UG_M3 + whole[: model.cells], rtol=1e-12)


def test_sources_add_up(engine, made_up):
    dust, other = a_share(made_up, 1), a_share(made_up, 2)
    source = BackgroundSource(other, 3e6, NEIGHBOUR_SEASON_SHARE)
    both = with_background(engine, CONSTANT_UG_M3, dust, DUST_T, [source]).background_ug_m3
    dust_alone = with_background(engine, CONSTANT_UG_M3, dust, DUST_T).background_ug_m3
    other_alone = with_background(engine, 0.0, dust, 0.0, [source]).background_ug_m3
    np.testing.assert_allclose(both, dust_alone + other_alone, rtol=1e-12)


def test_a_share_that_is_none_is_refused(engine, made_up):
    dust = a_share(made_up, 1)
    negative = dust.copy()
    negative[:2] = -1.0, 1.0 + dust[:2].sum()
    for wrong in (2 * dust, negative):
        with pytest.raises(EngineError, match="sum to one"):
            with_background(engine, CONSTANT_UG_M3, wrong, DUST_T)
        source = BackgroundSource(wrong, 1e6, NEIGHBOUR_SEASON_SHARE)
        with pytest.raises(EngineError, match="sum to one"):
            with_background(engine, CONSTANT_UG_M3, dust, DUST_T, [source])

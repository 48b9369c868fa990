import numpy as np
import pytest

from compute.atmosphere.engine import (
    COMPONENT_OF_POLLUTANT,
    EXPORT_COMPONENTS,
    POLLUTANTS,
    AdjointEngine,
    Engine,
    EngineError,
    GriddedEmission,
)
from compute.atmosphere.reduced import SCENARIOS_AT_ONCE
from compute.atmosphere.season import adjoint, emission_rates, forward, near_ground
from compute.exposure import receptor_weights


def receptors(made_up, count: int = 3) -> np.ndarray:
    rng = np.random.default_rng(11)
    cells = made_up.GRID.shape[0] * made_up.GRID.shape[1]
    return receptor_weights(rng.uniform(0, 1, (count, cells)))


def test_it_is_an_engine_with_an_adjoint(engine):
    assert isinstance(engine, Engine)
    assert isinstance(engine, AdjointEngine)
    assert engine.name == "reduced"


def test_mass_closes_along_the_whole_chain(engine, made_up):
    tonnes = made_up.emission(2).tonnes
    for model in engine.models:
        rates = emission_rates(model, tonnes)
        tracer = forward(model, rates)
        # Sulfur: what is emitted as SO2 leaves as SO2 or as sulfate, by moles.
        gas, particle = model.operators["so2"], model.operators["aerosol"]
        converted = (model.chemistry.so2_rate_s.ravel() * model.volume_m3) @ tracer["so2_gas"]
        gas_gone = (gas.outflow + gas.removal) @ tracer["so2_gas"] - converted
        sulfate_gone = (particle.outflow + particle.removal) @ tracer["sulfate"] * 64.06 / 96.06
        assert gas_gone + sulfate_gone == pytest.approx(rates["SO2"].sum(), rel=1e-8)
        total = model.operators["nitrate"]
        nox = model.operators["nox"]
        oxidised = (model.chemistry.nox_rate_s.ravel() * model.volume_m3) @ tracer["nox_gas"]
        nox_gone = (nox.outflow + nox.removal) @ tracer["nox_gas"] - oxidised
        nitrate_gone = (total.outflow + total.removal) @ tracer["nitrate"] * 46.01 / 62.00
        assert nox_gone + nitrate_gone == pytest.approx(rates["NOx"].sum(), rel=1e-8)


def test_what_is_emitted_at_the_ground_stands_above_the_mixed_layer(engine, made_up):
    model = engine.models[0]
    rates = emission_rates(model, made_up.emission(5).tonnes)
    tracer = forward(model, rates)
    ground = near_ground(model, tracer, rates)
    excess = ground["bc"] - tracer["bc"][: model.cells]
    weather = made_up.weather("DJF", 0)
    speed = np.sqrt(
        weather.eastward_m_s**2 + weather.northward_m_s**2 + 2 * weather.wind_variance_m2_s2
    )
    flux = rates["BC"][: model.cells] / made_up.GRID.area_m2().ravel()  # ug/m2/s
    resistance = 40.0 * 3.0 / speed * np.exp(-0.03 * (weather.temperature_k - 288.15))
    np.testing.assert_allclose(excess, resistance.ravel() * flux, rtol=1e-9)
    np.testing.assert_array_equal(ground["nitrate"], tracer["nitrate"][: model.cells])


def test_nothing_is_negative(engine, made_up):
    result = engine.run({"one": made_up.emission(3)})["one"]
    assert result.values.min() >= 0
    assert result.pm25().min() > 0


def test_adjoint_identity_of_the_full_chain(engine, made_up):
    weights = receptors(made_up)
    tonnes = made_up.emission(4).tonnes
    for model, share in zip(engine.models, engine.shares, strict=True):
        rates = emission_rates(model, tonnes)
        tracer = near_ground(model, forward(model, rates), rates)
        back = adjoint(model, share, weights.T)
        held = {"nitrate": share.nitrate, "ammonium": share.ammonium}
        for pollutant, component in COMPONENT_OF_POLLUTANT.items():
            ground = tracer[component][: model.cells] * held.get(component, 1.0)
            np.testing.assert_allclose(
                rates[pollutant] @ back[pollutant], weights @ ground, rtol=1e-10
            )


def test_sensitivities_rebuild_the_annual_mean(engine, made_up):
    weights = receptors(made_up)
    emission = made_up.emission(6)
    result = engine.run({"all": emission})["all"]
    sensitivity = engine.sensitivities(weights).ug_m3_per_t
    for pollutant, component in COMPONENT_OF_POLLUTANT.items():
        place = POLLUTANTS.index(pollutant)
        rebuilt = np.einsum("rgc,gc->r", sensitivity[:, place], emission.tonnes[place])
        np.testing.assert_allclose(rebuilt, weights @ result.annual(component), rtol=1e-10)
    assert not sensitivity[:, POLLUTANTS.index("CO")].any()


def test_attribution_sums_to_base_less_sensitivity_run_and_direct_plus_indirect_to_exports(
    engine, made_up
):
    base = made_up.emission(1)
    rng = np.random.default_rng(9)
    direct = base.tonnes * rng.uniform(0, 0.1, base.tonnes.shape)
    indirect = base.tonnes * rng.uniform(0, 0.2, base.tonnes.shape)
    runs = engine.run(
        {
            "Base": base,
            "I_EX": GriddedEmission(base.tonnes - direct - indirect),
            "I_EXDIR": GriddedEmission(base.tonnes - direct),
            "less indirect": GriddedEmission(base.tonnes - indirect),
        }
    )
    weights = receptors(made_up)
    sensitivity = engine.sensitivities(weights).ug_m3_per_t

    def export_related(code: str) -> np.ndarray:
        return weights @ sum(
            runs["Base"].annual(name) - runs[code].annual(name) for name in EXPORT_COMPONENTS
        )

    attributed = np.einsum("rpgc,pgc->r", sensitivity, direct + indirect)
    np.testing.assert_allclose(attributed, export_related("I_EX"), rtol=1e-9)
    both = export_related("I_EXDIR") + export_related("less indirect")
    np.testing.assert_allclose(both, export_related("I_EX"), rtol=1e-9)


def test_background_and_secondary_organics_are_in_the_total_alone(engine, made_up):
    result = engine.run({"all": made_up.emission(1)})["all"]
    particles = sum(result.annual(name) for name in EXPORT_COMPONENTS)
    rest = result.annual("soa") + result.annual("background")
    np.testing.assert_allclose(particles + rest, result.pm25(), rtol=1e-12)
    assert result.annual("soa").min() > 0


def test_it_refuses_what_it_cannot_compute_with(engine, made_up):
    tonnes = made_up.emission(1).tonnes
    gap = tonnes.copy()
    gap[0, 0, 0] = np.nan
    with pytest.raises(EngineError, match="not finite"):
        engine.run({"gap": GriddedEmission(gap)})
    with pytest.raises(EngineError, match="shape"):
        engine.run({"short": GriddedEmission(tonnes[:, :, 1:])})
    with pytest.raises(EngineError, match="receptors"):
        engine.sensitivities(np.ones((2, 3)))
    bare = type(engine)(engine.grid, engine.models, engine.background_ug_m3)
    with pytest.raises(EngineError, match="with_base"):
        bare.run({"all": made_up.emission(1)})


def test_runs_of_one_pass_have_the_limit_of_their_own_base(engine, made_up):
    first, second, part = (made_up.emission(seed) for seed in (1, 2, 3))
    second.tonnes[POLLUTANTS.index("NH3")] *= 0.02  # too little for all the nitrate
    scenarios = {"first": first, "second": second, "part": part}
    runs = engine.run_under(scenarios, {"first": "first", "second": "second", "part": "second"})
    of_second = engine.with_base(second)
    for code, ready in (("first", engine), ("second", of_second), ("part", of_second)):
        alone = ready.run({code: scenarios[code]})[code]
        np.testing.assert_allclose(runs[code].values, alone.values, rtol=1e-12)
    assert not np.allclose(
        runs["part"].annual("nitrate"), engine.run({"part": part})["part"].annual("nitrate")
    )


def test_a_run_of_one_pass_needs_a_base_for_every_scenario(engine, made_up):
    scenarios = {"first": made_up.emission(1), "second": made_up.emission(2)}
    for base_of in ({"first": "first"}, {"first": "first", "second": "third"}):
        with pytest.raises(EngineError, match="base_of"):
            engine.run_under(scenarios, base_of)


def test_one_pass_over_many_scenarios_is_a_base_and_its_run(engine, made_up):
    """More scenarios than are solved at once, the base not the first of them."""
    scenarios = {str(seed): made_up.emission(seed) for seed in range(SCENARIOS_AT_ONCE + 2)}
    base = scenarios["3"]
    base.tonnes[POLLUTANTS.index("NH3")] *= 0.02
    ready, runs = engine.run_held(scenarios, "3")
    expected = engine.with_base(base)
    assert list(runs) == list(scenarios)
    for code, theirs in expected.run(scenarios).items():
        np.testing.assert_allclose(runs[code].values, theirs.values, rtol=1e-12)
    for ours, theirs in zip(ready.shares, expected.shares, strict=True):
        np.testing.assert_allclose(ours.nitrate, theirs.nitrate, rtol=1e-12)
    with pytest.raises(EngineError, match="not among"):
        engine.run_held(scenarios, "none")

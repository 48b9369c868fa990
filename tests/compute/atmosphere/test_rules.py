"""Scenarios, weather, chemistry and evaluation, each by hand."""

from dataclasses import replace

import numpy as np
import pytest

from compute.atmosphere.chemistry import particle_shares
from compute.atmosphere.engine import (
    BASE,
    I_EX,
    I_EXDIR,
    I_EXEAST,
    EngineError,
    Regions,
    i_exregion,
    scenario_of,
)
from compute.atmosphere.evaluation import EvaluationError, fitted_line, skill, smoothed_emission
from compute.atmosphere.reduced import seasonal_rain
from compute.atmosphere.weather import (
    WeatherError,
    blocking_height,
    layer_exchange,
    mixing_height,
    surface_resistance,
)

REGIONS = Regions(
    "CHN",
    {"USA": "North America", "JPN": "East Asia"},
    {"CN-GD": "East Coast", "CN-SD": "East Coast", "CN-HE": "North"},
)


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (BASE, [False, False, False, False]),
        (I_EX, [True, True, True, False]),
        (I_EXEAST, [True, False, True, False]),
        (I_EXDIR, [False, True, False, False]),
        (i_exregion("East Asia"), [False, False, True, False]),
    ],
)
def test_scenarios_leave_out_what_table_1_says(scenario, expected):
    flows = [
        ("CN-HE", "CN-GD", "USA"),
        ("CN-HE", "CN-HE", "USA"),
        ("CN-HE", "CN-SD", "JPN"),
        ("CN-GD", "CN-GD", "CHN"),
    ]
    assert [scenario.leaves_out(*flow, REGIONS) for flow in flows] == expected
    assert scenario_of(scenario.code) == scenario


def test_an_unknown_scenario_is_refused():
    with pytest.raises(EngineError, match="I_EXWEST"):
        scenario_of("I_EXWEST")


def test_mixing_height_by_hand_and_given(made_up):
    weather = made_up.weather("DJF", 0)
    height = mixing_height(weather, made_up.PARAMETERS)
    celsius = np.clip(weather.temperature_k[2, 3] - 273.15, -12, 28)
    wind = weather.eastward_m_s[2, 3] ** 2 + weather.northward_m_s[2, 3] ** 2
    wind = np.sqrt(wind + 2 * weather.wind_variance_m2_s2[2, 3])
    by_hand = 420 + 18 * celsius + 40 * (wind - 3)
    by_hand *= 1 - 0.6 * (weather.humidity_percent[2, 3] - 60) / 100
    by_hand *= 1 + 0.25 * np.clip((weather.altitude_m[2, 3] - 1000) / 3000, 0, 1)
    assert height[2, 3] == pytest.approx(0.6 * by_hand)
    given = type(weather)(
        **{**vars(weather), "mixing_height_m": np.full(made_up.GRID.shape, 777.0)}
    )
    assert (mixing_height(given, made_up.PARAMETERS) == 777.0).all()


def test_calm_and_cold_air_keeps_the_least_depth(made_up):
    cold = replace(
        made_up.weather("DJF", 0),
        temperature_k=np.full(made_up.GRID.shape, 230.0),
        humidity_percent=np.full(made_up.GRID.shape, 60.0),
        altitude_m=np.zeros(made_up.GRID.shape),
    )
    height = mixing_height(cold, {**made_up.PARAMETERS, "mixing_height_base_m": 150.0})
    assert height.min() == pytest.approx(0.6 * 100.0)


def test_slopes_lift_warm_air_where_there_is_relief(made_up):
    flat = replace(made_up.weather("JJA", 2), altitude_m=np.full(made_up.GRID.shape, 500.0))
    np.testing.assert_allclose(layer_exchange(flat, made_up.PARAMETERS), 0.003)
    steps = np.zeros(made_up.GRID.shape)
    steps[:, ::2] = 1000.0  # far finer than the surroundings: half at 0, half at 1000 m
    rough = replace(flat, altitude_m=steps, temperature_k=np.full(steps.shape, 298.15))
    inside = (slice(4, -4), slice(6, -6))
    expected = 0.003 * (1 + 2.0 * 0.5)
    np.testing.assert_allclose(layer_exchange(rough, made_up.PARAMETERS)[inside], expected, 1e-3)
    colder = replace(rough, temperature_k=np.full(steps.shape, 278.15))
    expected = 0.003 * (1 + 2.0 * 0.5 * np.exp(-4))
    np.testing.assert_allclose(layer_exchange(colder, made_up.PARAMETERS)[inside], expected, 1e-3)


def test_cold_air_is_blocked_and_held_at_the_ground(made_up):
    mild = replace(made_up.weather("SON", 3), temperature_k=np.full(made_up.GRID.shape, 288.15))
    cold = replace(mild, temperature_k=mild.temperature_k - 20)
    np.testing.assert_allclose(blocking_height(mild, made_up.PARAMETERS), 500.0)
    np.testing.assert_allclose(blocking_height(cold, made_up.PARAMETERS), 500 * np.exp(-0.6))
    ratio = surface_resistance(cold, made_up.PARAMETERS) / surface_resistance(
        mild, made_up.PARAMETERS
    )
    np.testing.assert_allclose(ratio, np.exp(0.6))


@pytest.mark.parametrize(
    ("field", "change", "message"),
    [
        ("temperature_k", lambda value: value - 273.15, "unit"),
        ("eastward_m_s", lambda value: value * 3.6 * 10, "unit"),
        ("humidity_percent", lambda value: value * 10, "unit"),
        ("northward_m_s", lambda value: np.where(value > 2, np.nan, value), "missing"),
        ("wind_variance_m2_s2", lambda value: value[1:], "shape"),
    ],
)
def test_weather_in_wrong_units_or_with_gaps_is_refused(made_up, field, change, message):
    weather = made_up.weather("DJF", 0)
    with pytest.raises(WeatherError, match=message):
        type(weather)(**{**vars(weather), field: change(getattr(weather, field))})


def test_rain_adds_up_to_the_year(made_up):
    weather = [made_up.weather("DJF", 0), made_up.weather("JJA", 1)]
    area = made_up.GRID.area_m2()
    rain = seasonal_rain(weather, area, 630.0)
    year = sum(
        season.days * (fall * area).sum() / area.sum()
        for season, fall in zip(weather, rain, strict=True)
    )
    assert year == pytest.approx(630.0)


def test_ammonia_meets_sulfate_first_and_limits_nitrate():
    sulfate = np.full(4, 96.06)  # 1 umol, asks for 2 of ammonia
    nitrate = np.full(4, 62.00)  # 1 umol
    ammonium = np.array([1.0, 2.0, 2.25, 9.0]) * 18.04
    share = particle_shares(sulfate, nitrate, ammonium, np.full(4, 0.5))
    np.testing.assert_allclose(share.nitrate, [0.0, 0.0, 0.25, 0.5])
    np.testing.assert_allclose(share.ammonium, [1.0, 1.0, 1.0, 2.5 / 9])


def test_skill_by_hand():
    result = skill(np.array([1.0, 2.0, 6.0, 9.0]), np.array([2.0, 2.0, 4.0, np.nan]))
    assert result.places == 3
    assert result.bias_share == pytest.approx(1 / 8)
    assert result.error_share == pytest.approx(3 / 8)
    assert result.correlation == pytest.approx(np.corrcoef([1, 2, 6], [2, 2, 4])[0, 1])
    assert np.isnan(skill(np.ones(3), np.arange(3.0)).correlation)


@pytest.mark.parametrize(
    ("modelled", "observed"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0]),
        ([1.0, 2.0, np.nan], [1.0, 2.0, 3.0]),
        ([1.0, 2.0, 3.0], [1.0, 2.0, np.nan]),
        ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]),
    ],
)
def test_pairs_that_do_not_fit_are_refused(modelled, observed):
    with pytest.raises(EvaluationError):
        skill(np.array(modelled), np.array(observed))


def test_the_baseline_without_physics():
    density = np.zeros((41, 41))
    density[20, 20] = 1.0
    smooth = smoothed_emission(density, 3.0)
    assert smooth.sum() == pytest.approx(1.0, abs=1e-6)
    assert smooth[20, 23] / smooth[20, 20] == pytest.approx(np.exp(-0.5), rel=1e-2)
    assert fitted_line(np.arange(5.0), 3 + 2 * np.arange(5.0)) == pytest.approx((3.0, 2.0))

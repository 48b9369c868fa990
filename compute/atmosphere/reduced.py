"""The embedded engine: four seasons of linear steady-state transport, with the exact adjoint.

Each season's operators are factorised once and reused by every scenario and, transposed, by the adjoint. An
engine of all seasons holds all their factors; ``season_makers`` and ``season_by_season`` work with one season
after the other and hold the factors of those at work.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from compute.atmosphere.chemistry import (
    CARBON_MONOXIDE,
    CHAIN_TRACERS,
    ParticleShare,
    particle_shares,
)
from compute.atmosphere.engine import (
    COMPONENT_OF_POLLUTANT,
    EMISSION_GROUPS,
    POLLUTANTS,
    Concentration,
    EngineError,
    GriddedEmission,
    Sensitivity,
    check_scenarios,
)
from compute.atmosphere.grid import Field, Grid
from compute.atmosphere.season import (
    Release,
    SeasonModel,
    adjoint,
    build_season,
    emission_rates,
    forward,
    near_ground,
    tonne_sensitivity,
)
from compute.atmosphere.weather import Weather, precipitation_shape

SCENARIOS_AT_ONCE = 12  # of both ages and two layers: 14 MB a tracer
GASES = ("so2_gas", "nox_gas")
Values = NDArray[np.float64]
PARTICLES = (
    "sulfate",
    "nitrate",
    "ammonium",
    "bc",
    "poa",
    "anthropogenic_dust",
    "soa",
    "background",
)


@dataclass(frozen=True)
class ReducedEngine:
    """Linear transport on the nested grid.

    models: one for each season.  background_ug_m3: (seasons, cells), what no emission of ours makes.
    shares: the held particle shares by season (None before ``with_base``).
    """

    grid: Grid
    models: tuple[SeasonModel, ...]
    background_ug_m3: NDArray[np.float64]
    shares: tuple[ParticleShare, ...] | None = None

    @property
    def name(self) -> str:
        """Name in result rows."""
        return "reduced"

    def with_base(self, base: GriddedEmission) -> ReducedEngine:
        """The engine with the ammonia limit held at its state under all emissions."""
        check_scenarios(self.grid, {"Base": base})
        shares = (
            _particle_share(model, forward(model, emission_rates(model, base.tonnes)))
            for model in self.models
        )
        return replace(self, shares=tuple(shares))

    def run(self, scenarios: Mapping[str, GriddedEmission]) -> dict[str, Concentration]:
        """Concentrations of every scenario; all of them share a season's factors.

        Raises EngineError for a wrong field, or when the ammonia limit was never set.
        """
        check_scenarios(self.grid, scenarios)
        emissions = list(scenarios.values())
        values = self._nothing(len(emissions))
        for place, (model, share) in enumerate(self._seasons()):
            for first in range(0, len(emissions), SCENARIOS_AT_ONCE):
                batch = slice(first, first + SCENARIOS_AT_ONCE)
                rates = _stacked_rates(model, emissions[batch])
                shares = [share] * len(emissions[batch])
                self._fill(values[batch, :, place], model, rates, forward(model, rates), shares)
        return self._named(list(scenarios), values)

    def run_held(
        self, scenarios: Mapping[str, GriddedEmission], base: str
    ) -> tuple[ReducedEngine, dict[str, Concentration]]:
        """The engine with the ammonia limit held at its state under one of the scenarios, and what each brings.

        What ``with_base`` and ``run`` do one after the other; the base is run once.  Raises EngineError for a
        wrong field or a base that is not among the scenarios.
        """
        check_scenarios(self.grid, scenarios)
        if base not in scenarios:
            raise EngineError(f"base: {base!r} is not among {', '.join(scenarios)}")
        codes = [base, *(code for code in scenarios if code != base)]
        values = self._nothing(len(codes))
        held: list[ParticleShare] = []
        for place, model in enumerate(self.models):
            for first in range(0, len(codes), SCENARIOS_AT_ONCE):
                batch = slice(first, first + SCENARIOS_AT_ONCE)
                rates = _stacked_rates(model, [scenarios[code] for code in codes[batch]])
                tracer = forward(model, rates)
                if first == 0:  # the base is the first of the first batch
                    held.append(_particle_share(model, tracer, 0))
                shares = [held[place]] * len(codes[batch])
                self._fill(values[batch, :, place], model, rates, tracer, shares)
        named = self._named(codes, values)
        return replace(self, shares=tuple(held)), {code: named[code] for code in scenarios}

    def run_under(
        self, scenarios: Mapping[str, GriddedEmission], base_of: Mapping[str, str]
    ) -> dict[str, Concentration]:
        """Concentrations of every scenario, the ammonia limit of each held at the state of its own base.

        base_of: scenario to the scenario that sets its limit.  Each operator is asked for once, so that an
        engine need not hold them. Raises EngineError for a wrong field or a base that is not among the scenarios.
        """
        check_scenarios(self.grid, scenarios)
        codes = list(scenarios)
        bases = {base_of.get(code) for code in codes}
        if not bases <= set(codes):
            raise EngineError(f"base_of: every scenario needs a base among {', '.join(codes)}")
        values = self._nothing(len(codes))
        for place, model in enumerate(self.models):
            rates = _stacked_rates(model, list(scenarios.values()))
            tracer = forward(model, rates)
            share_of = {
                code: _particle_share(model, tracer, column)
                for column, code in enumerate(codes)
                if code in bases
            }
            shares = [share_of[base_of[code]] for code in codes]
            self._fill(values[:, :, place], model, rates, tracer, shares)
        return self._named(codes, values)

    def sensitivities(self, receptors: NDArray[np.float64]) -> Sensitivity:
        """Annual mean at each receptor (a row of weights over cells) by every emission.

        Raises EngineError for weights of another grid or that are not finite.
        """
        cells = self.models[0].cells
        if receptors.ndim != 2 or receptors.shape[1] != cells or not np.isfinite(receptors).all():
            raise EngineError(f"receptors: finite weights of shape (k, {cells}) are needed")
        result = np.zeros((len(receptors), len(POLLUTANTS), len(EMISSION_GROUPS), cells))
        year = sum(model.days for model in self.models)
        for model, share in self._seasons():
            fields = adjoint(model, share, np.ascontiguousarray(receptors.T))
            for pollutant in COMPONENT_OF_POLLUTANT:
                row = POLLUTANTS.index(pollutant)
                for place, field in enumerate(tonne_sensitivity(model, fields[pollutant]).values()):
                    weight = model.days / year * model.release.season_share[row, place]
                    result[:, row, place] += weight * field.T
        return Sensitivity(result)

    def _seasons(self) -> list[tuple[SeasonModel, ParticleShare]]:
        if self.shares is None:
            raise EngineError(
                "the ammonia limit is not set: call with_base with all emissions first"
            )
        return list(zip(self.models, self.shares, strict=True))

    @property
    def _components(self) -> tuple[str, ...]:
        monoxide = ("co_gas",) if CARBON_MONOXIDE in self.models[0].operators else ()
        return (*PARTICLES, *GASES, *monoxide)

    def _nothing(self, scenarios: int) -> Values:
        """Background and no more: (scenarios, components, seasons, cells)."""
        shape = (scenarios, len(self._components), len(self.models), self.models[0].cells)
        values = np.zeros(shape)
        values[:, self._components.index("background")] = self.background_ug_m3
        return values

    def _fill(
        self,
        values: Values,
        model: SeasonModel,
        rates: Mapping[str, Field],
        tracer: Mapping[str, Field],
        shares: Sequence[ParticleShare],
    ) -> None:
        """Lay the tracers of one season into values (scenarios, components, cells)."""
        ground = near_ground(model, tracer, rates)
        ground["nitrate"] *= np.stack([share.nitrate for share in shares], axis=-1)
        ground["ammonium"] *= np.stack([share.ammonium for share in shares], axis=-1)
        for row, name in enumerate(self._components):
            if name != "background":
                values[:, row] = ground[name].T

    def _named(self, codes: Sequence[str], values: Values) -> dict[str, Concentration]:
        days = np.array([model.days for model in self.models])
        seasons = tuple(model.name for model in self.models)
        return {
            code: Concentration(self._components, seasons, days, values[place])
            for place, code in enumerate(codes)
        }


def _stacked_rates(model: SeasonModel, emissions: Sequence[GriddedEmission]) -> dict[str, Field]:
    """Emission rates of several scenarios side by side, (2 n, k) by pollutant."""
    each = [emission_rates(model, emission.tonnes) for emission in emissions]
    return {key: np.stack([one[key] for one in each], axis=-1) for key in each[0]}


def _particle_share(
    model: SeasonModel, tracer: Mapping[str, Field], column: int | None = None
) -> ParticleShare:
    """The ammonia limit under all emissions: those of the column, of tracers (2 n,) or (2 n, k)."""
    names = ("sulfate", "nitrate", "ammonium")
    mixed = {name: tracer[name][: model.cells] for name in names}
    if column is not None:
        mixed = {name: field[:, column] for name, field in mixed.items()}
    return particle_shares(**mixed, allowed=model.chemistry.nitrate_particle_share.ravel())


def build_engine(
    grid: Grid,
    weather: Sequence[Weather],
    releases: Sequence[Release],
    background_ug_m3: NDArray[np.float64],
    rain_area: Field,
    parameters: Mapping[str, float],
    tracers: Sequence[str] = CHAIN_TRACERS,
) -> ReducedEngine:
    """Factorise every season; the engine holds them all.

    rain_area: (ny, nx), weights of the mean to which parameterised rain is scaled over the year (China's
    area); the yearly total is the parameter ``precipitation_mm_year``.
    """
    makers = season_makers(grid, weather, releases, rain_area, parameters, tracers)
    models = tuple(make().models[0] for make in makers)
    if background_ug_m3.shape != (len(models), models[0].cells):
        raise EngineError(f"background: shape {background_ug_m3.shape}")
    return ReducedEngine(grid, models, background_ug_m3)


SeasonMaker = Callable[[], ReducedEngine]
"""Makes the engine of one season, whose year is that season."""


def season_makers(
    grid: Grid,
    weather: Sequence[Weather],
    releases: Sequence[Release],
    rain_area: Field,
    parameters: Mapping[str, float],
    tracers: Sequence[str] = CHAIN_TRACERS,
    held: Sequence[str] | None = None,
) -> list[SeasonMaker]:
    """What makes the engine of each season, without background; arguments as of ``build_engine``.

    held: tracers whose factors stay, all by default (``build_season``).
    """
    rain = seasonal_rain(weather, rain_area, parameters["precipitation_mm_year"])

    def make(season: Weather, rain_mm_day: Field, release: Release) -> ReducedEngine:
        model = build_season(grid, season, rain_mm_day, release, parameters, tracers, held)
        return ReducedEngine(grid, (model,), np.zeros((1, model.cells)))

    return [partial(make, *one) for one in zip(weather, rain, releases, strict=True)]


_Made = TypeVar("_Made")
SEASONS_AT_ONCE = 2  # a season's factors are half a GiB


def season_by_season(
    makers: Sequence[SeasonMaker], work: Callable[[ReducedEngine], _Made]
) -> list[_Made]:
    """What work makes of each season's engine, in order; an engine is dropped when its work is done.

    Factorising and solving leave Python's lock, so seasons run side by side. SciPy gives a factor's memory
    back only in the thread that made it: work must not hand the engine out. One thread for BLAS, whose
    calls are too small to share.
    """

    def one(make: SeasonMaker) -> _Made:
        return work(make())

    threads = min(SEASONS_AT_ONCE, os.cpu_count() or 1)
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, makers))


def joined_seasons(parts: Sequence[Mapping[str, Concentration]]) -> dict[str, Concentration]:
    """Concentrations of the whole year from those of its seasons, by scenario."""
    return {
        code: Concentration(
            components=first.components,
            seasons=tuple(name for part in parts for name in part[code].seasons),
            days=np.concatenate([part[code].days for part in parts]),
            values=np.concatenate([part[code].values for part in parts], axis=1),
        )
        for code, first in parts[0].items()
    }


def seasonal_rain(weather: Sequence[Weather], area: Field, year_mm: float) -> list[Field]:
    """Rain of each season, mm/day: given, or shaped by moisture and scaled to a yearly mean over area."""
    given = [season.precipitation_mm_day for season in weather]
    if all(field is not None for field in given):
        return [field for field in given if field is not None]
    if any(field is not None for field in given):
        raise EngineError("precipitation is given for some seasons and missing for others")
    shapes = [precipitation_shape(season) for season in weather]
    total = sum(
        season.days * float((shape * area).sum() / area.sum())
        for season, shape in zip(weather, shapes, strict=True)
    )
    return [shape * (year_mm / total) for shape in shapes]

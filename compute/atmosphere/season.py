"""One season of the embedded transport model: its operators, its forward chain and its exact adjoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.chemistry import (
    AMMONIUM_PER_NH3,
    CARBON_MONOXIDE,
    CHAIN_TRACERS,
    NITRATE_PER_NOX,
    SULFATE_PER_SO2,
    Chemistry,
    ParticleShare,
    chemistry_of,
)
from compute.atmosphere.engine import EMISSION_GROUPS, POLLUTANTS
from compute.atmosphere.grid import Field, Grid
from compute.atmosphere.transport import (
    LAYERS,
    AgedOperator,
    as_fresh,
    build_aged_operator,
    of_all_ages,
)
from compute.atmosphere.weather import (
    Weather,
    blocking_height,
    layer_exchange,
    mixing_height,
    surface_resistance,
    upper_wind,
)
from compute.atmosphere.wind import blocked_faces, build_flow, with_mixing

POA_PER_OC = 2.1
_UG_PER_T = 1e12
_SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True)
class Release:
    """When and where groups of sources emit.

    season_share: of a year's emission in this season, by pollutant and group.  aloft_share: of a group
    that is released above the mixed layer.  precursor_share: mass of the precursor of secondary organics
    per mass of CO, by group.
    """

    season_share: Field
    aloft_share: Field
    precursor_share: Field


@dataclass(frozen=True)
class Operators(Mapping[str, AgedOperator]):
    """Operators by tracer, factorised when first asked for. Those held stay, others are made at every asking.

    make: factorises a tracer's.  held: tracers that stay.  names: of all.  made: those held, as far as asked for.
    """

    make: Callable[[str], AgedOperator]
    held: frozenset[str]
    names: tuple[str, ...]
    made: dict[str, AgedOperator] = field(default_factory=dict)

    def __getitem__(self, tracer: str) -> AgedOperator:
        """The tracer's operator."""
        if tracer not in self.names:
            raise KeyError(tracer)
        if tracer not in self.held:
            return self.make(tracer)
        if tracer not in self.made:
            self.made[tracer] = self.make(tracer)
        return self.made[tracer]

    def __contains__(self, tracer: object) -> bool:
        """Whether there is such a tracer, without making its operator."""
        return tracer in self.names

    def __iter__(self) -> Iterator[str]:
        """Names of the tracers."""
        return iter(self.names)

    def __len__(self) -> int:
        """How many tracers there are."""
        return len(self.names)


@dataclass(frozen=True)
class SeasonModel:
    """Operators of a season; volume_m3 is (2 n,).

    surface_s_m3: (n,), by how much the concentration at the ground exceeds the mixed layer's for what is
    emitted at the ground, ug/m3 per ug/s: resistance over area.
    """

    name: str
    days: float
    cells: int
    volume_m3: Field
    chemistry: Chemistry
    operators: Operators
    release: Release
    direct_sulfate_share: float
    surface_s_m3: Field


def build_season(
    grid: Grid,
    weather: Weather,
    precipitation_mm_day: Field,
    release: Release,
    parameters: Mapping[str, float],
    tracers: Sequence[str] = CHAIN_TRACERS,
    held: Sequence[str] | None = None,
) -> SeasonModel:
    """Winds to fluxes, weather to rates; each tracer's operator is factorised when it is asked for.

    tracers: those of the chain, and CARBON_MONOXIDE where it is wanted.  held: tracers whose factors stay (all
    by default); what is used once need not hold the memory of all factors (``Operators``).
    """
    mesh = grid.mesh()
    depth = mixing_height(weather, parameters)
    thickness = np.stack(
        [depth, np.maximum(parameters["lid_m"] - depth, parameters["min_upper_m"])]
    )
    scale = parameters["wind_scale"]
    upper_east, upper_north = upper_wind(weather, grid, depth, parameters)
    diffusivity = weather.wind_variance_m2_s2 * parameters["eddy_time_s"]
    flow = build_flow(
        mesh,
        np.stack([scale * weather.eastward_m_s, upper_east]),
        np.stack([scale * weather.northward_m_s, upper_north]),
        thickness,
        np.stack([diffusivity, diffusivity]),
        blocked_faces(weather.altitude_m, blocking_height(weather, parameters)),
        parameters["divergence_smooth_cells"],
    )
    fresh = with_mixing(flow, parameters["eddy_fresh_share"])
    chemistry = chemistry_of(weather, precipitation_mm_day, parameters)
    exchange = layer_exchange(weather, parameters)

    def make(tracer: str) -> AgedOperator:
        losses, age_s = chemistry.losses[tracer], parameters["eddy_time_s"]
        return build_aged_operator(mesh, flow, fresh, thickness, exchange, losses, age_s)

    kept = frozenset(tracers if held is None else held)
    return SeasonModel(
        name=weather.season,
        days=weather.days,
        cells=mesh.cells,
        volume_m3=(thickness * mesh.area_m2).ravel(),
        chemistry=chemistry,
        operators=Operators(make, kept, tuple(tracers)),
        release=release,
        direct_sulfate_share=parameters["direct_sulfate_share"],
        surface_s_m3=(surface_resistance(weather, parameters) / mesh.area_m2).ravel(),
    )


def emission_rates(model: SeasonModel, tonnes: NDArray[np.float64]) -> dict[str, Field]:
    """Emission into both layers, ug/s, by pollutant and for the precursor: (2 n,).

    tonnes: (pollutants, groups, cells), a year's.
    """
    release = model.release
    share = release.season_share * (_UG_PER_T / (model.days * _SECONDS_PER_DAY))
    by_layer = np.stack([1 - release.aloft_share, release.aloft_share])

    def rate(place: int, part: Field) -> Field:
        return np.asarray((by_layer * (share[place] * part)) @ tonnes[place]).ravel()

    everything = np.ones(len(EMISSION_GROUPS))
    rates = {name: rate(place, everything) for place, name in enumerate(POLLUTANTS)}
    rates["precursor"] = rate(POLLUTANTS.index("CO"), release.precursor_share)
    return rates


def forward(model: SeasonModel, rates: Mapping[str, NDArray[np.float64]]) -> dict[str, Field]:
    """Tracer concentrations in both layers, ug/m3, (2 n,) or (2 n, k), for emissions in ug/s.

    nitrate and ammonium are totals of gas and particle.
    """
    operators = model.operators
    direct = model.direct_sulfate_share
    so2 = operators["so2"].solve(as_fresh((1 - direct) * rates["SO2"]))
    nox = operators["nox"].solve(as_fresh(rates["NOx"]))
    precursor = operators["precursor"].solve(as_fresh(rates["precursor"]))
    convert = _converter(model, so2.ndim)
    made = convert("so2") * so2 + as_fresh(direct * rates["SO2"])
    particles = np.stack(
        [
            SULFATE_PER_SO2 * made,
            as_fresh(rates["BC"]),
            as_fresh(POA_PER_OC * rates["OC"]),
            as_fresh(rates["PM25_other"]),
            convert("precursor") * precursor,
        ],
        axis=-1,
    )
    flat = particles.reshape(particles.shape[0], -1)
    aerosol = operators["aerosol"].solve(flat).reshape(particles.shape)
    states = {
        "so2_gas": so2,
        "nox_gas": nox,
        "sulfate": aerosol[..., 0],
        "bc": aerosol[..., 1],
        "poa": aerosol[..., 2],
        "anthropogenic_dust": aerosol[..., 3],
        "soa": aerosol[..., 4],
        "nitrate": operators["nitrate"].solve(NITRATE_PER_NOX * convert("nox") * nox),
        "ammonium": operators["ammonium"].solve(as_fresh(AMMONIUM_PER_NH3 * rates["NH3"])),
    }
    if CARBON_MONOXIDE in operators:
        states["co_gas"] = operators[CARBON_MONOXIDE].solve(as_fresh(rates["CO"]))
    return {name: of_all_ages(state) for name, state in states.items()}


def near_ground(
    model: SeasonModel, tracer: Mapping[str, Field], rates: Mapping[str, Field]
) -> dict[str, Field]:
    """Concentrations at the ground, ug/m3, (n,) or (n, k), from those of the layers and the emissions.

    What is emitted there crosses the resistance of the surface layer before it mixes, so that its air is
    above the mixed layer's: resistance x flux. Mass is the layers' (``forward``); the surface layer is thin.
    """
    count = model.cells
    ground = {name: field[:count] for name, field in tracer.items()}
    excess = model.surface_s_m3 if tracer["so2_gas"].ndim == 1 else model.surface_s_m3[:, None]
    direct = model.direct_sulfate_share
    emitted = {
        "so2_gas": (1 - direct) * rates["SO2"],
        "nox_gas": rates["NOx"],
        "sulfate": direct * SULFATE_PER_SO2 * rates["SO2"],
        "bc": rates["BC"],
        "poa": POA_PER_OC * rates["OC"],
        "anthropogenic_dust": rates["PM25_other"],
    }
    if "co_gas" in ground:
        emitted["co_gas"] = rates["CO"]
    for name, rate in emitted.items():
        ground[name] = ground[name] + excess * rate[:count]
    return ground


def adjoint(model: SeasonModel, share: ParticleShare, receptors: Field) -> dict[str, Field]:
    """Sensitivity of particle concentration at receptors to emission rates, (ug/m3) / (ug/s).

    receptors: (cells, k), weights of means near the ground.  Returns (2 n, k) by pollutant: each chain
    of ``forward`` and ``near_ground`` transposed step by step.
    """
    both = _at_ground(receptors)
    operators = model.operators
    convert = _converter(model, 2)
    direct = model.direct_sulfate_share
    aerosol = operators["aerosol"].solve_adjoint(both)
    excess = np.concatenate([model.surface_s_m3[:, None] * receptors, np.zeros_like(receptors)])
    fresh = slice(0, LAYERS * model.cells)  # what is emitted is fresh
    primary = aerosol[fresh] + excess  # ``near_ground`` transposed
    nitrate = operators["nitrate"].solve_adjoint(_at_ground(share.nitrate[:, None] * receptors))
    ammonium = operators["ammonium"].solve_adjoint(_at_ground(share.ammonium[:, None] * receptors))
    from_gas = operators["so2"].solve_adjoint(SULFATE_PER_SO2 * convert("so2") * aerosol)
    return {
        "SO2": (1 - direct) * from_gas[fresh] + direct * SULFATE_PER_SO2 * primary,
        "NOx": operators["nox"].solve_adjoint(NITRATE_PER_NOX * convert("nox") * nitrate)[fresh],
        "NH3": AMMONIUM_PER_NH3 * ammonium[fresh],
        "BC": primary,
        "OC": POA_PER_OC * primary,
        "PM25_other": primary,
    }


def tonne_sensitivity(model: SeasonModel, rate_sensitivity: Field) -> dict[str, Field]:
    """From (ug/m3) / (ug/s) to (ug/m3) per tonne and year by emission group: each (cells, k).

    Without the season share, which depends on the pollutant too.
    """
    per_second = _UG_PER_T / (model.days * _SECONDS_PER_DAY)
    low, high = rate_sensitivity[: model.cells], rate_sensitivity[model.cells :]
    return {
        group: per_second
        * ((1 - model.release.aloft_share[place]) * low + model.release.aloft_share[place] * high)
        for place, group in enumerate(EMISSION_GROUPS)
    }


def _converter(model: SeasonModel, dimensions: int) -> Callable[[str], Field]:
    """Conversion of a tracer in m3/s, shaped to multiply (4 n,) or (4 n, k)."""
    rates = {
        "so2": model.chemistry.so2_rate_s,
        "nox": model.chemistry.nox_rate_s,
        "precursor": model.chemistry.precursor_rate_s,
    }

    def convert(tracer: str) -> Field:
        field = np.tile(rates[tracer].ravel() * model.volume_m3, 2)
        return field if dimensions == 1 else field[:, None]

    return convert


def _at_ground(receptors: Field) -> Field:
    """Receptors of the mixed layer's air of both ages, (4 n, k)."""
    one = np.concatenate([receptors, np.zeros_like(receptors)])
    return np.concatenate([one, one])

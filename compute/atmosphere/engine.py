"""What every engine of concentrations is, and the scenarios of the paper's Table 1.

An engine takes the emissions of scenarios on a grid and returns concentrations by component; where it
has an adjoint, it also says how each receptor's concentration depends on every emission. The embedded
transport model is one (``reduced``); runs of GEOS-Chem are another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.grid import Field, Grid

POLLUTANTS = ("SO2", "NOx", "NH3", "CO", "BC", "OC", "PM25_other")
EMISSION_GROUPS = ("power", "industry", "transport", "residential", "agriculture")
EXPORT_COMPONENTS = ("sulfate", "nitrate", "ammonium", "bc", "poa", "anthropogenic_dust")
"""What the export-related part is made of, as in the paper."""
TOTAL_COMPONENTS = (*EXPORT_COMPONENTS, "soa", "background")
"""What PM2.5 is made of. Secondary organics and the background are in totals alone."""
COMPONENT_OF_POLLUTANT = {
    "SO2": "sulfate",
    "NOx": "nitrate",
    "NH3": "ammonium",
    "BC": "bc",
    "OC": "poa",
    "PM25_other": "anthropogenic_dust",
}
COAST = "East Coast"
"""The region of China whose exports I_EXEAST leaves out."""


class EngineError(ValueError):
    """An engine was given something it cannot compute with."""


@dataclass(frozen=True)
class Regions:
    """What scenarios know of places.

    home: the consumer that all provinces are together.  world: consumer to world region.
    china: exporting province to region of China.
    """

    home: str
    world: Mapping[str, str]
    china: Mapping[str, str]

    def coast(self) -> frozenset[str]:
        """The provinces of the East Coast."""
        return frozenset(code for code, name in self.china.items() if name == COAST)


@dataclass(frozen=True)
class Scenario:
    """One run of the paper's Table 1: all emissions less those that an export drives.

    removes: which export-driven emissions are left out.  region: the foreign region of I_EXREGION.
    """

    code: str
    removes: str
    region: str | None = None

    def leaves_out(self, producer: str, exporter: str, consumer: str, regions: Regions) -> bool:
        """Whether an emission driven by this export is left out.

        Exports that return into the home region's demand are not foreign demand and stay in every scenario.
        """
        if self.removes == "nothing" or consumer == regions.home:
            return False
        match self.removes:
            case "exports":
                return True
            case "east coast exports":
                return regions.china.get(exporter) == COAST
            case "direct exports":
                return producer == exporter
            case "exports to region":
                return regions.world.get(consumer) == self.region
        raise EngineError(f"{self.code}: it is not known what {self.removes!r} removes")


BASE = Scenario("Base", "nothing")
I_EX = Scenario("I_EX", "exports")
I_EXEAST = Scenario("I_EXEAST", "east coast exports")
I_EXDIR = Scenario("I_EXDIR", "direct exports")


def i_exregion(region: str) -> Scenario:
    """I_EXREGION for a world region: code ``I_EXREGION:<region>``."""
    return Scenario(f"I_EXREGION:{region}", "exports to region", region)


def scenario_of(code: str) -> Scenario:
    """The scenario with a code. Raises EngineError for an unknown one."""
    known = {scenario.code: scenario for scenario in (BASE, I_EX, I_EXEAST, I_EXDIR)}
    name, _, region = code.partition(":")
    if code in known:
        return known[code]
    if name == "I_EXREGION" and region:
        return i_exregion(region)
    raise EngineError(f"no scenario {code!r}; known: {', '.join(known)}, I_EXREGION:<region>")


@dataclass(frozen=True)
class GriddedEmission:
    """Emissions of a year on the grid, t (NOx as NO2, BC and OC as C).

    tonnes: (pollutants, groups, cells) in the order of POLLUTANTS and EMISSION_GROUPS.
    """

    tonnes: NDArray[np.float64]


@dataclass(frozen=True)
class Concentration:
    """Concentrations near the ground, ug/m3, by component, season and cell.

    components: names, first axis of values.  seasons: names, second axis.  values: (components,
    seasons, cells).  days: length of each season, for annual means.
    """

    components: tuple[str, ...]
    seasons: tuple[str, ...]
    days: NDArray[np.float64]
    values: NDArray[np.float64]

    def annual(self, component: str) -> Field:
        """Mean of the year, (cells,)."""
        weights = self.days / self.days.sum()
        return np.asarray(weights @ self.values[self.components.index(component)])

    def season(self, component: str, season: str) -> Field:
        """Mean of one season, (cells,)."""
        return np.asarray(self.values[self.components.index(component), self.seasons.index(season)])

    def pm25(self, season: str | None = None) -> Field:
        """Sum of the particle components, annual or of a season, (cells,)."""
        names = [name for name in TOTAL_COMPONENTS if name in self.components]
        parts = [
            self.annual(name) if season is None else self.season(name, season) for name in names
        ]
        return np.asarray(np.sum(parts, axis=0))


@dataclass(frozen=True)
class Sensitivity:
    """How the annual mean at each receptor depends on every emission of the year.

    ug_m3_per_t: (receptors, pollutants, groups, cells), of the component that the pollutant becomes;
    zero for CO, which only makes secondary organics.  Exact: concentration = sum over pollutants,
    groups and cells of sensitivity x tonnes (plus secondary organics and background).
    """

    ug_m3_per_t: NDArray[np.float64]


@runtime_checkable
class Engine(Protocol):
    """Emissions of scenarios in, concentrations of components out."""

    @property
    def name(self) -> str:
        """What result rows call it."""

    @property
    def grid(self) -> Grid:
        """Where emissions are given and concentrations come out."""

    def run(self, scenarios: Mapping[str, GriddedEmission]) -> dict[str, Concentration]:
        """Concentrations of each scenario, by its code."""


@runtime_checkable
class AdjointEngine(Engine, Protocol):
    """An engine that can be run backwards from receptors."""

    def sensitivities(self, receptors: NDArray[np.float64]) -> Sensitivity:
        """receptors: (receptors, cells), weights of a mean over cells."""


def check_scenarios(
    grid: Grid, scenarios: Mapping[str, GriddedEmission], order: Sequence[str] = POLLUTANTS
) -> None:
    """Raises EngineError when an emission field has the wrong shape or is not finite."""
    shape = (len(order), len(EMISSION_GROUPS), grid.shape[0] * grid.shape[1])
    for code, emission in scenarios.items():
        if emission.tonnes.shape != shape:
            raise EngineError(
                f"{code}: emissions of shape {emission.tonnes.shape}, expected {shape}"
            )
        if not np.isfinite(emission.tonnes).all():
            raise EngineError(f"{code}: an emission is not finite")

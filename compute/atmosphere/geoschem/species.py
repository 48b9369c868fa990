"""Our pollutants as GEOS-Chem emits them, and its aerosol species as the components of PM2.5.

A file holds one variable for each pollutant (``SourceVariable``); HEMCO multiplies it by scale factors of
its own configuration (by name: their numbers and values are read there) into the species of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.engine import EMISSION_GROUPS

Array = NDArray[np.float64]
NO_PER_NO2 = 30.0 / 46.0
AIR_G_MOL = 28.9644
POA_PER_OC = 2.1


class SpeciesError(ValueError):
    """A species or a scale factor that is needed is missing."""


@dataclass(frozen=True)
class Fed:
    """A species of the model and the scale factor that makes it of a variable (None: all of it)."""

    species: str
    factor: str | None = None


@dataclass(frozen=True)
class SourceVariable:
    """One variable of our files.

    pollutant: ours.  name: in the file.  kg_per_kg: its mass per mass of the pollutant.
    feeds: the species it becomes.
    """

    pollutant: str
    name: str
    feeds: tuple[Fed, ...]
    kg_per_kg: float = 1.0


SOURCES = (
    SourceVariable("NOx", "NO", (Fed("NO"),), NO_PER_NO2),
    SourceVariable("SO2", "SO2", (Fed("SO2"), Fed("SO4", "SO2toSO4"))),
    SourceVariable("CO", "CO", (Fed("CO"), Fed("SOAP", "COtoSOAP_anth"))),
    SourceVariable("NH3", "NH3", (Fed("NH3"),)),
    SourceVariable("BC", "BC", (Fed("BCPI", "BC2BCPI"), Fed("BCPO", "BC2BCPO"))),
    SourceVariable("OC", "OC", (Fed("OCPI", "OC2OCPI"), Fed("OCPO", "OC2OCPO"))),
    SourceVariable("PM25_other", "DST1", (Fed("DST1"),)),
)
"""NOx is as NO2 and becomes NO; BC and OC are carbon; primary sulfate is a share of SO2, on top of it."""

GROUP_SUFFIX = dict(zip(EMISSION_GROUPS, ("POW", "IND", "TRA", "RES", "AGR"), strict=True))


def variable_name(source: SourceVariable, group: str) -> str:
    """The name of a variable in a file: ``SO2_power``."""
    return f"{source.name}_{group}"


def species_totals(
    source_kg: Mapping[str, float], factors: Mapping[str, float]
) -> dict[str, float]:
    """Mass by species of the model from the mass by source variable, kg.

    source_kg: by name of the source variable.  factors: values by name, from HEMCO's configuration.
    Raises SpeciesError for a factor that is not there.
    """
    totals: dict[str, float] = {}
    for source in SOURCES:
        for fed in source.feeds:
            if fed.factor is not None and fed.factor not in factors:
                raise SpeciesError(f"scale factor {fed.factor} (for {fed.species}) is not defined")
            share = 1.0 if fed.factor is None else factors[fed.factor]
            if source.name in source_kg:
                totals[fed.species] = totals.get(fed.species, 0.0) + share * source_kg[source.name]
    return totals


@dataclass(frozen=True)
class Part:
    """A species in a component: molar mass, mass of component per mass of species, growth it takes."""

    species: str
    molar_mass_g_mol: float
    factor: float = 1.0
    growth: str | None = None
    is_required: bool = True


COMPONENT_PARTS: dict[str, tuple[Part, ...]] = {
    "sulfate": (
        Part("SO4", 96.06, growth="inorganic"),
        Part("HMS", 111.10, growth="inorganic", is_required=False),
    ),
    "nitrate": (Part("NIT", 62.01, growth="inorganic"),),
    "ammonium": (Part("NH4", 18.05, growth="inorganic"),),
    "bc": (Part("BCPI", 12.01), Part("BCPO", 12.01)),
    "poa": (
        Part("OCPI", 12.01, POA_PER_OC, growth="organic"),
        Part("OCPO", 12.01, POA_PER_OC),
    ),
    "anthropogenic_dust": (Part("DST1", 29.0),),
    "soa": (Part("SOAS", 150.0, growth="organic", is_required=False),),
    "background": (
        Part("SALA", 31.4, growth="sea salt"),
        Part("DST2", 29.0, 0.30),
    ),
}
"""What each component is made of (PM2.5 of GEOS-Chem 14.0.1, taken apart). DST1 carries natural dust in
every scenario alike: Base less a scenario is anthropogenic alone, the total is not."""

AEROSOL_SPECIES = tuple(part.species for parts in COMPONENT_PARTS.values() for part in parts)


@dataclass(frozen=True)
class Growth:
    """Mass with water per dry mass at 35 % relative humidity; organic: as the model logs it at start."""

    inorganic: float = 1.10
    organic: float = 1.05
    sea_salt: float = 1.86

    def of(self, name: str | None) -> float:
        """The factor of a part; one where nothing grows."""
        by_name = {"inorganic": self.inorganic, "organic": self.organic, "sea salt": self.sea_salt}
        return 1.0 if name is None else by_name[name]


DRY = Growth(1.0, 1.0, 1.0)


def ug_m3(mol_mol: Array, molar_mass_g_mol: float, dry_air_kg_m3: Array) -> Array:
    """Mixing ratio (mol/mol dry air) to mass (ug/m3): x M / M_air rho 1e9.

    The shapes broadcast.  1e-9 mol/mol of sulfate (96.06 g/mol) at 1.2 kg/m3 is 3.979782 ug/m3.
    """
    return np.asarray(mol_mol * (molar_mass_g_mol / AIR_G_MOL) * dry_air_kg_m3 * 1e9)


def components(
    mol_mol: Mapping[str, Array], dry_air_kg_m3: Array, growth: Growth = DRY
) -> dict[str, Array]:
    """Components of PM2.5 from species near the ground, ug/m3.

    mol_mol: by species, any shape; dry_air_kg_m3: the same shape.  growth: ``DRY`` for dry mass.
    Raises SpeciesError naming every required species that is missing.
    """
    lacking = sorted(
        part.species
        for parts in COMPONENT_PARTS.values()
        for part in parts
        if part.is_required and part.species not in mol_mol
    )
    if lacking:
        raise SpeciesError(f"species missing in the output: {', '.join(lacking)}")
    result = {}
    for name, parts in COMPONENT_PARTS.items():
        total = np.zeros_like(dry_air_kg_m3)
        for part in parts:
            if part.species in mol_mol:
                mass = ug_m3(mol_mol[part.species], part.molar_mass_g_mol, dry_air_kg_m3)
                total = total + part.factor * growth.of(part.growth) * mass
        result[name] = total
    return result

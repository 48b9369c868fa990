"""The linear chain from what is emitted to what is breathed, and what removes each tracer.

Tracers and molar factors: SO2 -> sulfate (96.06 / 64.06), NOx as NO2 -> total nitrate, HNO3 and
particle (62.00 / 46.01), NH3 -> total ammonium (18.04 / 17.03), CO -> precursor of secondary organics.

The ammonia limit is nonlinear in truth. It is kept linear like this: gas and particle of nitrate and of
ammonium travel as one tracer whose deposition follows the share of particles that temperature alone
allows; how much of the tracer is particle at the ground is a share per cell and season that is found
once, with all emissions, and then held for every scenario and for the adjoint. So the chain is exactly
additive. The cost: taking ammonia away does not turn nitrate back into gas, nor does taking sulfate away
free ammonia for nitrate; ammonium counts to who emits the ammonia, not to who emits the acid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from compute.atmosphere.grid import Field
from compute.atmosphere.transport import Losses
from compute.atmosphere.weather import Weather

SULFATE_PER_SO2 = 96.06 / 64.06
NITRATE_PER_NOX = 62.00 / 46.01
AMMONIUM_PER_NH3 = 18.04 / 17.03
_SULFATE_G_MOL, _NITRATE_G_MOL, _AMMONIUM_G_MOL = 96.06, 62.00, 18.04
CARBON_MONOXIDE = "co"
"""A tracer apart: it makes nothing that is breathed here, and is run to be compared with observations."""
CHAIN_TRACERS = ("so2", "nox", "nitrate", "ammonium", "aerosol", "precursor")


@dataclass(frozen=True)
class Chemistry:
    """Rates of one season, (ny, nx) or (2, ny, nx).

    losses: by tracer.  so2_rate_s, nox_rate_s, precursor_rate_s: first-order conversion in both layers.
    nitrate_particle_share: of total nitrate, as temperature allows.
    """

    losses: Mapping[str, Losses]
    so2_rate_s: Field
    nox_rate_s: Field
    precursor_rate_s: Field
    nitrate_particle_share: Field


def chemistry_of(
    weather: Weather, precipitation_mm_day: Field, parameters: Mapping[str, float]
) -> Chemistry:
    """Losses and conversion rates from the weather of a season.

    Washout: scavenging ratio x rain rate / scavenged depth (Seinfeld and Pandis 2016, ch. 20), capped
    because rain is intermittent: what falls between showers is not scavenged.
    """
    celsius = weather.temperature_k - 273.15
    rain_m_s = precipitation_mm_day / 1000 / 86400
    washout = np.minimum(
        parameters["washout_ratio"] * rain_m_s / parameters["washout_depth_m"],
        parameters["washout_cap_s"],
    )
    both = np.ones((2, 1, 1))
    so2_rate = (
        parameters["so2_oxidation_s"]
        * np.exp(parameters["so2_oxidation_per_k"] * (celsius - 15))
        * (1 + parameters["so2_oxidation_humidity"] * (weather.humidity_percent - 60) / 40)
    )
    nox_rate = 1 / (
        3600
        * np.clip(
            parameters["nox_lifetime_h"]
            * np.exp(-parameters["nox_lifetime_per_k"] * (celsius - 15)),
            parameters["nox_lifetime_min_h"],
            parameters["nox_lifetime_max_h"],
        )
    )
    particle = 1 / (
        1
        + np.exp((celsius + 273.15 - parameters["nitrate_half_k"]) / parameters["nitrate_width_k"])
    )
    precursor = np.full_like(celsius, 1 / (3600 * parameters["soa_precursor_lifetime_h"]))
    aerosol_velocity = np.full_like(celsius, parameters["aerosol_deposition_m_s"])

    def losses(velocity: Field, washed: float, rate: Field | float) -> Losses:
        return Losses(velocity, both * (washed * washout + rate))

    so2_rate = np.maximum(so2_rate, 0)
    by_tracer = {
        "so2": losses(
            np.full_like(celsius, parameters["so2_deposition_m_s"]),
            parameters["so2_washout_share"],
            so2_rate,
        ),
        "nox": losses(np.full_like(celsius, parameters["nox_deposition_m_s"]), 0.0, nox_rate),
        "nitrate": losses(
            particle * aerosol_velocity + (1 - particle) * parameters["hno3_deposition_m_s"],
            1.0,
            0.0,
        ),
        "ammonium": losses(
            parameters["ammonium_particle_share"] * aerosol_velocity
            + (1 - parameters["ammonium_particle_share"]) * parameters["nh3_deposition_m_s"],
            1.0,
            0.0,
        ),
        "aerosol": losses(aerosol_velocity, 1.0, 0.0),
        "precursor": losses(np.zeros_like(celsius), 0.0, precursor),
        CARBON_MONOXIDE: losses(
            np.zeros_like(celsius), 0.0, 1 / (86400 * parameters["co_lifetime_days"])
        ),
    }
    return Chemistry(by_tracer, both * so2_rate, both * nox_rate, both * precursor, particle)


@dataclass(frozen=True)
class ParticleShare:
    """Which part of total nitrate and total ammonium is particle at the ground, (cells,), 0 to 1."""

    nitrate: Field
    ammonium: Field


def particle_shares(
    sulfate: Field, nitrate: Field, ammonium: Field, allowed: Field
) -> ParticleShare:
    """The ammonia limit with all emissions, from ug/m3 near the ground.

    Ammonia neutralises sulfate first; what is left lets nitrate be particle, at most the share that
    temperature allows (Ansari and Pandis 1998, Environ. Sci. Technol. 32, 2706).
    """
    acid = 2 * sulfate / _SULFATE_G_MOL
    base = ammonium / _AMMONIUM_G_MOL
    wanted = allowed * nitrate / _NITRATE_G_MOL
    free = np.clip(base - acid, 0, None)
    met = np.divide(free, wanted, out=np.ones_like(free), where=wanted > 0)
    nitrate_share = allowed * np.minimum(1, met)
    bound = np.minimum(base, acid) + nitrate_share * nitrate / _NITRATE_G_MOL
    ammonium_share = np.divide(bound, base, out=np.zeros_like(base), where=base > 0)
    return ParticleShare(nitrate_share, np.clip(ammonium_share, 0, 1))

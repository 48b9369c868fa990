"""What the sources of the atmosphere's parameters say can be worked out again; the documents count them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import polars as pl
import pytest
from scipy.optimize import brentq

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
PARAMETERS = pl.read_csv(SEEDS / "coefficients" / "atmosphere_parameter.csv")
SOURCE = dict(PARAMETERS.select("name", "source").iter_rows())
VALUE = dict(PARAMETERS.select("name", "value").iter_rows())


def test_documents_count_the_parameters_that_have_a_source_at_hand() -> None:
    read = int(PARAMETERS["source_at_hand"].sum())
    counts = (PARAMETERS.height, read, PARAMETERS.height - read)
    status = (ROOT / "docs" / "status.md").read_text()
    said = re.search(r"of (\d+) parameters (\d+) have a text .* and (\d+) have not", status)
    assert said is not None
    assert tuple(int(number) for number in said.groups()) == counts
    atmosphere = (ROOT / "docs" / "atmosphere.md").read_text()
    said = re.search(r"That holds for (\d+) of (\d+)\. The other (\d+) are", atmosphere)
    assert said is not None
    assert tuple(int(number) for number in said.groups()) == (counts[1], counts[0], counts[2])


def particle_nitrate_share(temperature_k: float, nitrate_ppb: float, ammonia_ppb: float) -> float:
    """Of total nitrate as dry NH4NO3 in equilibrium (constant of the seed's source), ppb of both in all phases."""
    constant = math.exp(118.87 - 24084 / temperature_k - 6.025 * math.log(temperature_k))
    if nitrate_ppb * ammonia_ppb <= constant:
        return 0.0
    both = nitrate_ppb + ammonia_ppb
    root = math.sqrt(both**2 - 4 * (nitrate_ppb * ammonia_ppb - constant))
    return (both - root) / 2 / nitrate_ppb


def test_the_transition_of_nitrate_is_that_of_the_dissociation_constant() -> None:
    halves, widths = [], []
    for nitrate in (2.0, 4.0):
        for ammonia in (3.0, 6.0, 10.0):

            def beyond_half(
                kelvin: float, amounts: tuple[float, float] = (nitrate, ammonia)
            ) -> float:
                return particle_nitrate_share(kelvin, *amounts) - 0.5

            half = float(brentq(beyond_half, 260.0, 310.0))
            slope = beyond_half(half + 0.5) - beyond_half(half - 0.5)
            halves.append(half)
            widths.append(-1 / (4 * slope))  # of 1 / (1 + exp((T - half) / width)) at one half
    assert "286 to 294 K" in SOURCE["nitrate_half_k"]
    assert (round(min(halves)), round(max(halves))) == (286, 294)
    assert "2.1 to 5.5 K" in SOURCE["nitrate_width_k"]
    assert (round(min(widths), 1), round(max(widths), 1)) == (2.1, 5.5)
    assert min(widths) <= VALUE["nitrate_width_k"] <= max(widths)


def test_other_readings_of_sources_follow_from_their_figures() -> None:
    low, high = (math.log(21 / 5.9) / kelvin for kelvin in (30, 20))
    assert f"{low:.3f} to {high:.3f} per K" in SOURCE["nox_lifetime_per_k"]
    assert VALUE["nox_lifetime_per_k"] == pytest.approx(low, rel=0.06)
    assert [round((height / 10) ** (1 / 7), 1) for height in (20, 200)] == [1.1, 1.5]
    assert "1.1 at 20 m and 1.5 at 200 m" in SOURCE["wind_scale"]
    assert f"{208 / 3:.0f} s/m at 3 m/s" in SOURCE["surface_resistance_s_m"]
    particle, gas = 6.04 / 18.04, 2.95 / 17.03
    assert f"{particle / (particle + gas):.2f} in Qingdao" in SOURCE["ammonium_particle_share"]


def test_published_shares_are_ranges_of_provinces_in_rounds() -> None:
    listed = pl.read_csv(SEEDS / "published_figures" / "source_apportionment.csv")
    assert set(listed["list_round"]) == {1, 2, 3}
    assert set(listed["season"]) <= {"year", "DJF", "MAM", "JJA", "SON"}
    assert listed.filter(
        ~pl.col("self_made_low_share").is_between(0, pl.col("self_made_high_share"))
        | (pl.col("self_made_high_share") > 1)
    ).is_empty()
    by_round = [
        set(listed.filter(pl.col("list_round") == number)["province"]) for number in (1, 2, 3)
    ]
    assert (
        not by_round[0] & by_round[1]
    )  # a later round judges provinces that had not been looked at
    assert not (by_round[0] | by_round[1]) & by_round[2]

"""The pure parts of the GEOS-Chem engine against hand calculation, identities and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.atmosphere.engine import COMPONENT_OF_POLLUTANT, TOTAL_COMPONENTS
from compute.atmosphere.geoschem.estimate import estimate, measured_speed
from compute.atmosphere.geoschem.fluxes import (
    FluxError,
    even_shares,
    month_mass_kg,
    month_seconds,
    monthly_flux,
)
from compute.atmosphere.geoschem.masks import Box, MaskError, check_box, china_mask, mask_box
from compute.atmosphere.geoschem.regrid import (
    RegridError,
    boundary_grid,
    cell_area_m2,
    emission_grid,
    move_mass,
    overlap,
)
from compute.atmosphere.geoschem.schedule import Plan, build_schedule
from compute.atmosphere.geoschem.species import (
    AEROSOL_SPECIES,
    COMPONENT_PARTS,
    DRY,
    Growth,
    SpeciesError,
    components,
    species_totals,
    ug_m3,
)
from compute.atmosphere.grid import nested_grid


@pytest.mark.parametrize(
    ("mixing", "molar_mass", "density", "by_hand"),
    [
        # 1e-9 mol/mol x 96.06 / 28.9644 x 1.2 kg/m3 x 1e9 ug/kg
        (1e-9, 96.06, 1.2, 3.979782),
        # 2 ppb of black carbon (12.01) at 1.0 kg/m3: 2 x 12.01 / 28.9644
        (2e-9, 12.01, 1.0, 0.829294),
        (0.0, 62.01, 1.3, 0.0),
    ],
)
def test_mixing_ratio_to_mass_by_hand(
    mixing: float, molar_mass: float, density: float, by_hand: float
) -> None:
    found = ug_m3(np.array([mixing]), molar_mass, np.array([density]))
    assert found[0] == pytest.approx(by_hand, rel=1e-6)


def test_mixing_ratio_to_mass_by_the_ideal_gas() -> None:
    # Another way: n = P / (R T) = 101325 / (8.314462618 x 298.15) = 40.874 mol/m3 of air.
    air_mol_m3 = 101_325 / (8.314462618 * 298.15)
    density = air_mol_m3 * 28.9644e-3
    found = ug_m3(np.array([5e-9]), 62.01, np.array([density]))[0]
    assert found == pytest.approx(5e-9 * air_mol_m3 * 62.01 * 1e6, rel=1e-12)


def _ones() -> dict[str, np.ndarray]:
    return {name: np.full((2, 2), 1e-9) for name in AEROSOL_SPECIES}


def test_components_by_hand() -> None:
    found = components(_ones(), np.ones((2, 2)))
    per_g = 1 / 28.9644
    by_hand = {
        "sulfate": (96.06 + 111.10) * per_g,
        "nitrate": 62.01 * per_g,
        "ammonium": 18.05 * per_g,
        "bc": 2 * 12.01 * per_g,
        "poa": 2.1 * 2 * 12.01 * per_g,
        "anthropogenic_dust": 29.0 * per_g,
        "soa": 150.0 * per_g,
        "background": (31.4 + 0.3 * 29.0) * per_g,
    }
    assert set(found) == set(TOTAL_COMPONENTS)
    for name, value in by_hand.items():
        assert found[name][0, 0] == pytest.approx(value, rel=1e-12), name


def test_moist_masses_add_up_to_the_models_pm25() -> None:
    """PM25 of 14.0.1 without its conversion to standard conditions, term by term."""
    growth = Growth(inorganic=1.10, organic=1.16, sea_salt=1.86)
    mass = {
        name: ug_m3(np.array(1e-9), weight, np.array(1.0)) for name, weight in _weights().items()
    }
    by_formula = (
        1.10 * (mass["NH4"] + mass["NIT"] + mass["SO4"] + mass["HMS"])
        + mass["BCPI"]
        + mass["BCPO"]
        + 2.1 * (mass["OCPO"] + 1.16 * mass["OCPI"])
        + 1.86 * mass["SALA"]
        + mass["DST1"]
        + 0.30 * mass["DST2"]
        + 1.16 * mass["SOAS"]
    )
    found = components(_ones(), np.ones((2, 2)), growth)
    assert sum(field[0, 0] for field in found.values()) == pytest.approx(by_formula, rel=1e-12)


def _weights() -> dict[str, float]:
    return {
        part.species: part.molar_mass_g_mol for parts in COMPONENT_PARTS.values() for part in parts
    }


def test_missing_species_are_named_and_optional_ones_are_not_needed() -> None:
    species = _ones()
    for name in ("HMS", "SOAS"):
        del species[name]
    components(species, np.ones((2, 2)), DRY)
    del species["NIT"], species["DST1"]
    with pytest.raises(SpeciesError, match="DST1, NIT"):
        components(species, np.ones((2, 2)))


def test_every_pollutant_that_becomes_a_component_feeds_the_model() -> None:
    from compute.atmosphere.geoschem.species import SOURCES

    assert {source.pollutant for source in SOURCES} == {*COMPONENT_OF_POLLUTANT, "CO"}


def test_species_totals_by_hand() -> None:
    factors = {
        "SO2toSO4": 0.031,
        "COtoSOAP_anth": 0.069,
        "BC2BCPI": 0.2,
        "BC2BCPO": 0.8,
        "OC2OCPI": 0.5,
        "OC2OCPO": 0.5,
    }
    found = species_totals({"SO2": 100.0, "BC": 10.0, "CO": 1000.0, "NO": 30.0}, factors)
    assert found == pytest.approx(
        {"SO2": 100, "SO4": 3.1, "BCPI": 2, "BCPO": 8, "CO": 1000, "SOAP": 69, "NO": 30}
    )
    with pytest.raises(SpeciesError, match="SO2toSO4"):
        species_totals({"SO2": 1.0}, {})


def test_flux_by_hand() -> None:
    # 365 t over one cell of 1e6 m2, even through 2007: 365e3 kg / 1e6 m2 / 31,536,000 s
    area = np.array([[1e6, 2e6]])
    flux = monthly_flux(np.array([[365.0, 0.0]]), even_shares(2007), area, 2007)
    assert flux[:, 0, 0] == pytest.approx(np.full(12, 365e3 / 1e6 / 31_536_000))
    assert month_mass_kg(flux, area, 2007)[1] == pytest.approx(28_000.0)
    assert month_seconds(2016)[1] == 29 * 86_400


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0, 1e9), min_size=6, max_size=6),
    st.lists(st.floats(0.01, 1), min_size=12, max_size=12),
    st.sampled_from([2007, 2008, 2017]),
)
def test_what_is_emitted_arrives(tonnes: list[float], weights: list[float], year: int) -> None:
    field = np.array(tonnes).reshape(2, 3)
    area = cell_area_m2(np.array([70.0, 71, 72, 73]), np.array([20.0, 21, 22]))
    shares = np.array(weights) / sum(weights)
    flux = monthly_flux(field, shares, area, year)
    found = month_mass_kg(flux, area, year)
    assert found == pytest.approx(1000 * field.sum() * shares, rel=1e-9)


@pytest.mark.parametrize(
    ("tonnes", "shares"),
    [
        (np.array([[-1.0]]), even_shares(2007)),
        (np.array([[np.nan]]), even_shares(2007)),
        (np.array([[1.0]]), np.full(12, 0.1)),
        (np.array([[1.0]]), np.full(11, 1 / 11)),
        (np.ones((2, 2)), even_shares(2007)),
    ],
)
def test_fluxes_of_nonsense_are_refused(tonnes: np.ndarray, shares: np.ndarray) -> None:
    with pytest.raises(FluxError):
        monthly_flux(tonnes, shares, np.ones((1, 1)), 2007)


def test_overlap_by_hand() -> None:
    found = overlap(np.array([0.0, 1.0, 2.0]), np.array([-1.0, 0.25, 1.5, 3.0]))
    assert found.tolist() == [[0.25, 0.0], [0.75, 0.5], [0.0, 0.5]]


@pytest.mark.parametrize("name", ["meic", "meic-0.1"])
def test_mass_is_kept_on_meics_grid_cell_by_cell(name: str) -> None:
    nested, target = nested_grid(), emission_grid(name)
    rng = np.random.default_rng(0)
    mass = rng.uniform(0, 1e6, nested.shape)
    mass[:, 0] = 0  # the domain begins west of MEIC's
    edges = (nested.longitude_edges, nested.latitude_edges)
    moved = move_mass(mass, edges, (target.longitude_edges, target.latitude_edges))
    assert moved.shape == target.shape
    assert moved.sum() == pytest.approx(mass.sum(), rel=1e-12)
    # An even density stays even where the target cell lies wholly within the domain.
    area = nested.area_m2()
    area[:, 0] = 0
    even = move_mass(area, edges, (target.longitude_edges, target.latitude_edges))
    inside = slice(60, 120), slice(20, 200)
    assert (even / target.area_m2())[inside] == pytest.approx(1.0)


def test_meics_grid_is_as_its_files_have_it() -> None:
    grid = emission_grid("meic")
    assert grid.shape == (200, 320)
    assert grid.longitude_edges[[0, -1]] == pytest.approx([70, 150])
    assert grid.latitude_edges[[0, -1]] == pytest.approx([10, 60])
    with pytest.raises(RegridError, match="no emission grid"):
        emission_grid("edgar")


def test_mass_outside_the_target_is_refused() -> None:
    with pytest.raises(RegridError, match="outside"):
        move_mass(
            np.ones((1, 2)),
            (np.array([0.0, 1, 2]), np.array([0.0, 1])),
            (np.array([0.0, 1]), np.array([0.0, 1])),
        )


def test_the_boundary_grid_is_the_models() -> None:
    longitude, latitude = boundary_grid()
    centres = (longitude[1:] + longitude[:-1]) / 2, (latitude[1:] + latitude[:-1]) / 2
    assert np.allclose(centres[0] % 2.5, 0)
    assert np.allclose(centres[1] % 2, 0)


def test_mask_holds_every_emission_and_china() -> None:
    share = np.array([[0.0, 0.4, 0.6], [0.0, 0.1, 1.0]])
    emission = np.array([[0.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
    assert china_mask(share, emission).tolist() == [[0, 0, 1], [0, 1, 1]]
    with pytest.raises(MaskError, match="shapes"):
        china_mask(share, emission[:1])


def test_a_box_must_enclose_its_mask_and_leave_part_of_the_domain_outside() -> None:
    mask = np.zeros((160, 224))
    mask[20:150, 20:200] = 1
    grid = nested_grid()
    around = mask_box(mask, grid.longitude_edges, grid.latitude_edges)
    assert around.text() == "76/19/133/53"
    check_box(around, around)
    with pytest.raises(MaskError, match="does not enclose"):
        check_box(Box(80, 19, 133, 53), around)
    with pytest.raises(MaskError, match="whole nested domain"):
        check_box(Box(70, 10, 150, 60), around)  # the box of the model's own China mask
    with pytest.raises(MaskError, match="empty"):
        mask_box(0 * mask, grid.longitude_edges, grid.latitude_edges)


def test_estimates_grow_with_the_choice_and_speeds_are_inverse() -> None:
    one = build_schedule(["Base"], Plan(2017, (1,)))
    two = build_schedule(["Base", "I_EX"], Plan(2017, (1,)))
    sizes = {"advected_species": 200, "all_species": 300, "output_fields": 30, "cores": 8}
    small, large = (estimate(segments, **sizes) for segments in (one, two))
    assert large.written_gb == pytest.approx(2 * small.written_gb)
    assert large.nested_hours == pytest.approx(2 * small.nested_hours)
    # Weather is downloaded once for all scenarios.
    assert large.meteorology_gb == pytest.approx(small.meteorology_gb)
    # 42 days of boundary files: 144 x 91 x 47 cells, 8 slices, 200 species, 4 bytes
    assert small.boundary_gb == pytest.approx(144 * 91 * 47 * 8 * 200 * 4 * 42 / 1e9)
    nested_days = sum(segment.days for segment in one if segment.kind == "nested")
    speed = measured_speed("nested", nested_days, small.nested_hours * 3600, 8)
    faster = estimate(one, **sizes, column_steps_per_core_s=2 * speed)
    assert faster.nested_hours == pytest.approx(small.nested_hours / 2)

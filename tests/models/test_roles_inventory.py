"""An inventory of the user's beside every other subset of roles: it comes back, and no other row changes."""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest

from tests.models.rendering import Models
from tests.models.test_roles_combine import CODES, PROVINCES, SECTORS, linked, models_of

pytestmark = pytest.mark.slow

OTHERS = [*product((False, True), repeat=3)]
"""Whether workbook, customs and a world table of countries are landed."""
LINKED = [others for others in OTHERS if others[0]]
"""Without a workbook deliveries between provinces are gravity's, which is no model."""
EMITTED = {
    (province, sector): 10.0 * (1 + at)
    for at, (province, sector) in enumerate(product(PROVINCES, CODES))
}


def raw_inventory(is_landed: bool) -> list[tuple[str, str, str, float]]:
    """In the edition's own sectors; without the user's file in those of the provincial tables, two years older."""
    if is_landed:
        return [(place, sector, "SO2", value) for (place, sector), value in EMITTED.items()]
    return [(place, code, "SO2", 50.0) for place in PROVINCES for code, _, _ in SECTORS]


@cache
def built_with(others: tuple[bool, bool, bool], is_landed: bool) -> Models:
    """The models of the made-up world with an inventory; has_customs says whose destinations the world has."""
    has_workbook, has_customs, has_world = others
    built = models_of.__wrapped__(has_customs, has_workbook, has_customs, has_world)
    built.put(
        "raw_sector_emission",
        "province varchar, source_sector varchar, pollutant varchar, emission_t double",
        raw_inventory(is_landed),
    )
    built.put(
        "raw_provenance",
        "role varchar, vintage_year integer, is_bundled boolean",
        [("sector_emission", 2017 if is_landed else 2015, not is_landed)],
    )
    built.put(
        "raw_subsector_emission",
        "region varchar, source_sector varchar, pollutant varchar, source_year integer, emission_t double",
        [],
    )
    built.put(
        "raw_emission_proxy",
        "province varchar, source_sector varchar, component varchar, value_mt_co2 double",
        [],
    )
    return built


def emitted(built: Models) -> dict[tuple[str, str], float]:
    built.build("int_inventory__emission")
    rows = built.rows("select province, sector, emission_t from int_inventory__emission")
    return {(province, sector): value for province, sector, value in rows}


def assumed(built: Models, model: str) -> list[tuple[object, ...]]:
    built.build(model)
    return sorted(built.rows(f"select assumption, province, sector, round(amount, 6) from {model}"))


@pytest.mark.parametrize("others", OTHERS)
def test_the_users_inventory_comes_back_beside_every_other_file(
    others: tuple[bool, bool, bool],
) -> None:
    found = emitted(built_with(others, is_landed=True))
    assert found == pytest.approx(EMITTED)
    names = {
        name
        for name, *_ in assumed(built_with(others, is_landed=True), "int_inventory__assumption")
    }
    assert "inventory_of_an_older_year" not in names


@pytest.mark.parametrize("others", OTHERS)
def test_without_it_its_stand_in_is_there_and_the_provinces_keep_their_sums(
    others: tuple[bool, bool, bool],
) -> None:
    built = built_with(others, is_landed=False)
    found = emitted(built)
    for province in PROVINCES:
        assert sum(v for (place, _), v in found.items() if place == province) == pytest.approx(150)
    names = {name for name, *_ in assumed(built, "int_inventory__assumption")}
    assert "inventory_of_an_older_year" in names


@pytest.mark.parametrize("others", LINKED)
def test_the_inventory_changes_no_row_of_the_linked_table_nor_of_its_assumptions(
    others: tuple[bool, bool, bool],
) -> None:
    with_it, without = (built_with(others, is_landed=flag) for flag in (True, False))
    assert linked(with_it) == pytest.approx(linked(without), rel=1e-12)
    for model in (
        "int_assumption__link",
        "int_assumption__flow",
        "int_assumption__destination",
    ):
        assert assumed(with_it, model) == assumed(without, model)


@pytest.mark.parametrize("has_inventory", [False, True])
@pytest.mark.parametrize("others", OTHERS)
def test_each_landed_file_takes_its_own_stand_ins_away_and_no_others(
    others: tuple[bool, bool, bool], has_inventory: bool
) -> None:
    has_workbook, has_customs, has_world = others
    built = built_with(others, is_landed=has_inventory)
    names = {name for name, *_ in assumed(built, "int_inventory__assumption")}
    assert ("inventory_of_an_older_year" in names) != has_inventory
    destinations = {
        str(sector)
        for name, _, sector, _ in assumed(built, "int_assumption__destination")
        if name == "export_destination_stand_in"
    }
    assert destinations == ({"L"} if has_customs else {*CODES}), "services pass no customs"
    built.build("stg_global_table")
    ((parted,),) = built.rows(
        "select count(*) from stg_global_table where to_code in ('households', 'government')"
    )
    assert parted, "demand has categories, the table's own or parted ones"
    if has_workbook:
        names = {name for name, *_ in assumed(built, "int_assumption__link")}
        assert ("final_demand_parted" in names) == (not has_world)
        flows = {name for name, *_ in assumed(built, "int_assumption__flow")}
        assert flows == {"import_products_as_in_the_nation"}

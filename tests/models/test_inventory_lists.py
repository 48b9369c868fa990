"""An inventory in any list of sectors: the list that names all of them, and what has no place."""

from __future__ import annotations

import pytest

from tests.models.rendering import Models
from warehouse.edition import load_edition
from warehouse.inventory_lists import list_fault, lists_of, target_fault

pytestmark = pytest.mark.slow

EDITION = load_edition("open-2017")
VARIABLES = {"sector_classification": "icio30", "provincial_classification": "cn42_2017"}


def activities(
    sectors: list[str], concordance: list[tuple[str, str, float]] | None = None
) -> Models:
    models = Models(**VARIABLES)
    models.put("stg_sector_emission", "source_sector varchar", [(code,) for code in sectors])
    if concordance is not None:
        columns = "source_sector varchar, to_code varchar, weight double"
        models.put("raw_emission_concordance", columns, concordance)  # type: ignore[arg-type]
    models.build("int_inventory__activity")
    return models


@pytest.mark.parametrize(
    ("sectors", "chosen"),
    [
        (["PP", "IND", "RESI"], "reas32"),
        (["power", "industry", "agriculture"], "meic5"),
        (["C24", "D35", "households"], "icio30"),
        (["01", "13", "households"], "cn42_2017"),
    ],
)
def test_the_list_is_the_one_that_names_all_sectors(sectors: list[str], chosen: str) -> None:
    models = activities(sectors)
    assert models.rows("select distinct list from int_inventory__activity") == [(chosen,)]
    known = models.rows("select distinct source_sector from int_inventory__activity")
    assert {*sectors} <= {code for (code,) in known}
    assert list_fault(sectors, lists_of(EDITION), EDITION.name, "mine.csv") is None


def test_a_concordance_of_ones_own_comes_first_and_parts_a_sector() -> None:
    models = activities(
        ["PP", "mine"], [("PP", "C24", 1.0), ("mine", "C23", 0.25), ("mine", "F", 0.75)]
    )
    found = models.rows(
        "select list, source_sector, to_code, weight from int_inventory__activity order by all"
    )
    own = "own concordance"
    assert found == [(own, "PP", "C24", 1), (own, "mine", "C23", 0.25), (own, "mine", "F", 0.75)]


def test_codes_without_a_place_are_named_beside_the_nearest_list() -> None:
    fault = list_fault(["PP", "IND", "boats", "TOTAL"], lists_of(EDITION), EDITION.name, "mine.csv")
    assert fault is not None
    assert fault.found == "1 of 3 codes that REAS lacks: boats"
    assert "landing/open-2017/emission_concordance/" in fault.remedy
    assert activities(["PP", "boats"]).rows("select count(*) from int_inventory__activity") == [
        (0,)
    ]


def test_a_concordance_that_lacks_a_sector_or_names_an_unknown_one_is_refused() -> None:
    lists = lists_of(EDITION, ["mine"])
    fault = list_fault(["mine", "boats"], lists, EDITION.name, "mine.csv")
    assert fault is not None
    assert fault.found == "1 of 2 codes that your concordance lacks: boats"
    wrong = target_fault(["C24", "c24", "households", "no_table"], EDITION, "c.csv")
    assert wrong is not None
    assert wrong.found == "c24, no_table"

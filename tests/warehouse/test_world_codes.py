"""Codes of a world table: China in two, another edition of the table, regions without a code."""

from __future__ import annotations

import csv

import pytest

from tests.models.seed_files import seed_files
from warehouse.edition import load_edition
from warehouse.world_codes import world_fault, world_sectors


def column(seed: str, name: str) -> set[str]:
    with seed_files()[seed].open(encoding="utf-8", newline="") as stream:
        return {row[name] for row in csv.DictReader(stream)}


EDITION = load_edition("open-2017")
SECTORS = column("icio44__icio30", "from_code")
REGIONS = {"CHN", "USA", "ROW"}


def test_the_bundled_tables_codes_pass() -> None:
    assert len(SECTORS) == 44
    assert world_fault(EDITION, REGIONS, SECTORS, "mine.csv") is None
    older = load_edition("open-2007")
    assert world_fault(older, REGIONS, set(world_sectors(older)), "mine.csv") is None


def test_a_table_in_the_editions_own_sectors_passes_and_one_without_a_sector_does_not() -> None:
    own = column("icio44__icio30", "to_code")
    assert world_fault(EDITION, REGIONS, own, "mine.csv") is None
    fault = world_fault(EDITION, REGIONS, own - {"C24", "F"}, "mine.csv")
    assert fault is not None
    assert fault.found == "nothing for 2 of 30: C24, F"


def test_a_code_of_both_lists_means_the_same_in_both() -> None:
    places = world_sectors(EDITION)
    own = column("icio44__icio30", "to_code")
    assert {code for code in own if places[code] != {code}} == set()


@pytest.mark.parametrize(
    ("regions", "sectors", "found", "remedy"),
    [
        ({"CN1", "CN2", "USA"}, SECTORS, "China in parts: CN1, CN2", "Sum CN1 and CN2 to CHN"),
        ({"USA", "ROW"}, SECTORS, "no region CHN", "Name China CHN"),
        ({*REGIONS, "MX1"}, SECTORS, "1 of 4: MX1", "sum regions"),
        (REGIONS, {*SECTORS, "C10", "B05"}, "2 of 46 sectors: B05, C10", "Take the table"),
    ],
)
def test_codes_without_a_place_are_named(
    regions: set[str], sectors: set[str], found: str, remedy: str
) -> None:
    fault = world_fault(EDITION, regions, sectors, "mine.csv")
    assert fault is not None
    assert fault.found == found
    assert remedy in fault.remedy

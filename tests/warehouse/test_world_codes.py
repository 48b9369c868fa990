"""Codes of a world table: China in two, another edition of the table, regions without a code."""

from __future__ import annotations

import pytest

from warehouse.edition import load_edition
from warehouse.world_codes import world_fault, world_sectors

EDITION = load_edition("open-2017")
SECTORS = world_sectors(EDITION)
REGIONS = {"CHN", "USA", "ROW"}


def test_the_bundled_tables_codes_pass() -> None:
    assert len(SECTORS) == 44
    assert world_fault(EDITION, REGIONS, SECTORS, "mine.csv") is None
    older = load_edition("open-2007")
    assert world_fault(older, REGIONS, world_sectors(older), "mine.csv") is None


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

"""Damage to files of stations, cities and weather tables: an error for people, a note, a count, or a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.synthetic.air_damage import KINDS
from tests.synthetic.sound_air import sound_air
from tests.synthetic.stated import hold_rows, hold_whole
from tests.synthetic.table_damage import TEXTS, Sound, outcomes

HEADING = "Air and weather tables by a generator"
SAMPLE = (
    *("a cell negative", "a cell times 1000", "blank columns behind", "a blank line within"),
    *("days as D/M/Y", "days of two digits of the year", "headings shifted by one"),
    *("a third of the cells 0.00", "a twentieth of the cells -999", "one value throughout"),
    *("UTF-16", "line ends of old Macs", "cut within a line"),
)
"""Kinds that the tests of every change do; the whole takes more than half a minute of a processor."""
SILENT = {
    "two cells swapped": "both figures are possible in both places",
    "headings shifted by one": "each station, city or pollutant may have the figures of its neighbour",
    "a heading lost": "a city of another name: the marts count places that no province has",
}
"""Kind to why nothing can tell it in some file."""


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[Sound]:
    return sound_air(tmp_path_factory.mktemp("air") / "sound")


def test_a_sample_of_the_kinds_is_as_the_page_says(sounds: list[Sound], tmp_path: Path) -> None:
    hold_rows(outcomes(sounds, tmp_path, SAMPLE, KINDS), SILENT, HEADING)


@pytest.mark.heavy
def test_every_kind_is_as_the_page_says(sounds: list[Sound], tmp_path: Path) -> None:
    found = outcomes(sounds, tmp_path, (*KINDS, *TEXTS), KINDS)
    hold_whole(found, SILENT, HEADING, "files")

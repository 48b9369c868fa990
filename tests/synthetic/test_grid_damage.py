"""Damage to grids and weather files: nothing else than an error for people comes out, silence has its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.synthetic.grid_damage import KINDS, outcomes
from tests.synthetic.sound_grids import SoundGrid, sound_grids
from tests.synthetic.stated import hold_rows, hold_whole

HEADING = "Grids and weather files by a generator"

SAMPLE = (
    *("fill values as numbers", "-9999 in a quarter of a field", "latitudes reversed, fields not"),
    *("a time doubled with other values", "a dimension of two more", "a column lost"),
    "longitudes less 360",
)
"""Kinds that the tests of every change do; the whole takes half a minute of a processor."""
SILENT = {
    "another unit named": "rain in mm for m is a dry spell, wind in km/h for m/s a calm",
    "zero in a quarter of a field": "rain may be zero for days",
    "a cell NaN": "a pixel of GPW without residents and one without data look alike",
    "a cell times 1000": "within what the strongest cell of an inventory emits",
    "a field times 10": "possible of wind and mixing height; an inventory's level is judged by gate 1",
    "a field times 1000": "the same; cells give shares within a province, so their level cancels",
    "a field times 0.001": "the same",
    "half of the times": "a shorter period, or a publisher's file of fewer months",
    "times of another zone (8 h)": "months of an emission file begin where the publisher puts them",
    "times of the next year": "days of any year are taken; HEMCO takes the year by its configuration",
    "latitudes reversed, fields not": "of a small area; over all of China the north would be warm",
    "longitudes reversed, fields not": "no field is known beforehand at a place",
    "longitudes 15 degrees off": "the same",
    "latitudes 5 degrees off": "the same",
    "half of the area": "a smaller download, whose points are right",
}
"""Kind to why nothing can tell it in some file."""


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[SoundGrid]:
    return sound_grids(tmp_path_factory.mktemp("grids") / "sound")


def test_a_sample_of_the_kinds_is_as_the_page_says(sounds: list[SoundGrid], tmp_path: Path) -> None:
    found = list(outcomes(sounds, tmp_path, SAMPLE))
    assert len({each.sound for each in found}) == len(sounds)
    hold_rows(found, SILENT, HEADING)


@pytest.mark.heavy
def test_every_kind_is_as_the_page_says(sounds: list[SoundGrid], tmp_path: Path) -> None:
    found = list(outcomes(sounds, tmp_path))
    assert {each.kind for each in found} == set(KINDS)
    hold_whole(found, SILENT, HEADING, "grids")

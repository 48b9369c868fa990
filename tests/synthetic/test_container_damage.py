"""Damage to packed files, HAR files, text grids, R data and .xls: an error for people, a note, or a reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.synthetic.container_damage import kinds_of, outcomes
from tests.synthetic.sound_containers import sound_containers
from tests.synthetic.sound_grids import SoundGrid
from tests.synthetic.stated import hold_rows, hold_whole

HEADING = "Packed files, HAR files, text grids and R data by a generator"
SAMPLE = (
    *("eight bytes lost", "packed with xz", "another check sum"),
    *("a member empty", "the flag of encryption", "a method that is not known"),
    *("lengths in the other order of bytes", "a record half as long", "a dimension of 200 million"),
    *(
        "a header's figures negative",
        "ncols of thousands of millions",
        "ncols negative",
        "a row lost",
    ),
    *(
        "rows one to the north",
        "figures as a factor",
        "texts as factors",
        "levels of factors shuffled",
    ),
    *(
        "columns in reverse",
        "a chain of sectors in a circle",
        "figures negative",
        "one figure throughout",
        "half of the rows",
    ),
)
"""Kinds that the tests of every change do; the whole takes 40 seconds of a processor."""
SILENT = {
    "a bit in the first tenth": "one figure in its last digits, within what rounding leaves of the accounts",
    "a bit in the middle": "the same",
    "rows one to the north": "residents of one grid alone; beside countries it is noted",
    "columns one to the west": "the same",
    "a cell times 1000": "within what the strongest cell of an inventory emits, or the fullest pixel holds",
    "a cell without data": "a cell without emission or residents is written so",
    "cells times 1000": "an inventory's level is judged by gate 1; cells give shares within a province",
    "cells times 0.001": "the same",
    "figures as whole numbers": "a publisher may round",
    "levels of factors shuffled": "each row has the name of another place, pollutant or code that the file knows",
}
"""Kind to why nothing can tell it in some file."""


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[SoundGrid]:
    return sound_containers(tmp_path_factory.mktemp("containers") / "sound")


def test_a_sample_of_the_kinds_is_as_the_page_says(
    sounds: list[SoundGrid], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = list(outcomes(sounds, tmp_path, SAMPLE))
    assert {each.kind for each in found} == set(SAMPLE)
    hold_rows(found, SILENT, HEADING)
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")  # no library speaks for itself


@pytest.mark.heavy
def test_every_kind_is_as_the_page_says(sounds: list[SoundGrid], tmp_path: Path) -> None:
    found = list(outcomes(sounds, tmp_path))
    assert {each.kind for each in found} == {kind for sound in sounds for kind in kinds_of(sound)}
    assert min(Counter(each.sound for each in found).values()) >= 20
    hold_whole(found, SILENT, HEADING, "files")

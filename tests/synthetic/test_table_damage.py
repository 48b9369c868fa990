"""Damage by a generator: nothing else than an error for people comes out, and what is silent has its reason."""

from __future__ import annotations

import pytest

from tests.queries import DOCS
from tests.synthetic.outcomes import Outcome, counts, row_of, total_of
from tests.synthetic.sound_tables import sound_tables
from tests.synthetic.stated import hold_sum
from tests.synthetic.table_damage import kinds_of, outcomes

pytestmark = pytest.mark.slow

SILENT = {
    "a cell times 1000": "within what some province, year or good may have",
    "two cells swapped": "both figures are possible in both places, and no total is stated",
    "a column times 1000": "a table of the user's own has no total from elsewhere; gate 1 judges the unit",
    "a row lost": "the list of rows is open: provinces, goods or sectors of a table may be fewer",
    "half of the table lost": "the same",
    "a name misspelt": "the list of names is open: GAINS has hundreds of sectors",
}
"""Kind to why a reader and a contract cannot tell it."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    folder = tmp_path_factory.mktemp("damage")
    sounds = sound_tables(folder / "sound")
    assert min(len(kinds_of(sound)) for sound in sounds) >= 20
    return outcomes(sounds, folder)


def test_what_is_silent_has_its_reason(found: list[Outcome]) -> None:
    silent = {each.kind for each in found if each.outcome == "silent"}
    assert silent == set(SILENT)


def test_what_leaves_no_doubt_is_harmless(found: list[Outcome]) -> None:
    of = counts(found)
    for kind in (
        *("UTF-16", "UTF-16 with tabs", "GB18030", "a byte order mark", "semicolons", "all cells in quotes"),
        *("a title above", "blank columns behind", "blank lines behind", "a blank line within"),
        *("a cell in full-width digits", "a cell with groups of thousands"),
        *("a hidden sheet before", "a sheet of notes before"),
    ):  # fmt: skip
        assert set(of[kind]) == {"harmless"}, (kind, of[kind])


def test_the_page_states_these_counts(found: list[Outcome]) -> None:
    page = (DOCS / "notebook" / "checks.md").read_text(encoding="utf-8")
    hold_sum(found)
    assert total_of(found, "tables") in " ".join(page.split())
    for kind, of_kind in counts(found).items():
        assert row_of(kind, of_kind) in page, kind
    assert all(kind in page and reason in page for kind, reason in SILENT.items())

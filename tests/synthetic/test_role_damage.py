"""Damage to the table of every role: refused by its contract, stopped by gate 1, or accepted for a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.synthetic.role_damage import KINDS, OUTCOMES, outcomes, sound_roles
from tests.synthetic.stated import hold_whole

HEADING = "Every role, and gate 1"
ACCEPTED = {
    "a figure times 2": "within what a place, year or good may have",
    "a figure times 1000": "one figure of many: a small place, a cell, a series beside the others",
    "a figure negative": "changes of stocks, heights and degrees may be negative",
    "two figures swapped": "both are possible in both places",
    "figures one row down": "the role has no total and no peers: a series, a cell, a place of its own",
    "a code's figures times 10": "no peers are that alike",
    "a code's figures times 1000": "the role is in no comparison of gate 1",
    "all figures times 2": "a level that another source may have",
    "a row lost": "lists of places, sectors and days are open",
    "a code's rows lost": "the same",
    "half of the rows lost": "the same",
    "a code renamed": "lists of sectors and places are open; dbt's tests of codes follow",
}
"""Kind to why some role takes it."""


@pytest.mark.heavy
def test_every_kind_is_as_the_page_says(tmp_path: Path) -> None:
    found = list(outcomes(sound_roles(tmp_path / "home"), tmp_path / "files"))
    assert {each.kind for each in found} == set(KINDS)
    hold_whole(found, ACCEPTED, HEADING, "roles", OUTCOMES)

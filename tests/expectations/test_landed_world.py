"""A world table of the user's in place of the bundled one: gate 1 demands none of the bundled codes of it."""

from __future__ import annotations

import duckdb
import pytest

from expectations.bounds import EditionBounds
from expectations.bounds_open_2007 import OPEN_2007
from expectations.bounds_open_2012 import OPEN_2012
from expectations.bounds_open_2017 import OPEN_2017
from expectations.raw_gate import raw_suites
from expectations.tried import failures, filled
from tests.warehouse.role_samples import role_table

WORLD = "global_table"
EDITIONS = (OPEN_2007, OPEN_2012, OPEN_2017)


def code_suites(bounds: EditionBounds, landed: frozenset[str]) -> set[str]:
    names = {suite.name for suite in raw_suites([WORLD, "provincial_table"], bounds, landed)}
    return {name for name in names if name.endswith("_codes")}


@pytest.mark.parametrize("bounds", EDITIONS, ids=lambda each: each.edition)
def test_codes_of_the_bundled_table_judge_the_bundled_table_alone(bounds: EditionBounds) -> None:
    bundled = code_suites(bounds, frozenset())
    landed = code_suites(bounds, frozenset({WORLD}))
    of_world = {name for name in bundled if WORLD in name}
    assert len(of_world) == 3, "regions on both sides, and sectors"
    assert bundled - landed == of_world
    assert any("provincial_table" in name for name in landed), "other roles keep their codes"


@pytest.mark.parametrize("bounds", EDITIONS, ids=lambda each: each.edition)
def test_try_agrees(bounds: EditionBounds) -> None:
    with duckdb.connect() as con:
        con.execute("create schema raw")
        con.execute("create table raw.provenance (role varchar, vintage_year integer)")
        filled(con, WORLD, role_table(WORLD), 2017)
        suites = {check.suite for check in failures(con, WORLD, 2017, bounds, ())}
    assert {suite for suite in suites if suite.endswith("_codes")} == set()

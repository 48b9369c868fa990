"""dbt's unit tests of the default edition; those of other kinds are run where such an edition is built."""

from __future__ import annotations

from pathlib import Path

from flows.run import context_of
from tests.unit_tests import FILE, MODELS, demand_rules_hold
from warehouse.edition import load_edition
from warehouse.home import locate
from warehouse.request import DEFAULT_EDITION

HERE = ("core", "estimated", "flows_gravity", "concentration", "health")
ELSEWHERE = (
    "paper",
    "customs",
    "air",
)  # tests/paper/test_small_edition.py, tests/flows/test_air_quality.py


def test_unit_tests_of_the_default_edition_hold(own_home: Path) -> None:
    edition = load_edition(DEFAULT_EDITION, own_home)
    demand_rules_hold(context_of(edition, locate(own_home)), *HERE)


def test_every_unit_test_is_run_by_a_test() -> None:
    found = {path.parent.relative_to(MODELS).as_posix() for path in MODELS.rglob(FILE)}
    assert found == {*HERE, *ELSEWHERE}

"""dbt's unit tests on a home that was built: all of the parts it is made of hold."""

from __future__ import annotations

import yaml

from flows.engine import Context
from flows.run import steps_of
from warehouse.dbt import REPOSITORY

MODELS = REPOSITORY / "models"
FILE = "_unit_tests.yml"


def names_in(*parts: str) -> set[str]:
    """The unit tests of some folders of models."""
    written = [yaml.safe_load((MODELS / part / FILE).read_text("utf-8")) for part in parts]
    return {str(test["name"]) for file in written for test in file["unit_tests"]}


def demand_rules_hold(context: Context, *parts: str) -> None:
    """The edition's steps have the unit tests of these folders and no others, and each passes.

    context: of an edition that was computed, whose working file is to be written to.
    """
    steps = steps_of(context.edition.kind, choices=context.edition.choices)
    checks = context.dbt.try_rules([step.selector for step in steps if step.selector])
    assert {check.check_name for check in checks} == names_in(*parts)
    assert [(check.check_name, check.detail) for check in checks if not check.passed] == []

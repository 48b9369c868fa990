"""The real list of steps against the real dbt project and the real code."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from flows.engine import Step
from flows.fingerprint import REPOSITORY, code_parts
from flows.run import PUBLISH_STEP, context_of, steps_of
from flows.steps import all_steps
from warehouse.edition import load_edition
from warehouse.gather import COMPLETE_STEP
from warehouse.home import locate, prepare

SELECTORS = [
    selector["name"]
    for selector in yaml.safe_load((REPOSITORY / "dbt_project" / "selectors.yml").read_text())[
        "selectors"
    ]
]
# Built a second time, after the last gate.
BUILT_AGAIN = "check_result"


def test_the_steps_end_with_the_gate_and_publishing() -> None:
    names = [step.name for step in all_steps()]
    assert len(set(names)) == len(names)
    assert names[0] == "load"
    assert names[-2:] == [COMPLETE_STEP, PUBLISH_STEP]
    assert [step.name for step in steps_of(with_publishing=False)] == names[:-1]


@pytest.mark.parametrize("step", all_steps(), ids=lambda step: step.name)
def test_the_code_of_every_step_is_there(step: Step) -> None:
    parts = code_parts(step.code)
    assert all(len(checksum) == 64 for checksum in parts.values())
    assert bool(parts) != (step.name in SELECTORS)


def test_every_selector_is_a_step_in_the_same_order() -> None:
    names = [step.name for step in all_steps() if step.name in SELECTORS]
    assert [*names, BUILT_AGAIN] == SELECTORS


def test_every_model_seed_and_test_runs_in_exactly_one_step(tmp_path: Path) -> None:
    home = locate(tmp_path)
    prepare(home, needed_bytes=0)
    project = context_of(load_edition("open-2007", tmp_path), home).dbt
    selected = {name: project.nodes_of(name) for name in SELECTORS}
    again = selected.pop(BUILT_AGAIN)
    times = Counter(node for nodes in selected.values() for node in nodes)
    assert [node for node in project.all_nodes() if node not in times] == []
    assert [node for node, count in times.items() if count > 1] == []
    assert set(again) <= set(selected["marts"])

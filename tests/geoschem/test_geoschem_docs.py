"""The figures of docs/geoschem.md are those that the code computes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from compute.atmosphere.geoschem.estimate import estimate
from compute.atmosphere.geoschem.schedule import Plan, build_schedule
from geoschem.hemco_check import MODEL_FACTORS
from geoschem.request import SimulateRequest
from geoschem.simulate import estimate_lines
from service.schedules import Deployment

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "geoschem.md").read_text(encoding="utf-8")
TABLE_1 = ("Base", "I_EX", "I_EXEAST", "I_EXDIR", "I_EXREGION_USA")


def test_the_estimate_of_the_papers_runs() -> None:
    found = estimate(
        build_schedule(TABLE_1, Plan(2017)),
        advected_species=220,
        all_species=280,
        output_fields=40,
        cores=24,
    )
    for line in estimate_lines(found):
        assert line in PAGE


def test_a_scenario_is_as_many_segments_as_the_page_says() -> None:
    assert f"A scenario is {len(build_schedule(['Base'], Plan(2017)))} segments" in PAGE


def test_scale_factors_are_those_of_the_page() -> None:
    for name, value in MODEL_FACTORS.items():
        assert str(value) in PAGE, name


def test_the_deployment_of_the_page_is_one() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    deployment = Deployment.model_validate(yaml.safe_load(block)["simulate"])
    assert (deployment.flow, deployment.cron) == ("simulate", "0 5 * * *")
    assert deployment.parameters["scenarios"] == ["Base", "I_EX"]


def test_flow_runs_by_hand_are_asked_for_as_the_pages_say() -> None:
    pages = PAGE + (DOCS / "operations.md").read_text(encoding="utf-8")
    found = re.findall(r"--params '(\{.*?\})'", pages)
    assert len(found) == 2
    for text in found:
        assert SimulateRequest.model_validate(json.loads(text)["request"]).sim_year == 2017

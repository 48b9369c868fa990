"""What dbt itself says: every mart has a contract, twins share theirs, rules have unit tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.models.parsing import ROOT, read_project

pytestmark = pytest.mark.slow

Manifests = dict[str, Any]


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    """Every part of the project: what stands beside the others, and licensed editions."""
    folder = tmp_path_factory.mktemp
    return {
        "whole": read_project(folder("whole"), "open-2007", whole=True),
        "paper": read_project(folder("paper"), "paper-2017"),
    }


def models(manifest: Any) -> dict[str, Any]:
    return {node.name: node for node in manifest.nodes.values() if node.resource_type == "model"}


def without_contract(node: Any) -> bool:
    columns = node.columns.values()
    return not (node.contract.enforced and columns and all(each.data_type for each in columns))


def test_every_model_among_the_marts_has_an_enforced_contract_with_types(
    manifests: Manifests,
) -> None:
    looked_at = {}
    for manifest in manifests.values():
        for name, node in models(manifest).items():
            if node.schema == "marts" or "marts" in node.fqn:
                looked_at[name] = without_contract(node)
    on_disk = {path.stem for path in (ROOT / "models").glob("*/marts/*.sql")}
    # As many as there are files: a part of the project that nobody read would be missed here.
    assert set(looked_at) == on_disk
    assert len(looked_at) > 50
    assert [name for name, is_without in looked_at.items() if is_without] == []


# What editions with single-province tables read, and what a user's workbook and customs put in its place.
OPEN_PARTS = ("estimated", "flows_gravity", "destinations_nation")
LANDED_PARTS = ("flows_workbook", "destinations_customs")


def test_twins_have_one_contract_and_it_is_enforced_in_both_kinds(manifests: Manifests) -> None:
    twins = sql_of(*OPEN_PARTS) & sql_of("paper")
    assert len(twins) == 13
    estimated, paper = models(manifests["whole"]), models(manifests["paper"])
    for name in sorted(twins):
        theirs = (estimated[name], paper[name])
        assert not any(without_contract(node) for node in theirs), name
        # Described once: two descriptions would drift apart.
        assert len({node.patch_path for node in theirs}) == 1, name
        parts = {Path(node.original_file_path).parts[2] for node in theirs}
        assert "paper" in parts, name
        assert parts - {"paper"} <= {*OPEN_PARTS}, name


def test_what_a_users_files_replace_has_the_contract_of_what_it_replaces(
    manifests: Manifests,
) -> None:
    described = models(manifests["whole"])
    twins = sql_of(*LANDED_PARTS) & sql_of(*OPEN_PARTS)
    assert len(twins) == 10
    assert [name for name in sorted(twins) if without_contract(described[name])] == []
    # Not described a second time.
    assert {Path(described[name].patch_path.split("://")[1]).parts[2] for name in twins} == {"core"}


def sql_of(*parts: str) -> set[str]:
    return {path.stem for part in parts for path in (ROOT / "models" / part).rglob("*.sql")}


# The rules that decide figures; each has a unit test beside its SQL.
RULES = {
    "fct_air_quality",
    "fct_published_figure",
    "int_air__aqi_day",
    "int_air__day",
    "int_air__series",
    "int_evaluation__emission",
    "int_evaluation__source",
    "int_gtap__import_share",
    "int_inventory__allocation",
    "int_inventory__gains",
    "int_inventory__indexed",
    "int_inventory__move",
    "int_inventory__published",
    "int_mrio__block",
    "int_mrio__cell",
    "int_mrio__prior",
    "int_province__account",
    "int_province__concordance",
    "int_province__share",
    "int_trade__export",
    "int_trade__export_use",
    "stg_observation",
}


def test_rules_have_unit_tests_that_a_step_runs(manifests: Manifests) -> None:
    tested = set()
    for manifest in manifests.values():
        nodes = models(manifest)
        for test in manifest.unit_tests.values():
            assert test.expect.rows is not None, test.name
            # Steps select by tag, and a unit test goes with its model.
            assert nodes[test.model].config.tags, test.name
            tested.add(test.model)
    assert sorted(RULES - tested) == []

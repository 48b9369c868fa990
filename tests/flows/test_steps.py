"""The real list of steps against the real dbt project and the real code."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from flows.engine import Context, plan
from flows.first_answer import PUBLISH_STEP
from flows.run import context_of, steps_of
from flows.steps import computations_of
from steps.catalogue import COMPUTATIONS, Computation
from warehouse.computed_contracts import computed_contracts
from warehouse.edition import load_edition
from warehouse.fingerprint import REPOSITORY, module_parts
from warehouse.gather import COMPLETE_STEP
from warehouse.home import locate, prepare

pytestmark = pytest.mark.slow

SELECTORS = [
    selector["name"]
    for selector in yaml.safe_load((REPOSITORY / "dbt_project" / "selectors.yml").read_text())[
        "selectors"
    ]
]
# Built a second time, after the last gate.
BUILT_AGAIN = "check_result"


# Built by tests alone, on a publisher's sample.
OF_TESTS = "world_table"

KINDS = {
    "concentration": "open-2017",  # which dbt has read for the default home
    "air_quality": "air-open",
    "paper": "paper-2017",
}


def selectors_of(kind: str) -> list[str]:
    return [step.name for step in steps_of(kind) if step.name in SELECTORS]


@pytest.mark.parametrize("kind", KINDS)
def test_the_steps_end_with_the_gate_and_publishing(kind: str) -> None:
    names = [step.name for step in steps_of(kind)]
    assert len(set(names)) == len(names)
    assert names[0] == "load"
    assert names[-4:] == [COMPLETE_STEP, PUBLISH_STEP, "parquet", "atlas"]
    assert [step.name for step in steps_of(kind, with_publishing=False)] == names[:-3]


@pytest.mark.parametrize("computation", COMPUTATIONS, ids=lambda each: each.function)
def test_every_computation_has_code_and_contracts(computation: Computation) -> None:
    assert callable(computation.load())
    parts = module_parts([computation.module])
    assert any(name.startswith("code compute/") for name in parts), "arithmetic is compute's"
    assert {name.removeprefix("computed.") for name in computation.writes} <= {
        *computed_contracts()
    }


def test_a_new_reader_makes_no_computation_stale() -> None:
    modules = {each.module for each in COMPUTATIONS}
    rooms = (
        "code warehouse/sources/",
        "code warehouse/publish",
        "code warehouse/releases",
        "code warehouse/edition",
    )
    assert len(modules) > 8
    assert [name for name in module_parts(modules) if name.startswith(rooms)] == []


def test_every_contract_is_written_by_one_computation_of_a_kind() -> None:
    for kind in KINDS:
        written = Counter(table for each in computations_of(kind) for table in each.writes)
        assert [table for table, times in written.items() if times > 1] == []
    every = {table.removeprefix("computed.") for each in COMPUTATIONS for table in each.writes}
    assert every == {*computed_contracts()}


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Context]:
    """An edition of every kind in a home without files: what dbt says of it is asked once."""
    home = locate(tmp_path_factory.mktemp("kinds"))
    prepare(home, needed_bytes=0)
    return {kind: context_of(load_edition(name, home.root), home) for kind, name in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_reads_what_steps_before_it_write(kind: str, contexts: dict[str, Context]) -> None:
    context = contexts[kind]
    known: set[str] = set()
    later: dict[str, str] = {}
    for step in steps_of(kind):
        if step.name in ("load", *SELECTORS):
            continue
        for table in step.writes:
            later[table] = step.name
    for step in steps_of(kind):
        if step.name == "load":
            continue  # the user's files: known are the roles that it would write
        items = step.items_in(context)
        for item in items:
            unknown = {name for name in item.reads if "*" not in name} - known - {*item.writes}
            early = {name for name in unknown if not name.startswith(("raw.", "meta."))}
            within = {table for each in items for table in each.writes}
            assert early - within == set(), f"{step.name}: {item.label} reads what is not made yet"
        known |= {table for item in items for table in item.writes} | {*step.writes}


def test_every_selector_is_a_step_of_some_kind_of_edition() -> None:
    assert {name for kind in KINDS for name in selectors_of(kind)} == {*SELECTORS} - {
        BUILT_AGAIN,
        OF_TESTS,
    }


def test_every_model_seed_and_test_runs_once_in_some_kind_of_edition(
    contexts: dict[str, Context], tmp_path: Path
) -> None:
    known: set[str] = set()
    run: set[str] = set()
    for role in ("trade", "provincial_mrio"):
        landed = tmp_path / "landing" / "open-2017" / role
        landed.mkdir(parents=True)
        (landed / "mine.csv").write_text("")
    with_files = context_of(load_edition("open-2017", tmp_path), locate(tmp_path))
    for context in (*contexts.values(), with_files):
        times = Counter(nodes_built(context))
        assert [node for node, count in times.items() if count > 1] == []
        known |= {*context.dbt.all_nodes()}
        run |= {*times}
    assert known - run == set()
    models = {path.stem for path in (REPOSITORY / "models").rglob("*.sql")}
    seeds = {path.stem for path in (REPOSITORY / "seeds").rglob("*.csv")}
    assert models | seeds <= {node.split(".")[2] for node in run}


def nodes_built(context: Context) -> list[str]:
    """What the steps of an edition have dbt build, once a step that builds it."""
    steps = steps_of(context.edition.kind, choices=context.edition.choices)
    selectors = [step.name for step in steps if step.name in SELECTORS]
    outline = context.dbt.outline(selectors)
    return [node.name for selector in selectors for node in outline[selector]]


def test_a_footprint_edition_leaves_out_concentrations_alone(
    contexts: dict[str, Context], tmp_path: Path
) -> None:
    whole = contexts["concentration"]
    less = load_edition("open-2017", tmp_path).without_concentrations()
    both = [whole, context_of(less, locate(tmp_path))]
    all_of_it, selected = ({*nodes_built(each)} for each in both)
    fingerprints = [
        [one.fingerprint for one in plan(steps_of(each.edition.kind), each)] for each in both
    ]
    shared = [step.name for step in steps_of(less.kind)].index("supply-chain") + 1
    assert fingerprints[0][:shared] == fingerprints[1][:shared], "these are not made again"
    assert not {*fingerprints[0][shared:]} & {*fingerprints[1][shared:]}
    left_out = {node.split(".")[2] for node in all_of_it - selected if "test." not in node}
    assert left_out == {
        path.stem
        for part in ("concentration", "health")
        for path in (REPOSITORY / "models" / part).rglob("*.sql")
    }
    assert selected <= all_of_it

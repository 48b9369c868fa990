"""Steps of the default edition touch what they declare, and a change makes stale what depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.engine import Context, Plan, plan
from flows.run import context_of, steps_of
from flows.ship import ship_all
from flows.steps import computations_of, shipped_of
from warehouse import meta
from warehouse.database import connect
from warehouse.dbt import DbtProject, Node
from warehouse.edition import load_edition
from warehouse.fingerprint import REPOSITORY
from warehouse.home import Home, locate
from warehouse.request import DEFAULT_EDITION
from warehouse.shipped import largest_difference
from warehouse.tables import Tables

# Read only when linked tables are drawn or assumptions of linking are varied (tests/steps/test_uncertainty.py).
ON_REQUEST = {
    # Compared only where there are results of GEOS-Chem (tests/geoschem/test_rehearsal.py).
    "simulated": {"intermediate.int_atmosphere__emission"},
    # Only where an edition has no totals of the nation, as open-2007 (tests/steps/test_atmosphere.py).
    "evaluation": {"intermediate.int_evaluation__emission"},
    "uncertainty": {
        "intermediate.int_link__distance",
        "intermediate.int_mrio__consumption",
        "intermediate.int_mrio__final_demand",
        "intermediate.int_mrio__flow",
        "seeds.sector_aggregation",
    },
}
AFTER_MARTS = {"gate-marts", "publish", "parquet", "atlas"}


@pytest.fixture
def home(default_home: Path) -> Home:
    return locate(default_home)


def context_with(home: Home, **assumptions: bool | float | str) -> Context:
    """The context of the default edition with other assumptions, on its working file."""
    edition = load_edition(DEFAULT_EDITION, home.root)
    changed = edition.model_copy(update={"assumptions": {**edition.assumptions, **assumptions}})
    return context_of(changed, home)


def plans(context: Context) -> dict[str, Plan]:
    return {each.step.name: each for each in plan(steps_of("concentration"), context)}


def stale(context: Context) -> dict[str, set[str]]:
    """Step to its stale items."""
    return {name: {*each.stale} for name, each in plans(context).items() if each.stale}


def test_every_computation_reads_all_that_it_declares(home: Home) -> None:
    """It cannot read more: warehouse.tables refuses that (tests/steps/test_tables.py)."""
    with connect(home.working_file(DEFAULT_EDITION, 2017).path, read_only=True) as connection:
        touched = meta.touched(connection)
    computations = computations_of("concentration")
    assert set(touched) == {each.name for each in computations}
    for each in computations:
        idle = set(each.reads) - touched[each.name] - ON_REQUEST.get(each.name, set())
        assert idle == set(), f"{each.name} declares what it does not read"


def test_nothing_is_stale_after_a_run(home: Home) -> None:
    assert stale(context_with(home)) == {}


def test_another_number_of_paths_makes_supply_chains_again_and_what_reads_them(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No SQL and no yml takes it: dbt, which takes seconds to read its project for other variables, says the same.
    read_by_dbt = [
        path
        for folder in ("models", "dbt_project")
        for path in (REPOSITORY / folder).rglob("*")
        if path.suffix in {".sql", ".yml"} and "path_count" in path.read_text(encoding="utf-8")
    ]
    assert read_by_dbt == []
    outline = context_with(home).dbt.outline
    monkeypatch.setattr(DbtProject, "outline", lambda _, selectors: outline(selectors))
    found = stale(context_with(home, path_count=7))
    assert set(found) == {"supply-chain", "driven", "uncertainty", "marts", *AFTER_MARTS}
    assert found["supply-chain"] == {"supply-chain"}
    assert "model.tradeplume.int_export__layer_output" in found["driven"]
    models = {name.split(".")[2] for name in found["marts"] if name.startswith("model.")}
    assert {"fct_supply_chain_path", "fct_production_layer_output", "fct_layer_flow"} <= models
    unrelated = {
        "fct_mrio_flow",
        "fct_export_output",
        "fct_pm25_province",
        "fct_emission_inventory",
    }
    assert not models & unrelated


def test_another_exponent_of_gravity_leaves_sources_and_trade_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    # dbt would read its project again for another value; the value moves its models' parts alone.
    outline = context_with(home).dbt.outline
    told = "variable gravity_exponent"

    def changed(_: DbtProject, selectors: Sequence[str]) -> dict[str, tuple[Node, ...]]:
        return {
            selector: tuple(
                replace(node, parts={**node.parts, told: "2.0"}) if told in node.parts else node
                for node in nodes
            )
            for selector, nodes in outline(selectors).items()
        }

    monkeypatch.setattr(DbtProject, "outline", changed)
    found = stale(context_with(home, gravity_exponent=2.0))
    assert "model.tradeplume.int_assumption__flow" in set().union(*found.values())
    assert {"gravity", "assemble", "balance", "linked", "footprint", "concentration"} <= set(found)
    assert not {"load", "gate-raw", "trade"} & set(found)


def test_a_change_of_a_seed_makes_stale_what_the_manifest_says(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    outline = DbtProject.outline
    touched = "seed.tradeplume.source_apportionment"

    def changed(self: DbtProject, selectors: Sequence[str]) -> dict[str, tuple[Node, ...]]:
        return {
            selector: tuple(_with_another_file(node, touched) for node in nodes)
            for selector, nodes in outline(self, selectors).items()
        }

    context = context_with(home)
    expected = _descendants(context, touched)
    monkeypatch.setattr(DbtProject, "outline", changed)
    found = stale(context)
    assert set().union(*(found[name] for name in found if name not in AFTER_MARTS)) == expected
    assert set(found) == {"prepare", "evaluation", "marts", *AFTER_MARTS}


def _with_another_file(node: Node, name: str) -> Node:
    parts = {**node.parts, "file": "another"} if node.name == name else node.parts
    return replace(node, parts=parts)


def _descendants(context: Context, name: str) -> set[str]:
    """A node and all that reads it, directly or not: the table of edges, walked by itself."""
    makes: dict[str, Sequence[str]] = {}
    reads: dict[str, set[str]] = {}
    for step in steps_of("concentration"):
        if step.name in AFTER_MARTS:
            continue
        for item in step.items_in(context):
            makes[item.name] = item.writes
            reads[item.name] = set(item.reads)
    found, waiting = set(), [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            made = set(makes[each])
            waiting += [other for other, tables in reads.items() if tables & made]
    # The record of checks is made anew whenever one of its checks is.
    record = [item for item, tables in reads.items() if "meta.check_result" in tables]
    return found | set(record) | _readers(reads, makes, record)


def _readers(
    reads: Mapping[str, set[str]], makes: Mapping[str, Sequence[str]], names: Sequence[str]
) -> set[str]:
    made: set[Any] = {table for name in names for table in makes[name]}
    return {name for name, tables in reads.items() if tables & made}


def test_results_that_come_with_the_product_are_those_of_this_code(home: Home) -> None:
    """Else every first run computes what was meant to be there: `python -m flows.ship HOME open-2017`."""
    edition = load_edition(DEFAULT_EDITION, home.root)
    with connect(home.working_file(DEFAULT_EDITION, 2017).path, read_only=True) as connection:
        for each in computations_of("concentration"):
            if each.is_shipped:
                tables = Tables(connection, each.reads, each.writes)
                shipped = shipped_of(tables, each, each.taken(edition.variables))
                assert shipped.keys() == set(each.writes), each.name
                assert largest_difference(tables, shipped) == 0.0, each.name


@pytest.mark.heavy
def test_results_that_come_with_the_product_are_computed_again_alike(home: Home) -> None:
    """Rounding of another processor's instructions is all that may differ: sums of 36,000 cells, to 1e-9."""
    found = list(ship_all(home.root, DEFAULT_EDITION, write=False))
    assert found
    for each in found:
        assert each.difference is not None, each.computation
        assert each.difference < 1e-9, each.computation

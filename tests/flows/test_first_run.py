"""The order of a first run, in which dbt reads its project beside the first steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

import flows.run
from flows.engine import Plan, Step
from flows.progress import PlainProgress
from flows.run import context_of, run
from warehouse.dbt import DbtProject
from warehouse.edition import load_edition
from warehouse.home import locate


def test_our_modules_are_parsed_before_dbt_parses_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Python 3.11 two threads that parse at once may end in a SystemError."""
    order: list[str] = []

    @contextmanager
    def reading(*_: object) -> Iterator[None]:
        order.append("dbt begins")
        yield
        order.append("dbt ends")

    @contextmanager
    def no_gates() -> Iterator[None]:
        yield

    def planned(*_: object, **__: object) -> list[object]:
        order.append("plan")
        return []

    monkeypatch.setattr(DbtProject, "being_read", reading)
    monkeypatch.setattr(flows.run, "gatekeeper", no_gates)
    monkeypatch.setattr(flows.run, "plan", planned)
    monkeypatch.setattr(flows.run, "run_plan", lambda *_, **__: order.append("run"))
    home = locate(tmp_path)
    watcher = PlainProgress(Console(quiet=True), details=False)
    run(context_of(load_edition("open-2007", home.root), home), watcher)
    assert order == ["plan", "dbt begins", "run", "dbt ends", "plan", "run"]


def test_who_waits_is_answered_before_concentrations_and_only_in_a_new_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edition that stands already is never replaced by a part of it."""
    order: list[str] = []

    @contextmanager
    def nothing(*_: object, **__: object) -> Iterator[None]:
        yield

    def of_names(steps: list[Step], *_: object, **__: object) -> list[Plan]:
        return [Plan(step, {}, (), "not made yet") for step in steps]

    def ran(plans: list[Plan], *_: object, **__: object) -> None:
        order.extend(planned.step.name for planned in plans)

    monkeypatch.setattr(DbtProject, "being_read", nothing)
    monkeypatch.setattr(DbtProject, "outline", lambda _, names: dict.fromkeys(names, ()))
    monkeypatch.setattr(flows.run, "gatekeeper", nothing)
    monkeypatch.setattr(flows.run, "plan", of_names)
    monkeypatch.setattr(flows.run, "run_plan", ran)
    home = locate(tmp_path)
    watcher = PlainProgress(Console(quiet=True), details=False)
    context = context_of(load_edition("open-2017", home.root), home)
    run(context, watcher, answered=lambda: order.append("answered"))
    assert order.index("publish") < order.index("answered") < order.index("concentration")
    order.clear()
    home.published.mkdir(exist_ok=True)
    home.published_file.touch()
    run(context, watcher, answered=lambda: order.append("answered"))
    assert "answered" not in order
    assert order.count("publish") == 1

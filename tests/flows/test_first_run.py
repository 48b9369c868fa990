"""The order of a first run, in which dbt reads its project beside the first steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

import flows.run
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

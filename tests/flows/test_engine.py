"""The engine with small steps: what runs, what is skipped, and what a killed run leaves."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from flows.engine import Context, Plan, Step, StepReport, difference, plan, run_plan
from warehouse.database import connect, fetch
from warehouse.dbt import DbtProject
from warehouse.errors import UserFacingError
from warehouse.fingerprint import chain, code_parts
from warehouse.home import locate, prepare
from warehouse.meta import finished_steps


@dataclass(frozen=True)
class SmallEdition:
    name: str = "small"
    year: int = 2007
    assumptions: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Log:
    ran: list[str] = field(default_factory=list)
    skipped_steps: list[str] = field(default_factory=list)
    will_run: list[str] = field(default_factory=list)

    def planned(self, plans: Sequence[Plan]) -> None:
        assert self.ran == []
        self.will_run = [each.step.name for each in plans if each.reason]

    def started(self, step: Step, reason: str) -> None:
        assert reason
        assert step.name == self.will_run[len(self.ran)]
        self.ran.append(step.name)

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        assert self.ran[-1] == step.name
        assert report.rows >= 0
        assert report.years == (2007,)
        assert seconds >= 0

    def skipped(self, step: Step) -> None:
        self.skipped_steps.append(step.name)


def make_context(root: Path) -> Context:
    home = locate(root)
    prepare(home, needed_bytes=0)
    working = home.working_file("small", 2007)
    return Context(SmallEdition(), home, working, DbtProject(working, {}, home.dbt / working.name))


def writes(table: str, query: str) -> Callable[[Context], StepReport]:
    def run(context: Context) -> StepReport:
        with connect(context.working.path) as connection:
            connection.execute(f"create or replace table computed.{table} as {query}")
        return StepReport(1)

    return run


def three_steps(**contents: str) -> list[Step]:
    def step(name: str, query: str) -> Step:
        return Step(
            name, name, writes(name, query), inputs=lambda _: {"content": contents.get(name, "")}
        )

    return [
        step("one", "select 1 as x"),
        step("two", "select x + 1 as x from computed.one"),
        step("three", "select x + 1 as x from computed.two"),
    ]


def run(steps: list[Step], context: Context, **how: Any) -> Log:
    log = Log()
    run_plan(plan(steps, context, **how), context, log)
    return log


def test_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    assert run(three_steps(), context).ran == ["one", "two", "three"]
    again = run(three_steps(), context)
    assert again.ran == []
    assert again.skipped_steps == ["one", "two", "three"]


def test_what_changed_and_all_after_it_is_made_again(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    run(three_steps(), context)
    planned = plan(three_steps(two="new"), context)
    assert [each.reason for each in planned] == [None, "content changed", "two is made again"]
    assert run(three_steps(two="new"), context).ran == ["two", "three"]
    assert run(three_steps(two="new"), context).ran == []


def test_a_run_can_start_from_a_step_or_make_everything_again(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    run(three_steps(), context)
    assert run(three_steps(), context, first="three").ran == ["three"]
    assert run(three_steps(), context, force=True).ran == ["one", "two", "three"]
    # Nothing is computed from what is out of date, whatever was asked for.
    assert run(three_steps(one="new"), context, first="three").ran == ["one", "two", "three"]
    with pytest.raises(UserFacingError, match="no step `four`"):
        plan(three_steps(), context, first="four")


def test_a_step_whose_result_is_gone_runs_again(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    steps = three_steps()
    steps[2] = replace(steps[2], is_in_place=lambda _: (tmp_path / "result").exists())
    run(steps, context)
    assert run(steps, context).ran == ["three"]
    (tmp_path / "result").touch()
    assert run(steps, context).ran == []


def test_a_failed_step_is_not_recorded_and_the_next_run_goes_on_there(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    run(three_steps(), context)
    broken = three_steps(two="changed")
    broken[1] = replace(broken[1], run=writes("two", "select nonsense from computed.one"))
    with pytest.raises(Exception, match="nonsense"):
        run(broken, context)
    with connect(context.working.path) as connection:
        assert list(finished_steps(connection)) == ["one"]
    assert run(three_steps(two="changed"), context).ran == ["two", "three"]


def test_step_names_may_not_repeat(tmp_path: Path) -> None:
    steps = three_steps()
    with pytest.raises(ValueError, match="repeat"):
        plan([*steps, steps[0]], make_context(tmp_path))


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_engine import make_context, three_steps, run
from dataclasses import replace
from warehouse.database import connect

def dies(context):
    with connect(context.working.path) as connection:
        connection.execute("begin transaction")
        connection.execute("create or replace table computed.two as select -1 as x")
        connection.execute("create or replace table computed.half as select -1 as x")
        os.kill(os.getpid(), signal.SIGKILL)

steps = three_steps()
steps[1] = replace(steps[1], run=dies)
run(steps, make_context(Path({root!r})))
"""


def test_a_killed_run_goes_on_from_its_last_finished_step(tmp_path: Path) -> None:
    whole = make_context(tmp_path / "whole")
    run(three_steps(), whole)
    script = KILLED.format(tests=str(Path(__file__).parent), root=str(tmp_path / "killed"))
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, timeout=120, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL
    killed = make_context(tmp_path / "killed")
    assert run(three_steps(), killed).ran == ["two", "three"]
    assert contents(killed) == contents(whole)


def contents(context: Context) -> list[tuple[object, ...]]:
    query = "select x from computed.one union all from computed.two union all from computed.three"
    with connect(context.working.path) as connection:
        tables = fetch(connection, "select table_name from duckdb_tables() order by all")
        return tables + fetch(connection, query)


def test_code_is_followed_through_its_imports(tmp_path: Path) -> None:
    for folder in ("steps", "compute"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "steps" / "link.py").write_text("def f():\n    from compute import gravity\n")
    (tmp_path / "compute" / "gravity.py").write_text("import compute.frames\n")
    (tmp_path / "compute" / "frames.py").write_text("x = 1\n")
    (tmp_path / "compute" / "other.py").write_text("x = 1\n")
    before = code_parts(["steps/link.py"], tmp_path)
    assert [name.removeprefix("code ") for name in before if "__init__" not in name] == [
        "compute/frames.py",
        "compute/gravity.py",
        "steps/link.py",
    ]
    (tmp_path / "compute" / "frames.py").write_text("x = 20\n")
    after = code_parts(["steps/link.py"], tmp_path)
    assert difference(before, after) == "code compute/frames.py changed"
    assert chain("", before) != chain("", after)
    with pytest.raises(ValueError, match="no file matches"):
        code_parts(["steps/lnik.py"], tmp_path)

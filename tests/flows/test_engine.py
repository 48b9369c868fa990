"""The engine with small steps: what runs, what is skipped, and what a killed run leaves."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from flows.engine import (
    Context,
    Item,
    Plan,
    Step,
    StepReport,
    difference,
    forget_left_over,
    plan,
    run_plan,
)
from warehouse.database import connect, fetch
from warehouse.dbt import DbtProject
from warehouse.errors import UserFacingError
from warehouse.fingerprint import module_parts
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


Run = Callable[[Context, Collection[str] | None], StepReport]


def writes(table: str, query: str) -> Run:
    def run(context: Context, _: Collection[str] | None = None) -> StepReport:
        with connect(context.working.path) as connection:
            connection.execute(f"create or replace table computed.{table} as {query}")
        return StepReport(1)

    return run


def three_steps(**contents: str) -> list[Step]:
    return [
        step("one", "select 1 as x", **contents),
        step("two", "select x + 1 as x from computed.one", "one", **contents),
        step("three", "select x + 1 as x from computed.two", "two", **contents),
    ]


def step(name: str, query: str, *reads: str, **contents: str) -> Step:
    return Step(
        name,
        name,
        writes(name, query),
        reads=tuple(f"computed.{each}" for each in reads),
        writes=(f"computed.{name}",),
        parts=lambda _: {"content": contents.get(name, "")},
    )


def diamond(**contents: str) -> list[Step]:
    """west and east read root; last reads both."""
    return [
        step("root", "select 1 as x", **contents),
        step("west", "select x from computed.root", "root", **contents),
        step("east", "select x from computed.root", "root", **contents),
        step("last", "select west.x from computed.west, computed.east", "west", "east", **contents),
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
    assert [each.reason for each in planned] == [None, "content changed", "two made again"]
    assert run(three_steps(two="new"), context).ran == ["two", "three"]
    assert run(three_steps(two="new"), context).ran == []


def test_a_run_can_start_from_a_step_or_make_everything_again(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    run(three_steps(), context)
    assert run(three_steps(), context, first="three").ran == ["three"]
    assert run(three_steps(), context, force=True).ran == ["one", "two", "three"]
    assert run(three_steps(), context, first="two").ran == ["two", "three"]
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
    planned = plan(three_steps(two="changed"), context)
    assert [each.reason for each in planned] == [None, "content changed", "two made again"]
    assert run(three_steps(two="changed"), context).ran == ["two", "three"]


def test_only_what_depends_on_a_change_is_made_again(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    run(diamond(), context)
    assert run(diamond(west="new"), context).ran == ["west", "last"]
    assert run(diamond(west="new", east="new"), context).ran == ["east", "last"]
    assert run(diamond(west="new", east="new", last="new"), context).ran == ["last"]
    assert run(diamond(), context).ran == ["west", "east", "last"]
    assert run(diamond(), context, first="east").ran == ["east", "last"]


def test_a_change_that_failed_half_way_is_made_again_when_it_is_taken_back(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    run(diamond(), context)
    broken = diamond(west="new")
    broken[3] = replace(broken[3], run=writes("last", "select nonsense"))
    with pytest.raises(Exception, match="nonsense"):
        run(broken, context)
    planned = plan(diamond(), context)
    assert [each.reason for each in planned] == [None, "content changed", None, "west made again"]


def items_step(**files: str) -> Step:
    """Makes a table of each file; a record of all is an item that reads the others."""
    made: list[Collection[str] | None] = []

    def run_items(context: Context, items: Collection[str] | None = None) -> StepReport:
        made.append(items)
        with connect(context.working.path) as connection:
            for name in items or [*(f"raw.{each}" for each in files), "raw.record"]:
                connection.execute(f"create or replace table {name} as select 1 as x")
        return StepReport(1)

    def items(_: Context) -> list[Item]:
        names = tuple(f"raw.{name}" for name in files)
        of_files = [
            Item(name, name, writes=(name,), parts={"file": content})
            for name, content in zip(names, files.values(), strict=True)
        ]
        return [*of_files, Item("raw.record", "record", names, ("raw.record",))]

    return Step("load", "load", run_items, items=items)


def test_a_step_of_several_items_makes_the_stale_ones(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    reader = step("reader", "select x from raw.a")
    steps = [items_step(a="1", b="1"), replace(reader, reads=("raw.a",))]
    assert run(steps, context).ran == ["load", "reader"]
    steps[0] = items_step(a="1", b="2")
    planned = plan(steps, context)
    assert planned[0].stale == ("raw.b", "raw.record")
    assert planned[0].reason == "2 of 3: raw.b: file changed; record: raw.b made again"
    assert run(steps, context).ran == ["load"], "the reader reads the other file"
    steps[0] = items_step(a="2", b="2")
    assert run(steps, context).ran == ["load", "reader"]


def test_a_role_that_is_gone_takes_its_table_and_what_read_it_is_made_again(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    reader = replace(step("reader", "select 1 as x"), reads=("raw.a", "raw.b"))
    steps = [items_step(a="1", b="1"), reader]
    run(steps, context)
    steps[0] = items_step(a="1")
    planned = plan(steps, context)
    forget_left_over(planned, context)
    with connect(context.working.path) as connection:
        left = fetch(connection, "select table_name from duckdb_tables() where schema_name = 'raw'")
    assert sorted(left) == [("a",), ("record",)]
    assert planned[1].reason == "table raw.b changed"
    # When it comes back it is read again: nothing remembers a table that was dropped.
    steps[0] = items_step(a="1", b="1")
    assert plan(steps, context)[0].stale == ("raw.b", "raw.record")


def test_patterns_read_what_the_steps_before_have_written(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    steps = [*diamond(), replace(step("gate", "select 1 as x"), reads=("computed.*",))]
    run(steps, context)
    changed = [*diamond(east="new"), steps[-1]]
    assert run(changed, context).ran == ["east", "last", "gate"]
    # A table less is a change, too.
    assert run([*changed[:3], changed[-1]], context).ran == ["gate"]


def test_a_table_of_two_writers_has_the_state_after_both(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    second = replace(
        step("more", "select 1 as x"), reads=("computed.one",), writes=("computed.one",)
    )
    reader = replace(step("reader", "select 1 as x"), reads=("computed.one",))

    def steps(content: str) -> list[Step]:
        return [
            step("one", "select 1 as x"),
            replace(second, parts=lambda _: {"c": content}),
            reader,
        ]

    run(steps("a"), context)
    assert run(steps("b"), context).ran == ["more", "reader"]


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

def dies(context, items=None):
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
    (tmp_path / "steps" / "link.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from compute import other\n"
        "def f():\n    from compute import gravity\n"
    )
    (tmp_path / "compute" / "gravity.py").write_text("import compute.frames\n")
    (tmp_path / "compute" / "frames.py").write_text("x = 1\n")
    (tmp_path / "compute" / "other.py").write_text("x = 1\n")
    before = module_parts(["steps.link"], tmp_path)
    assert [name.removeprefix("code ") for name in before if "__init__" not in name] == [
        "compute/frames.py",
        "compute/gravity.py",
        "steps/link.py",
    ]
    (tmp_path / "compute" / "frames.py").write_text("x = 20\n")
    after = module_parts(["steps.link"], tmp_path)
    assert difference(before, after) == "code compute/frames.py changed"
    with pytest.raises(ValueError, match=r"no module steps\.lnik"):
        module_parts(["steps.lnik"], tmp_path)


@pytest.mark.parametrize(
    ("text", "is_same"),
    [
        (
            '"""Another word."""\n\n\ndef f(x):\n    """Says more."""\n    return x + 1  # why\n',
            True,
        ),
        ("def f(x):\n    return (x + 1)\n", True),
        ("def f(x):\n    return x + 2\n", False),
        ('def f(x):\n    return x + 1\n\n\nWORDS = "text"\n', False),
    ],
    ids=["docstrings and comments", "layout", "code", "a constant"],
)
def test_comments_and_docstrings_change_nothing(tmp_path: Path, text: str, is_same: bool) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "__init__.py").touch()
    module = tmp_path / "steps" / "f.py"
    module.write_text("def f(x):\n    return x + 1\n")
    before = module_parts(["steps.f"], tmp_path)
    module.write_text(text)
    assert (module_parts(["steps.f"], tmp_path) == before) is is_same

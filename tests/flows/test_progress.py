from __future__ import annotations

import io

import pytest
from rich.console import Console

from flows.engine import Plan, Step, StepReport, Watcher
from flows.progress import LiveProgress, PlainProgress, progress
from warehouse.meta import RecordedItem

STEP = Step("load", "read [the] sources", lambda _, __=None: StepReport(0))
OTHER = Step("gate", "check", lambda _, __=None: StepReport(0))
REPORT = StepReport(
    12_345, ("global_table: 12,345 rows", "warning: x [y] was passed over"), (2007,)
)


def shown(*, terminal: bool, quiet: bool) -> tuple[type[Watcher], str]:
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, width=120, color_system=None)
    with progress(console, quiet=quiet) as watcher:
        # One of two items is stale: half of the time that the step took before.
        both = {"one": RecordedItem("1", (), {}), "two": RecordedItem("2", (), {})}
        stale = Plan(STEP, both, ("one",), "not made yet", 8.0)
        watcher.planned([stale, Plan(OTHER, {}, (), None, 9.0)])
        watcher.started(STEP, "not made yet")
        watcher.finished(STEP, REPORT, 1.25)
        watcher.skipped(STEP)
    return type(watcher), output.getvalue()


def test_a_log_gets_plain_lines() -> None:
    kind, output = shown(terminal=False, quiet=False)
    assert kind is PlainProgress
    assert output.splitlines() == [
        "load: read [the] sources (not made yet), step 1 of 1, about 4 s left",
        "    global_table: 12,345 rows",
        "    warning: x [y] was passed over",
        "load: done, 12,345 rows, 2007, 1.2 s",
        "load: unchanged",
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_quiet_is_one_line_a_step(terminal: bool) -> None:
    kind, output = shown(terminal=terminal, quiet=True)
    assert kind is PlainProgress
    assert output == "load: done, 12,345 rows, 2007, 1.2 s\n"


def test_a_terminal_gets_rows_seconds_and_warnings() -> None:
    kind, output = shown(terminal=True, quiet=False)
    assert kind is LiveProgress
    assert "read [the] sources" in output
    assert "12,345 rows" in output
    assert "1.2 s" in output
    assert "x [y] was passed over" in output
    assert "unchanged" in output

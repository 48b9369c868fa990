"""The step engine: runs a chain of steps and skips those whose inputs have not changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import duckdb

from flows.gatekeeper import Gates, run_here
from warehouse import meta
from warehouse.database import connect, ensure_schemas
from warehouse.dbt import DbtProject
from warehouse.errors import UserFacingError
from warehouse.fingerprint import chain, code_parts, version_parts
from warehouse.home import Home, WorkingFile

if TYPE_CHECKING:
    from warehouse.edition import Edition


class UnknownStepError(UserFacingError):
    """A step was asked for that is not in the list."""

    exit_code = 2


@dataclass(frozen=True)
class Context:
    """What every step is given: the edition, the home, the working file, dbt, who runs the gates."""

    edition: Edition
    home: Home
    working: WorkingFile
    dbt: DbtProject
    gates: Gates = run_here


@dataclass(frozen=True)
class StepReport:
    """What a step made: the rows it wrote, lines of detail for people, and the years it was made for."""

    rows: int
    lines: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


def _no_inputs(_: Context) -> dict[str, str]:
    return {}


def _always(_: Context) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One step of a run.

    name: for the command line.  title: for people.  run: does it; atomic, or rewrites its tables
    as a whole, so that an attempt that was killed leaves nothing the next one minds.
    code: patterns of the modules it runs.  inputs: checksums of what else it reads.
    is_in_place: whether what it leaves outside the working file is still there.
    selector: of the dbt models that it builds, when it builds any.
    """

    name: str
    title: str
    run: Callable[[Context], StepReport]
    code: tuple[str, ...] = ()
    inputs: Callable[[Context], Mapping[str, str]] = _no_inputs
    is_in_place: Callable[[Context], bool] = _always
    selector: str = ""


@dataclass(frozen=True)
class Plan:
    """A step with the fingerprint it would have now, and why it must run (None: it need not).

    seconds_before: how long it took the last time (None: it was never made).
    """

    step: Step
    fingerprint: str
    parts: Mapping[str, str]
    reason: str | None
    seconds_before: float | None = None


class Watcher(Protocol):
    """Is told how a run goes."""

    def planned(self, plans: Sequence[Plan]) -> None:
        """The run begins: all steps, in order."""

    def started(self, step: Step, reason: str) -> None:
        """A step begins, and why."""

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        """A step has ended well."""

    def skipped(self, step: Step) -> None:
        """A step is as it was at its last success."""


def plan(
    steps: Sequence[Step], context: Context, *, first: str | None = None, force: bool = False
) -> list[Plan]:
    """For every step whether it must run, and why.

    first: the step to start from even if nothing changed.  force: make everything again.
    The first stale step makes all after it stale.  Raises UnknownStepError.
    """
    _known(steps, first)
    recorded, parts_before = _recorded(context.working)
    plans: list[Plan] = []
    fingerprint = ""
    stale_since: str | None = None
    for step in steps:
        parts = {**version_parts(), **code_parts(step.code), **step.inputs(context)}
        fingerprint = chain(fingerprint, parts)
        if step.name not in recorded and not (force or step.name == first):
            reason: str | None = "not made yet"
        elif stale_since:
            reason = f"{stale_since} is made again"
        elif force or step.name == first:
            reason = "asked for"
        elif recorded[step.name].fingerprint != fingerprint:
            reason = difference(parts_before.get(step.name, {}), parts)
        elif not step.is_in_place(context):
            reason = "its result is not in place"
        else:
            reason = None
        before = recorded.get(step.name)
        plans.append(Plan(step, fingerprint, parts, reason, before.seconds if before else None))
        stale_since = stale_since or (step.name if reason else None)
    return plans


def run_plan(
    plans: Sequence[Plan], context: Context, watcher: Watcher, *, announced: bool = False
) -> None:
    """Run the steps that must run, in order, and record each success.

    A run that dies at any point goes on from the last recorded step at the next one.
    announced: the watcher knows of the run already.
    """
    start(plans, context)
    if not announced:
        watcher.planned(plans)
    for planned in plans:
        if planned.reason is None:
            watcher.skipped(planned.step)
            continue
        run_step(planned, context, watcher)


def start(plans: Sequence[Plan], context: Context) -> None:
    """Make the working file ready, and forget the steps that are about to be made again."""
    with _open(context.working) as connection:
        ensure_schemas(connection)
        meta.ensure_tables(connection)
        meta.forget_steps(connection, [each.step.name for each in plans if each.reason])


def run_step(planned: Plan, context: Context, watcher: Watcher) -> None:
    """Run one step and record its success."""
    watcher.started(planned.step, planned.reason or "asked for")
    began = time.monotonic()
    made = planned.step.run(context)
    report = replace(made, years=made.years or (context.edition.year,))
    seconds = time.monotonic() - began
    finished = meta.FinishedStep(
        planned.step.name, planned.fingerprint, datetime.now(), round(seconds, 3), report.rows
    )
    with _open(context.working) as connection:
        meta.record_step(connection, finished, planned.parts)
    watcher.finished(planned.step, report, seconds)


def difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What differs between the parts of two attempts, in words; the first few of them."""
    changed = [part for part in now if part in before and before[part] != now[part]]
    added = [part for part in now if part not in before]
    gone = [part for part in before if part not in now]
    words = [f"{part} changed" for part in changed]
    words += [f"{part} is new" for part in added] + [f"{part} is gone" for part in gone]
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return ", ".join(words[:3]) + more if words else "a step before it changed"


def _known(steps: Sequence[Step], name: str | None) -> None:
    names = [step.name for step in steps]
    if len(set(names)) != len(names):
        raise ValueError(f"step names repeat: {names}")
    if name is not None and name not in names:
        raise UnknownStepError(
            f"There is no step `{name}`.", remedy=f"The steps are: {', '.join(names)}."
        )


def _recorded(
    working: WorkingFile,
) -> tuple[dict[str, meta.FinishedStep], dict[str, dict[str, str]]]:
    if not working.path.exists():
        return {}, {}
    with connect(working.path, read_only=True) as connection:
        return meta.finished_steps(connection), meta.step_parts(connection)


def _open(working: WorkingFile) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    return connect(working.path, temp_directory=working.temp_directory)

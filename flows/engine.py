"""The step engine: from what every step reads and writes it follows what must be made again, and no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Protocol

import duckdb

from flows.gatekeeper import Gates, run_here
from warehouse import meta
from warehouse.database import connect, ensure_schemas
from warehouse.dbt import DbtProject
from warehouse.errors import UserFacingError
from warehouse.fingerprint import digest, version_parts
from warehouse.home import Home, WorkingFile

if TYPE_CHECKING:
    from warehouse.edition import Edition

ABSENT = "absent"
"""Version of a table that nothing makes: a role that the edition lacks."""


class UnknownStepError(UserFacingError):
    """A step was asked for that is not in the list."""

    exit_code = 2


@dataclass(frozen=True)
class Context:
    """What every step is given: the edition, the home, the working file, dbt, who runs the gates.

    runner: where the command was asked to do work of many parts (empty: not asked).
    """

    edition: Edition
    home: Home
    working: WorkingFile
    dbt: DbtProject
    gates: Gates = run_here
    runner: str = ""


@dataclass(frozen=True)
class StepReport:
    """What a step made: the rows it wrote, lines of detail for people, and the years it was made for."""

    rows: int
    lines: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


@dataclass(frozen=True)
class Item:
    """One thing that a step makes and that can be stale on its own: a role, a model, a test, a computation.

    label: for people.  reads, writes: tables with their schema; reads may be patterns (``marts.*``).
    parts: checksums of all else that it is made from, by name.
    """

    name: str
    label: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)


def _no_parts(_: Context) -> dict[str, str]:
    return {}


def _always(_: Context) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One step of a run.

    name: for the command line.  title: for people.  run: does it, for the named items (None: all); atomic, or
    rewrites its tables as a whole, so that an attempt that was killed leaves nothing the next one minds.
    reads, writes: tables with their schema; from them follows what a change makes stale.
    parts: checksums of what else decides the result: code, assumptions, files.
    items: what it makes, one by one, when that is more than one thing; ``writes`` then is what the step as a
    whole writes beside them.  is_in_place: whether what it leaves outside the working file is still there.
    selector: of the dbt models that it builds, when it builds any.
    """

    name: str
    title: str
    run: Callable[[Context, Collection[str] | None], StepReport]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    parts: Callable[[Context], Mapping[str, str]] = _no_parts
    items: Callable[[Context], Sequence[Item]] | None = None
    is_in_place: Callable[[Context], bool] = _always
    selector: str = ""

    def items_in(self, context: Context) -> Sequence[Item]:
        """What the step makes; a step of one thing is that thing."""
        if self.items is not None:
            return self.items(context)
        return [Item(self.name, self.name, self.reads, self.writes, self.parts(context))]


@dataclass(frozen=True)
class Plan:
    """A step with what it would be made from now, and why it must run (None: it need not).

    items: by name.  stale: the items to make, in order.  seconds_before: how long the step took the last time
    (None: it was never made).
    """

    step: Step
    items: Mapping[str, meta.RecordedItem]
    stale: tuple[str, ...]
    reason: str | None
    seconds_before: float | None = None

    @property
    def fingerprint(self) -> str:
        """Of everything that the step would make."""
        return digest({name: item.fingerprint for name, item in self.items.items()})

    @property
    def seconds_expected(self) -> float | None:
        """How long it is likely to take: its share of stale items of the time that it took before."""
        if self.seconds_before is None or not self.reason:
            return None if self.reason else 0.0
        return self.seconds_before * len(self.stale) / max(len(self.items), 1)

    @property
    def tables(self) -> set[str]:
        """All tables that the step makes, stale or not."""
        return {table for item in self.items.values() for table in item.tables} | {
            *self.step.writes
        }


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


class Quiet:
    """A run that nobody watches."""

    def planned(self, plans: Sequence[Plan]) -> None:
        """Nothing to say."""

    def started(self, step: Step, reason: str) -> None:
        """Nothing to say."""

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        """Nothing to say."""

    def skipped(self, step: Step) -> None:
        """Nothing to say."""


def plan(
    steps: Sequence[Step], context: Context, *, first: str | None = None, force: bool = False
) -> list[Plan]:
    """For every step which of its items must be made, and why.

    first: a step to make again even if nothing changed; what depends on it follows.  force: make everything
    again.  An item is stale when its own parts have changed, or when a table that it reads is made again or
    was made anew since.  Raises UnknownStepError.
    """
    _known(steps, first)
    finished, recorded = _recorded(context.working)
    state = _State(recorded)
    plans: list[Plan] = []
    for step in steps:
        asked = force or step.name == first
        items: dict[str, meta.RecordedItem] = {}
        stale: dict[str, tuple[str, str]] = {}
        for item in step.items_in(context):
            made, reason = state.seen(step, item, asked=asked)
            items[item.name] = made
            if reason:
                stale[item.name] = (item.label, reason)
        if not stale and items and not step.is_in_place(context):
            stale = {name: (name, "its result is not in place") for name in items}
            state.remade(step.name, step.writes)
        if step.items is not None:
            everything = {name: item.fingerprint for name, item in items.items()}
            state.written(step.name, step.writes, digest(everything), bool(stale))
        before = finished.get(step.name)
        plans.append(
            Plan(
                step,
                items,
                tuple(stale),
                _in_words(list(stale.values()), len(items)),
                before.seconds if before else None,
            )
        )
    return plans


@dataclass
class _State:
    """What a plan knows while it goes through the steps: the version of every table, and who remakes which."""

    recorded: Mapping[tuple[str, str], meta.RecordedItem]
    versions: dict[str, str] = field(default_factory=dict)
    remade_by: dict[str, str] = field(default_factory=dict)

    def seen(self, step: Step, item: Item, *, asked: bool) -> tuple[meta.RecordedItem, str]:
        """What the item would be made from, and why it must be made (empty: it need not)."""
        read = self._matching(item.reads)
        parts = {
            **version_parts(),
            **item.parts,
            **{f"table {name}": self.versions.get(name, ABSENT) for name in read},
        }
        now = meta.RecordedItem(digest(parts), item.writes, parts)
        before = self.recorded.get((step.name, item.name))
        reason = self._reason(before, now, read, asked=asked)
        self.written(item.label, item.writes, now.fingerprint, bool(reason))
        return now, reason

    def written(self, maker: str, tables: Iterable[str], fingerprint: str, is_stale: bool) -> None:
        """Tables have a new version. One that several steps write has them one after the other."""
        for name in tables:
            self.versions[name] = digest([self.versions.get(name, ""), fingerprint])
        if is_stale:
            self.remade(maker, tables)

    def remade(self, maker: str, tables: Iterable[str]) -> None:
        """Tables are made again: what reads them is, too."""
        for name in tables:
            self.remade_by.setdefault(name, maker)

    def _matching(self, patterns: Iterable[str]) -> list[str]:
        found: set[str] = set()
        for pattern in patterns:
            is_pattern = "*" in pattern
            found |= (
                {name for name in self.versions if fnmatch(name, pattern)}
                if is_pattern
                else {pattern}
            )
        return sorted(found)

    def _reason(
        self,
        before: meta.RecordedItem | None,
        now: meta.RecordedItem,
        read: Sequence[str],
        *,
        asked: bool,
    ) -> str:
        if before is None:
            return "not made yet"
        if own := difference(_own(before.parts), _own(now.parts)):
            return own
        makers = dict.fromkeys(self.remade_by[name] for name in read if name in self.remade_by)
        if makers:
            first, *others = makers
            return f"{first}{f' and {len(others)} more' if others else ''} made again"
        if before.fingerprint != now.fingerprint:
            return difference(before.parts, now.parts) or "made from something else"
        if asked:
            return "asked for"
        return "" if before.made else "not finished the last time"


def _own(parts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in parts.items() if not name.startswith("table ")}


def _in_words(stale: Sequence[tuple[str, str]], count: int) -> str | None:
    """Why a step must run: the reasons of its stale items, the first two and how many more."""
    if not stale:
        return None
    by_reason: dict[str, list[str]] = {}
    for label, reason in stale:
        by_reason.setdefault(reason, []).append(label)
    if count == 1 or (len(by_reason) == 1 and len(stale) == count):
        return next(iter(by_reason))
    words = []
    for reason, labels in by_reason.items():
        more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
        words.append(f"{labels[0]}{more}: {reason}")
    rest = f"; and {len(words) - 2} other reasons" if len(words) > 2 else ""
    return f"{len(stale)} of {count}: " + "; ".join(words[:2]) + rest


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
    """Make the working file ready, and mark the items that are about to be made again."""
    with _open(context.working) as connection:
        ensure_schemas(connection)
        meta.ensure_tables(connection)
        meta.forget_items(
            connection, [(each.step.name, name) for each in plans for name in each.stale]
        )


def forget_left_over(plans: Sequence[Plan], context: Context) -> None:
    """Remove tables that none of the steps makes: an earlier run had other roles, or concentrations.

    Old ones would stand beside new ones.  The caller holds the working file, and plans are of whole runs.
    """
    if context.working.path.exists():
        kept = {table for each in plans for table in each.tables}
        with _open(context.working) as connection:
            meta.ensure_tables(connection)
            meta.forget_tables(connection, kept)


def run_step(planned: Plan, context: Context, watcher: Watcher) -> None:
    """Run one step for its stale items, and record its success."""
    watcher.started(planned.step, planned.reason or "asked for")
    began = time.monotonic()
    everything = len(planned.stale) == len(planned.items)
    made = planned.step.run(context, None if everything else planned.stale)
    report = replace(made, years=made.years or (context.edition.year,))
    seconds = time.monotonic() - began
    finished = meta.FinishedStep(
        planned.step.name, planned.fingerprint, datetime.now(), round(seconds, 3), report.rows
    )
    with _open(context.working) as connection:
        meta.record_step(connection, finished, planned.items)
    watcher.finished(planned.step, report, seconds)


def difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What differs between the parts of two attempts, in words; the first few of them, empty for nothing."""
    changed = [part for part in now if part in before and before[part] != now[part]]
    added = [part for part in now if part not in before]
    gone = [part for part in before if part not in now]
    words = [f"{part} changed" for part in changed]
    words += [f"{part} is new" for part in added] + [f"{part} is gone" for part in gone]
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return ", ".join(words[:3]) + more


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
) -> tuple[dict[str, meta.FinishedStep], dict[tuple[str, str], meta.RecordedItem]]:
    if not working.path.exists():
        return {}, {}
    with connect(working.path, read_only=True) as connection:
        return meta.finished_steps(connection), meta.items(connection)


def _open(working: WorkingFile) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    return connect(working.path, temp_directory=working.temp_directory)

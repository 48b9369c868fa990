"""One run of an edition: what the command line and the Prefect flow have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.air_quality import air_steps
from flows.beside import beside_steps
from flows.engine import Context, Plan, Step, Watcher, plan, run_plan
from flows.gatekeeper import gatekeeper
from flows.left_out import forget_concentrations
from flows.steps import all_steps
from warehouse.dbt import PROJECT_FOLDER, DbtProject
from warehouse.home import Home, prepare
from warehouse.locks import hold

if TYPE_CHECKING:
    from flows.requests import RunRequest
    from warehouse.edition import Edition

PUBLISH_STEP = "publish"
BEFORE_DBT = ("load", "gate-raw")


def edition_of(request: RunRequest, home: Home) -> Edition:
    """The edition that is asked for, with concentrations or without. Raises EditionError."""
    from warehouse.edition import load_edition

    edition = load_edition(request.edition, home.root)
    return edition.without_concentrations() if request.without_concentrations else edition


def context_of(edition: Edition, home: Home, project: Path = PROJECT_FOLDER) -> Context:
    """Everything the steps of an edition need, with dbt bound to its working file."""
    from warehouse.landing import labelled

    edition = labelled(edition, home.root)
    working = home.working_file(edition.label, edition.year)
    dbt = DbtProject(working, edition.variables, home.dbt / working.name, project)
    return Context(edition, home, working, dbt)


def steps_of(kind: str = "footprint", *, with_publishing: bool = True) -> tuple[Step, ...]:
    """The steps of a kind of edition, with or without publishing and what follows it."""
    steps = air_steps() if kind == "air_quality" else all_steps(kind)
    if with_publishing:
        return (*steps, *beside_steps())
    return tuple(step for step in steps if step.name != PUBLISH_STEP)


def run(
    context: Context,
    watcher: Watcher,
    *,
    steps: Sequence[Step] | None = None,
    first: str | None = None,
    force: bool = False,
) -> list[Plan]:
    """Run the steps that must run, as the only writer of the working file.

    Returns what was planned.  Raises HomeUnusable, HomeLocked, and what the steps raise.
    """
    prepare(context.home)
    with hold(context.working.lock, context.working.name):
        clear(context, force=force)
        chosen = steps or steps_of(context.edition.kind)
        if not context.working.path.exists() and first is None and _begins_as_usual(chosen):
            return _run_first(chosen, context, watcher, force=force)
        planned = plan(chosen, context, first=first, force=force)
        run_plan(planned, context, watcher)
    return planned


def clear(context: Context, *, force: bool = False) -> None:
    """Remove what the run must not find: with `force` all, without concentrations those of an earlier run."""
    if force:
        # Also the way out when the file itself is damaged, or of an older DuckDB.
        for leftover in (context.working.path, Path(f"{context.working.path}.wal")):
            leftover.unlink(missing_ok=True)
    if context.edition.kind == "footprint":
        forget_concentrations(context.working)


def _begins_as_usual(steps: Sequence[Step]) -> bool:
    return tuple(step.name for step in steps[: len(BEFORE_DBT)]) == BEFORE_DBT


def _run_first(
    steps: Sequence[Step], context: Context, watcher: Watcher, *, force: bool
) -> list[Plan]:
    """A first run, whose beginning needs no dbt: sources are read and checked while dbt reads its project.

    Great Expectations is loaded by a third process meanwhile.  What little changes later is not worth that.
    """
    count = len(BEFORE_DBT)
    rest = [Plan(step, "", {}, "not made yet") for step in steps[count:]]
    with gatekeeper() as gates:
        ready = replace(context, gates=gates)
        with context.dbt.being_read([step.selector for step in steps if step.selector]):
            begun = plan(steps[:count], ready, force=force)
            watcher.planned([*begun, *rest])
            run_plan(begun, ready, watcher, announced=True)
        planned = plan(steps, ready, force=force)[count:]
        run_plan(planned, ready, watcher, announced=True)
    return [*begun, *planned]

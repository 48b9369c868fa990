"""One run of an edition: what the command line and the Prefect flow have in common."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.beside import beside_steps
from flows.engine import Context, Plan, Step, Watcher, forget_left_over, plan, run_plan
from flows.first_answer import PUBLISH_STEP, TWICE, first_answer, names_before
from flows.gatekeeper import gatekeeper
from flows.steps import all_steps, computations_of
from steps.catalogue import lineage
from warehouse.dbt import COMPUTED_FROM, PROJECT_FOLDER, DbtProject
from warehouse.home import Home, WorkingFile, prepare
from warehouse.locks import hold
from warehouse.own_models import own_models, stage

if TYPE_CHECKING:
    from flows.requests import RunRequest
    from warehouse.choices import Choices
    from warehouse.edition import Edition

BEFORE_DBT = ("load", "gate-raw")


def edition_of(request: RunRequest, home: Home) -> Edition:
    """The edition that is asked for, with concentrations or without. Raises EditionError."""
    from warehouse.edition import load_edition

    edition = load_edition(request.edition, home.root)
    return edition.without_concentrations() if request.without_concentrations else edition


def context_of(
    edition: Edition, home: Home, project: Path = PROJECT_FOLDER, *, runner: str | None = None
) -> Context:
    """Everything the steps of an edition need, with dbt bound to its working file.

    runner: where draws and places are to be made (None: as the environment or the step says).
    Raises RunnerUnusable for a text that is not a runner.
    """
    from flows.fan_out import parse_runner
    from warehouse.landing import labelled

    if runner is not None:
        parse_runner(runner)
    edition = labelled(edition, home.root)
    working = home.working_file(edition.label, edition.year)
    lineage_of = lineage(computations_of(edition.kind, edition.choices))
    variables = {**edition.variables, COMPUTED_FROM: lineage_of}
    own = _own_models(edition, home, working)
    if own is not None:
        variables["own_models"] = os.path.relpath(own, project)
    dbt = DbtProject(working, variables, home.dbt / working.name, project, own=own)
    return Context(edition, home, working, dbt, runner=runner or "")


def _own_models(edition: Edition, home: Home, working: WorkingFile) -> Path | None:
    """The folder of the user's models for dbt, None without any. Raises InputError as ``own_models``."""
    if edition.kind == "air_quality":
        return None  # they read marts of the linked table
    found = own_models(home.root, edition.variables, working.path)
    return stage(found, home.root, home.dbt / working.name) if found else None


def steps_of(
    kind: str = "footprint", *, choices: Choices | None = None, with_publishing: bool = True
) -> tuple[Step, ...]:
    """The steps of a kind of edition, with or without publishing and what follows it.

    choices: by what the user has landed (`Edition.choices` of `context_of`; None: nothing).
    """
    steps = all_steps(kind) if choices is None else all_steps(kind, choices)
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
    answered: Callable[[], None] | None = None,
) -> list[Plan]:
    """Run the steps that must run, as the only writer of the working file.

    answered: somebody waits. In a home where nothing is published, what needs no concentrations is published
    first (flows.first_answer), and this is called then.
    Returns what was planned.  Raises HomeUnusable, HomeLocked, and what the steps raise.
    """
    prepare(context.home)
    with hold(context.working.lock, context.working.name):
        clear(context, force=force)
        chosen = steps or steps_of(context.edition.kind, choices=context.edition.choices)
        if not context.working.path.exists() and first is None and _begins_as_usual(chosen):
            is_new = not context.home.published_file.exists()
            return _run_first(
                chosen, context, watcher, force=force, answered=answered if is_new else None
            )
        planned = plan(chosen, context, first=first, force=force)
        forget_left_over(planned, context)
        run_plan(planned, context, watcher)
    return planned


def clear(context: Context, *, force: bool = False) -> None:
    """With `force`, remove the working file: the way out, too, when it is damaged or of an older DuckDB."""
    if force:
        for leftover in (context.working.path, Path(f"{context.working.path}.wal")):
            leftover.unlink(missing_ok=True)


def _begins_as_usual(steps: Sequence[Step]) -> bool:
    return tuple(step.name for step in steps[: len(BEFORE_DBT)]) == BEFORE_DBT


def _run_first(
    steps: Sequence[Step],
    context: Context,
    watcher: Watcher,
    *,
    force: bool,
    answered: Callable[[], None] | None,
) -> list[Plan]:
    """A first run, whose beginning needs no dbt: sources are read and checked while dbt reads its project.

    Great Expectations is loaded by a third process meanwhile.  What little changes later is not worth that.
    """
    count = len(BEFORE_DBT)
    early = names_before(steps) if answered else ()
    by_name = {step.name: step for step in steps}
    again = [step for step in steps[count:] if step.name not in early or step.name in TWICE]
    expected = [by_name[name] for name in early[count:]] + again
    with gatekeeper() as gates:
        ready = replace(context, gates=gates)
        # Planning parses our modules, and dbt's reading parses, too: in Python 3.11 two threads must not at once
        # (SystemError: AST constructor recursion depth mismatch).
        begun = plan(steps[:count], ready, force=force)
        with context.dbt.being_read([step.selector for step in steps if step.selector]):
            rest = [Plan(step, {}, (), "not made yet") for step in expected]
            watcher.planned([*begun, *rest])
            run_plan(begun, ready, watcher, announced=True)
        if answered and early:
            planned = plan(first_answer(steps, ready).steps, ready, force=force)[count:]
            run_plan(planned, ready, watcher, announced=True)
            answered()
        planned = plan(steps, ready, force=force)[count:]
        run_plan([each for each in planned if each.reason], ready, watcher, announced=True)
    return [*begun, *planned]

"""One run of an edition: what the command line and the Prefect flow have in common."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.air_quality import air_steps
from flows.beside import beside_steps
from flows.engine import Context, Plan, Step, Watcher, plan, run_plan
from flows.gatekeeper import Gates, gatekeeper
from flows.left_out import forget_concentrations
from flows.steps import all_steps
from warehouse.dbt import PROJECT_FOLDER, DbtProject
from warehouse.home import Home, prepare
from warehouse.locks import hold

if TYPE_CHECKING:
    from warehouse.edition import Edition

GATE_STEP, PUBLISH_STEP = "gate-raw", "publish"


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
        if force:
            # Also the way out when the file itself is damaged, or of an older DuckDB.
            for leftover in (context.working.path, Path(f"{context.working.path}.wal")):
                leftover.unlink(missing_ok=True)
        if context.edition.kind == "footprint":
            forget_concentrations(context.working)
        chosen = steps or steps_of(context.edition.kind)
        with _gates(context, chosen) as gates:
            ready = replace(context, gates=gates)
            planned = plan(chosen, ready, first=first, force=force)
            run_plan(planned, ready, watcher)
    return planned


def _gates(context: Context, steps: Sequence[Step]) -> AbstractContextManager[Gates]:
    """A process for the gates where all is to be made; what little changed later is not worth one."""
    is_fresh = not context.working.path.exists() and GATE_STEP in {step.name for step in steps}
    return gatekeeper() if is_fresh else nullcontext(context.gates)

"""The Prefect flow: the same steps as `tradeplume run`, seen and scheduled by Prefect.

The command line does not import this module: it needs no server and no seconds for Prefect.
"""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.utilities.annotations import quote

from flows.engine import Context, Plan, Step, StepReport, run_step, start
from flows.engine import plan as plan_steps
from flows.run import context_of, steps_of
from warehouse.edition import load_edition
from warehouse.home import locate, prepare
from warehouse.locks import hold


class LoggedProgress:
    """Writes the steps of a run to Prefect's log."""

    def __init__(self) -> None:
        """Must be made within a flow run, whose logger it uses."""
        self._logger = get_run_logger()

    def started(self, step: Step, reason: str) -> None:
        """What begins, and why."""
        self._logger.info("%s: %s (%s)", step.name, step.title, reason)

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        """Rows and seconds, and what the step has to say."""
        self._logger.info("%s: done, %d rows, %.1f s", step.name, report.rows, seconds)
        for line in report.lines:
            self._logger.info("    %s", line)

    def skipped(self, step: Step) -> None:
        """Nothing changed."""
        self._logger.info("%s: unchanged", step.name)


# What has been done is known from fingerprints; Prefect's own cache would only guess.
@task(cache_policy=NO_CACHE, task_run_name="{name}")  # type: ignore[untyped-decorator]
def make_step(name: str, planned: Plan, context: Context) -> None:
    """One step, by the function that the command line runs, too. name: for Prefect's pages."""
    del name
    run_step(planned, context, LoggedProgress())


@flow(name="tradeplume-refresh")  # type: ignore[untyped-decorator]
def refresh(edition: str = "open-2007", home: Path | None = None, force: bool = False) -> list[str]:
    """Compute an edition and publish it; returns the names of the steps that were made."""
    place = locate(home)
    prepare(place)
    context = context_of(load_edition(edition, place.root), place)
    with hold(context.working.lock, context.working.name):
        planned = plan_steps(steps_of(context.edition.kind), context, force=force)
        start(planned, context)
        stale = [each for each in planned if each.reason]
        for each in stale:
            make_step(each.step.name, quote(each), quote(context))
    return [each.step.name for each in stale]

"""The Prefect flow: the same steps as `tradeplume run`, seen and scheduled by Prefect.

The command line does not import this module: it needs no server and no seconds for Prefect.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.utilities.annotations import quote

from flows.engine import Context, Plan, Step, StepReport, forget_left_over, run_step, start
from flows.engine import plan as plan_steps
from flows.progress import Remaining, ending
from flows.requests import RunRequest
from flows.run import clear, context_of, edition_of, steps_of
from service.retries import LOCK_PATIENCE_SECONDS, is_outside, patient_task
from warehouse.arrivals import Outcome, look, making_lock, note_outcome
from warehouse.edition import Edition
from warehouse.errors import UserFacingError
from warehouse.home import Home, locate, prepare
from warehouse.locks import hold


class LoggedProgress:
    """Writes the steps of a run to Prefect's log."""

    def __init__(self) -> None:
        """Must be made within a flow run, whose logger it uses."""
        self._logger = get_run_logger()
        self._remaining = Remaining()

    def planned(self, plans: Sequence[Plan]) -> None:
        """Remember what will run."""
        self._remaining.planned(plans)

    def started(self, step: Step, reason: str) -> None:
        """What begins, and what remains."""
        place = self._remaining.begun(step)
        self._logger.info("%s: %s (%s), %s", step.name, step.title, reason, place)

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        """What the step has to say, and how it ended."""
        for line in report.lines:
            self._logger.info("    %s", line)
        self._logger.info("%s: done, %s", step.name, ending(report, seconds))

    def skipped(self, step: Step) -> None:
        """Nothing changed."""
        self._logger.info("%s: unchanged", step.name)


@patient_task("{name}")
def make_step(name: str, planned: Plan, context: Context, progress: LoggedProgress) -> None:
    """One step, by the function that the command line runs, too. name: for Prefect's pages."""
    del name
    run_step(planned, context, progress)


@flow(name="tradeplume-refresh")  # type: ignore[untyped-decorator]
def refresh(request: RunRequest, home: Path | None = None) -> list[str]:
    """Compute an edition and publish it; returns the names of the steps that were made.

    How it ended is noted for the watch of the landing folder, which announces until something has.
    """
    place = locate(home)
    prepare(place)
    chosen = edition_of(request, place)
    lock = making_lock(place, chosen.name)
    with hold(lock, f"Making {chosen.name}", wait_seconds=LOCK_PATIENCE_SECONDS):
        signature = look(chosen, place).signature
        try:
            made = _make(chosen, place, request)
        except Exception as error:
            # Only what we know to be wrong stays wrong: a server that is gone says so in many ways.
            may_pass = is_outside(error) or not isinstance(error, UserFacingError)
            outcome = Outcome(signature, "failed", str(error), time.time(), may_pass)
            note_outcome(place, chosen.name, outcome)
            raise
        if request.publish:
            note_outcome(place, chosen.name, Outcome(signature, "made", at=time.time()))
    return made


def _make(edition: Edition, place: Home, request: RunRequest) -> list[str]:
    context = context_of(edition, place)
    with hold(context.working.lock, context.working.name, wait_seconds=LOCK_PATIENCE_SECONDS):
        clear(context, force=request.force)
        steps = steps_of(
            context.edition.kind,
            choices=context.edition.choices,
            with_publishing=request.publish,
        )
        planned = plan_steps(steps, context, first=request.first, force=request.force)
        forget_left_over(planned, context)
        start(planned, context)
        progress = LoggedProgress()
        progress.planned(planned)
        stale = [each for each in planned if each.reason]
        for each in stale:
            make_step(each.step.name, quote(each), quote(context), quote(progress))
    return [each.step.name for each in stale]

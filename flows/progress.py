"""How a run shows itself: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from flows.engine import Plan, Step, StepReport, Watcher
from warehouse.sources.progress import LOGGER


class Remaining:
    """What remains of a run: steps, and seconds as they took the last time."""

    def __init__(self) -> None:
        """Before a run is planned nothing is known of it."""
        self._waiting: list[Plan] = []
        self._all = 0
        self._begun = 0

    def planned(self, plans: Sequence[Plan]) -> None:
        """The steps that will run."""
        self._waiting = [each for each in plans if each.reason]
        self._all, self._begun = len(self._waiting), 0

    def begun(self, step: Step) -> str:
        """``step 3 of 14, about 40 s left``, the step that begins included; empty when nothing was planned."""
        if not self._all:
            return ""
        self._begun += 1
        left = [each.seconds_expected for each in self._waiting]
        self._waiting = [each for each in self._waiting if each.step.name != step.name]
        known = [seconds for seconds in left if seconds is not None]
        guess = f", about {sum(known):.0f} s left" if known and len(known) == len(left) else ""
        return f"step {self._begun} of {self._all}{guess}"


def ending(report: StepReport, seconds: float) -> str:
    """``195 rows, 2007, 7.7 s``: how the line of a finished step ends."""
    years = "".join(f"{year}, " for year in report.years)
    return f"{report.rows:,} rows, {years}{seconds:.1f} s"


class PlainProgress:
    """One line for every step that has run; nothing that moves."""

    def __init__(self, console: Console, *, details: bool) -> None:
        """details: also print why a step runs, what it made, and that it was skipped."""
        self._console = console
        self._details = details
        self._remaining = Remaining()

    def planned(self, plans: Sequence[Plan]) -> None:
        """Remember what will run."""
        self._remaining.planned(plans)

    def started(self, step: Step, reason: str) -> None:
        """Say what begins and what remains, so that a log shows where a run hangs."""
        place = self._remaining.begun(step)
        if self._details:
            self._say(f"{step.name}: {step.title} ({reason}){f', {place}' if place else ''}")

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        """Rows and seconds."""
        if self._details:
            for line in report.lines:
                self._say(f"    {line}")
        self._say(f"{step.name}: done, {ending(report, seconds)}")

    def skipped(self, step: Step) -> None:
        """Say that nothing changed."""
        if self._details:
            self._say(f"{step.name}: unchanged")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class LiveProgress:
    """A spinner while a step runs, and a line when it has ended."""

    def __init__(self, console: Console, status: Status) -> None:
        """status: the live line, already started on the console."""
        self._console = console
        self._status = status
        self._remaining = Remaining()

    def planned(self, plans: Sequence[Plan]) -> None:
        """Remember what will run."""
        self._remaining.planned(plans)

    def started(self, step: Step, reason: str) -> None:
        """Show what runs, why, and what remains."""
        place = self._remaining.begun(step)
        self._status.update(f"{escape(step.title)} [dim]({escape(reason)}) {place}[/dim]")

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        """Rows, years, seconds, and warnings."""
        years = " ".join(str(year) for year in report.years)
        self._line("[green]✓[/green]", step, f"{report.rows:>12,} rows {years:>5} {seconds:7.1f} s")
        for line in report.lines:
            if line.startswith("warning"):
                self._console.print(f"  [yellow]{escape(line)}[/yellow]")

    def skipped(self, step: Step) -> None:
        """Say that nothing changed."""
        self._line("[dim]·[/dim]", step, "[dim]unchanged[/dim]")

    def _line(self, mark: str, step: Step, rest: str) -> None:
        self._console.print(f"{mark} {step.name:<11} {escape(step.title):<44} {rest}")


@contextmanager
def progress(console: Console, *, quiet: bool) -> Iterator[Watcher]:
    """The way of showing a run that suits the console."""
    with _reading(console, quiet=quiet):
        if quiet or not console.is_terminal:
            yield PlainProgress(console, details=not quiet)
            return
        with console.status("preparing") as status:
            yield LiveProgress(console, status)


@contextmanager
def _reading(console: Console, *, quiet: bool) -> Iterator[None]:
    """Readers of big files say how far they are."""
    if quiet:
        yield
        return
    with logged_to(console, LOGGER):
        yield


@contextmanager
def logged_to(console: Console, logger: logging.Logger) -> Iterator[None]:
    """Print what a logger says, each line once: handlers that other packages add to the root do not repeat it."""
    handler = _ConsoleLines(console)
    before = logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = before
        logger.removeHandler(handler)


class _ConsoleLines(logging.Handler):
    """Log records as plain lines of the console, so that a live line stays below them."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line."""
        self._console.print(f"    {record.getMessage()}", markup=False, highlight=False)

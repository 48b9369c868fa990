"""How a run shows itself: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from flows.engine import Step, StepReport, Watcher
from warehouse.sources.progress import LOGGER


class PlainProgress:
    """One line for every step that has run; nothing that moves."""

    def __init__(self, console: Console, *, details: bool) -> None:
        """details: also print why a step runs, what it made, and that it was skipped."""
        self._console = console
        self._details = details

    def started(self, step: Step, reason: str) -> None:
        """Say what begins, so that a log shows where a run hangs."""
        if self._details:
            self._say(f"{step.name}: {step.title} ({reason})")

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        """Rows and seconds."""
        if self._details:
            for line in report.lines:
                self._say(f"    {line}")
        self._say(f"{step.name}: done, {report.rows:,} rows, {seconds:.1f} s")

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

    def started(self, step: Step, reason: str) -> None:
        """Show what runs, and why."""
        self._status.update(f"{escape(step.title)} [dim]({escape(reason)})[/dim]")

    def finished(self, step: Step, report: StepReport, seconds: float) -> None:
        """Rows, seconds, and warnings."""
        self._line("[green]✓[/green]", step, f"{report.rows:>12,} rows {seconds:7.1f} s")
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
    handler = _ConsoleLines(console)
    if not quiet:
        LOGGER.addHandler(handler)
        LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)


class _ConsoleLines(logging.Handler):
    """Log records as plain lines of the console, so that a live line stays below them."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line."""
        self._console.print(f"    {record.getMessage()}", markup=False, highlight=False)

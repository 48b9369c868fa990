"""How a run shows itself: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from flows.engine import Step, StepReport, Watcher


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
    if quiet or not console.is_terminal:
        yield PlainProgress(console, details=not quiet)
        return
    with console.status("preparing") as status:
        yield LiveProgress(console, status)

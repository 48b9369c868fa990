"""What `tradeplume status` knows: the working files, their steps, and the published file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.uncertainty_review import interval_line
from flows.engine import Plan, plan
from flows.run import context_of, steps_of
from service.served import print_served
from service.watch import waiting_for
from warehouse import meta
from warehouse.database import connect
from warehouse.edition import list_editions, load_edition
from warehouse.errors import UserFacingError
from warehouse.home import Home, WorkingFile
from warehouse.labels import edition_name
from warehouse.locks import holder_of, is_held
from warehouse.published import editions, marts, open_published


@dataclass(frozen=True)
class StepState:
    """A step of a working file. reason: why it would run now (None: it would be skipped)."""

    name: str
    finished: meta.FinishedStep | None
    reason: str | None


@dataclass(frozen=True)
class WorkingState:
    """A working file: its steps and checks, or why they cannot be read."""

    working: WorkingFile
    steps: tuple[StepState, ...] = ()
    checks: tuple[meta.Check, ...] = ()
    problem: str = ""

    @property
    def last_run(self) -> datetime | None:
        """When the last step finished."""
        return max((s.finished.finished_at for s in self.steps if s.finished), default=None)


def state_of(home: Home, working: WorkingFile) -> WorkingState:
    """Read one working file, and ask what a run would do now."""
    if is_held(working.lock):
        return WorkingState(working, problem=f"being written by {holder_of(working.lock)}")
    try:
        with connect(working.path, read_only=True, guarded=True) as connection:
            finished = meta.finished_steps(connection)
            checks = tuple(meta.read_checks(connection))
    except UserFacingError as error:
        return WorkingState(working, problem=str(error))
    try:
        loaded = load_edition(edition_name(working.edition), home.root)
        edition = loaded.model_copy(update={"year": working.year})
        context = context_of(edition, home)
        # The file stays open while a plan asks it several times: DuckDB opens it once, which takes it 20 ms.
        with connect(working.path, read_only=True):
            planned = plan(steps_of(edition.kind, choices=context.edition.choices), context)
    except UserFacingError as error:
        # The edition or a file of it is gone: what was made is still worth showing.
        steps = tuple(StepState(name, step, None) for name, step in finished.items())
        return WorkingState(working, steps, checks, problem=error.message)
    return WorkingState(working, tuple(_step(each, finished) for each in planned), checks)


def _step(planned: Plan, finished: dict[str, meta.FinishedStep]) -> StepState:
    return StepState(planned.step.name, finished.get(planned.step.name), planned.reason)


def print_status(console: Console, home: Home) -> None:
    """Print the state of every working file and of the published file."""
    console.print(f"Home: {home.root}", markup=False, highlight=False, soft_wrap=True)
    working_files = home.working_files()
    if not working_files:
        console.print("No edition has been run yet: `tradeplume run`.", highlight=False)
    for working in working_files:
        _print_state(console, state_of(home, working))
    _print_editions_without_run(console, home)
    _print_published(console, home)
    print_served(console, home)


def _print_editions_without_run(console: Console, home: Home) -> None:
    """Editions that could be computed, and what the landing folder waits for."""
    made = {working.edition for working in home.working_files()}
    never = [name for name in list_editions(home.root) if name not in made]
    console.print("\n[bold]Not computed[/bold]")
    console.print(f"  {escape(', '.join(never) or 'none')}", highlight=False, soft_wrap=True)
    waiting = waiting_for(home)
    if waiting:
        console.print("\n[bold]Landing[/bold]")
    for line in waiting:
        console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)


def _print_state(console: Console, state: WorkingState) -> None:
    console.print(f"\n[bold]{escape(state.working.edition)} {state.working.year}[/bold]")
    if state.problem:
        for line in state.problem.splitlines():
            console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)
    if state.last_run:
        console.print(f"  last step finished {state.last_run:%Y-%m-%d %H:%M}", highlight=False)
    if state.checks:
        errors = len(meta.failed_errors(state.checks))
        warnings = sum(not check.passed for check in state.checks) - errors
        console.print(
            f"  checks: {len(state.checks)}, failed {errors}, warnings {warnings}", highlight=False
        )
    if not state.steps:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("  step", "finished", "rows", "seconds", "now"):
        table.add_column(column, justify="right" if column in ("rows", "seconds") else "left")
    for step in state.steps:
        done = step.finished
        made = (
            (f"{done.finished_at:%Y-%m-%d %H:%M}", f"{done.rows:,}", f"{done.seconds:.1f}")
            if done
            else ("-", "-", "-")
        )
        now = f"[yellow]stale: {escape(step.reason)}[/yellow]" if step.reason else "current"
        table.add_row(f"  {step.name}", *made, now)
    console.print(table)


def _print_published(console: Console, home: Home) -> None:
    console.print("\n[bold]Published[/bold]")
    try:
        with open_published(home) as connection:
            held, tables = editions(connection), marts(connection)
            intervals = {
                f"{each.edition} {each.year}": interval_line(connection, each.edition, each.year)
                for each in held
            }
    except UserFacingError as error:
        for line in error.lines():
            console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)
        return
    size = home.published_file.stat().st_size
    when = datetime.fromtimestamp(home.published_file.stat().st_mtime)
    console.print(
        f"  {home.published_file}: {size / 1e6:,.1f} MB, {when:%Y-%m-%d %H:%M}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    names = ", ".join(f"{each.edition} {each.year}" for each in held)
    rows = sum(mart.rows or 0 for mart in tables)
    views = sum(mart.rows is None for mart in tables)
    console.print(
        f"  {escape(names)}: {len(tables) - views} tables with {rows:,} rows, {views} views",
        highlight=False,
    )
    for name, line in intervals.items():
        if line:
            console.print(f"  {escape(name)}: {line}", highlight=False)

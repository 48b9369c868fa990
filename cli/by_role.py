"""`tradeplume compare --by-role`: what is about to be computed, how far it is, and the answer as tables."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from cli.console import INTERRUPTED
from flows.engine import Quiet

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from flows.by_role import ByRole, Outlook, Split
    from flows.engine import Plan, Step, Watcher

_TERMINATED = 128 + signal.SIGTERM


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """End on Ctrl-C or SIGTERM with one sentence; what was computed aside is removed on the way out.

    dbt turns what interrupts it into an error of its own: the signal is remembered beside it.
    """
    received: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, end) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except BaseException:
        if not received:
            raise
        print("\nStopped. Nothing is kept of these runs.", file=sys.stderr)
        sys.exit(INTERRUPTED if received[0] == signal.SIGINT else _TERMINATED)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class Watched:
    """Tells on the console what will be computed, and how far each run is."""

    def __init__(self, console: Console) -> None:
        """console: of people, not of the answer."""
        self._console = console
        self._runs: tuple[str, ...] = ()

    def tell(self, outlook: Outlook) -> None:
        """How many runs, about how long, and what needs none."""
        self._runs = outlook.runs
        names = "; ".join(outlook.runs)
        self._say(f"{len(outlook.runs)} runs without concentrations: {names}.")
        if outlook.seconds is None:
            self._say("How long is not known: this edition has not been run in these homes.")
        else:
            self._say(f"At most about {outlook.seconds:.0f} s, by the times of the last run.")
        if outlook.idle:
            idle = ", ".join(outlook.idle)
            self._say(f"Emissions do not rest on these inputs, which differ, too: {idle}.")

    @contextmanager
    def watching(self, number: int, name: str) -> Iterator[Watcher]:
        """One run: a line that moves on a terminal, a line at its begin and end elsewhere."""
        head = f"run {number} of {len(self._runs)}, {name}"
        began = time.monotonic()
        if self._console.is_terminal:
            with self._console.status(head) as status:
                yield _Moving(head, status)
        else:
            yield _Begun(head, self._say)
        self._say(f"{head}: done, {time.monotonic() - began:.0f} s")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class _Begun(Quiet):
    """Says how many steps a run has."""

    def __init__(self, head: str, say: Callable[[str], None]) -> None:
        self._head, self._say = head, say

    def planned(self, plans: Sequence[Plan]) -> None:
        """The run begins."""
        count = sum(bool(each.reason) for each in plans)
        self._say(f"{self._head}: {count} steps")


class _Moving(Quiet):
    """Shows the step that runs, and what remains."""

    def __init__(self, head: str, status: Status) -> None:
        from flows.progress import Remaining

        self._head, self._status, self._remaining = head, status, Remaining()

    def planned(self, plans: Sequence[Plan]) -> None:
        """Remember what will run."""
        self._remaining.planned(plans)

    def started(self, step: Step, _reason: str) -> None:
        """The step, and what remains of the run."""
        from rich.markup import escape

        place = self._remaining.begun(step)
        self._status.update(escape(f"{self._head}: {step.title}, {place}"))


def print_by_role(console: Console, found: ByRole, pollutant: str | None) -> None:
    """For each headline: what each input moved, what they move together, and what no input explains."""
    from rich.table import Table

    from atlas.comparison import change_text

    splits = [each for each in found.splits if pollutant in (None, each.pollutant)]
    for headline in dict.fromkeys(each.headline for each in splits):
        table = Table(box=None, pad_edge=False, header_style="dim")
        for number, name in enumerate(("pollutant", "moved by", "t", "of A")):
            table.add_column(name, justify="left" if number < 2 else "right")
        wanted = [each for each in splits if each.headline == headline]
        moved = [each for each in wanted if rows_of(each)]
        for each in moved:
            for name, change in rows_of(each):
                share = f"{change / each.a_t:+.2%}" if each.a_t else "-"
                table.add_row(each.pollutant, name, change_text(change), share)
        console.print(f"\n[bold]{headline} (t), B less A by input[/bold]", highlight=False)
        if moved:
            console.print(table)
        if len(moved) < len(wanted):
            still = ", ".join(each.pollutant for each in wanted if each not in moved)
            console.print(f"not moved: {still}", highlight=False, markup=False)
    for line in _notes(found):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def rows_of(found: Split) -> list[tuple[str, float]]:
    """What moved a figure, the largest first; then what no input moves alone, and the sum."""
    parts = sorted(found.parts, key=lambda part: -abs(part.change_t))
    rows = [(part.taken, part.change_t) for part in parts]
    rows += [("interaction of these inputs", found.interaction_t)] if len(parts) > 1 else []
    rows += [("none of these inputs", found.rest_t)] if found.rest_t else []
    if not any(change for _, change in rows):
        return []
    return [*((name, change) for name, change in rows if change), ("all", found.b_t - found.a_t)]


def _notes(found: ByRole) -> Iterator[str]:
    if found.idle:
        yield f"No run, since emissions do not rest on it: {', '.join(found.idle)}."
    for name, reason in found.refused.items():
        yield f"{name} cannot be taken alone, so its part is in the interaction: {reason}"
    if any(each.rest_t for each in found.splits):
        yield (
            "`none of these inputs`: A and B were published by other versions of the program, or with settings"
            " that the edition no longer has."
        )

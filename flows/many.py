"""Several editions (years, scenarios) at once: computed by workers, written by this process alone.

A worker computes an edition in a home of its own and sends back what its working file holds as Parquet;
the one writer here puts it in place. Workers need the same version of tradeplume, and to read the home's
landing and editions folders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.engine import Context, Quiet, Step, plan
from flows.fan_out import Runner, fan_out, parse_runner
from flows.publishing import publish_home
from flows.run import context_of, run, steps_of
from warehouse.edition import load_edition
from warehouse.home import Home, WorkingFile, locate, prepare
from warehouse.locks import hold
from warehouse.parcel import Parcel, pack, unpack
from warehouse.scratch import scratch

Say = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """An edition for a worker. home: the folder whose landing and editions it reads."""

    edition: str
    home: str


def compute_many(
    home: Home,
    editions: Sequence[str],
    runner: str | Runner = "here",
    *,
    publish: bool = True,
    say: Say = print,
) -> list[str]:
    """Compute those editions that are stale, and publish all; returns the names of those computed.

    runner: `here` computes in place, step by step; others compute each edition from its files.
    Raises what a run raises, and RunnerUnusable; what was published before is then as it was.
    """
    prepare(home)
    chosen = parse_runner(runner) if isinstance(runner, str) else runner
    stale = [name for name in dict.fromkeys(editions) if _is_stale(home, name)]
    say(f"{len(stale)} of {len(editions)} editions to compute: {', '.join(stale) or 'none'}")
    if chosen.kind == "here":
        for number, name in enumerate(stale, start=1):
            _compute(home, name)
            say(f"{number} of {len(stale)} done: {name}")
    else:
        jobs = [Job(name, str(home.root)) for name in stale]
        parcels = fan_out(
            compute_away, jobs, chosen, told=lambda done, all_: say(f"{done} of {all_} computed")
        )
        for parcel in parcels:
            bring_in(home, parcel)
    if publish and stale:
        for line in publish_home(home).lines():
            say(line)
    return stale


def compute_away(job: Job) -> Parcel:
    """Compute an edition in a home of its own, and pack its working file. For workers."""
    with scratch("away") as folder:
        away = locate(folder)
        for name in ("landing", "editions"):
            source = Path(job.home) / name
            if source.is_dir():
                (away.root / name).symlink_to(source, target_is_directory=True)
        return pack(_compute(away, job.edition))


def bring_in(home: Home, parcel: Parcel) -> None:
    """Put a worker's working file in place, as its only writer."""
    working = home.working_file(parcel.edition, parcel.year)
    with hold(working.lock, working.name):
        unpack(parcel, working)


def _is_stale(home: Home, name: str) -> bool:
    context = context_of(load_edition(name, home.root), home)
    return any(each.reason for each in plan(_steps(context), context))


def _compute(home: Home, name: str) -> WorkingFile:
    context = context_of(load_edition(name, home.root), home)
    run(context, Quiet(), steps=_steps(context))
    return context.working


def _steps(context: Context) -> tuple[Step, ...]:
    edition = context.edition
    return steps_of(edition.kind, choices=edition.choices, with_publishing=False)

"""Watches the landing folder: a complete new release is announced until its edition is computed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from warehouse.arrivals import (
    Arrival,
    Verdict,
    is_due,
    judge,
    landed_editions,
    look,
    outcome_of,
    remember,
    remembered,
    stray_folders,
)
from warehouse.home import Home

EVENT = "tradeplume.landing.complete"
# Two looks this far apart must see the same sizes and times: a file that is being written grows between
# them. What the clock says does not matter.
SETTLE_SECONDS = 5.0

Announce = Callable[[Arrival], None]


@dataclass(frozen=True)
class Watched:
    """What one look at the landing folder came to. lines: in words, for a log."""

    announced: tuple[str, ...]
    refused: tuple[str, ...]
    waiting: tuple[str, ...]
    lines: tuple[str, ...]


def watch_once(
    home: Home,
    announce: Announce,
    *,
    settle_seconds: float = SETTLE_SECONDS,
    wait: Callable[[float], None] = time.sleep,
    session: str = "",
    clock: Callable[[], float] = time.time,
) -> Watched:
    """Look twice at what has landed, judge what is complete and at rest, announce what is new and right.

    What was announced or refused before is not judged again until a file changes.  What was announced and
    then neither made nor failed is announced again: at once in another session of `tradeplume serve`, later
    in the same one.  A refresh with nothing new does nothing.
    """
    editions = {edition.name: edition for edition in landed_editions(home)}
    known = remembered(home)
    first = {name: look(edition, home) for name, edition in editions.items()}
    fresh = [
        name
        for name, seen in first.items()
        if name not in known or known[name].signature != seen.signature
    ]
    lines = list(stray_folders(home))
    announced, refused, waiting = [], [], []
    if fresh:
        wait(settle_seconds)
    for name in fresh:
        seen = look(editions[name], home)
        if seen.signature != first[name].signature:
            waiting.append(name)
            lines.append(f"{name}: files are still arriving")
        elif seen.waiting:
            waiting.append(name)
            lines += _said(name, seen.waiting)
        else:
            verdict = judge(editions[name], home, seen)
            if verdict.state == "accepted":
                announce(seen)
                verdict = replace(verdict, announced_at=clock(), announced_by=session)
                announced.append(name)
                lines.append(f"{name}: complete, announced")
            else:
                refused.append(name)
                lines.append(f"{name}: refused: {verdict.message}")
            known = {**known, name: verdict}
            remember(home, known)
    for name, seen in first.items():
        if name in fresh or known[name].state != "accepted":
            continue
        if is_due(home, name, known[name], session=session, now=clock()):
            announce(seen)
            known = {
                **known,
                name: replace(known[name], announced_at=clock(), announced_by=session),
            }
            remember(home, known)
            announced.append(name)
            lines.append(f"{name}: announced before, not made since: announced again")
    return Watched(tuple(announced), tuple(refused), tuple(waiting), tuple(lines))


def new_since_last_look(home: Home, lines: Sequence[str], session: str) -> list[str]:
    """Those of a look's lines that the look before had not, and all of them in another session of `serve`.

    A look a minute sees the same for as long as a file is missing.  Remembers the lines for the next look.
    """
    memory = home.watch / "said.json"
    try:
        said = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        said = {}
    before = said.get(session, ())
    memory.write_text(json.dumps({session: list(lines)}), encoding="utf-8")
    return [line for line in lines if line not in before]


def waiting_for(home: Home) -> list[str]:
    """What the landing folder waits for now, and what was refused, in words; for ``status``."""
    known = remembered(home)
    lines = list(stray_folders(home))
    for edition in landed_editions(home):
        seen = look(edition, home)
        lines += _said(edition.name, seen.waiting)
        lines += _refusal(edition.name, seen, known.get(edition.name))
        lines += _not_made(home, edition.name, seen, known.get(edition.name))
    return lines


def _refusal(name: str, seen: Arrival, verdict: Verdict | None) -> list[str]:
    if verdict is None or verdict.state != "refused" or verdict.signature != seen.signature:
        return []
    return [f"{name}: refused: {verdict.message}"]


def _not_made(home: Home, name: str, seen: Arrival, verdict: Verdict | None) -> list[str]:
    """What the watch has announced and no run has made."""
    if verdict is None or verdict.state != "accepted" or verdict.signature != seen.signature:
        return []
    outcome = outcome_of(home, name)
    if outcome is None or outcome.signature != seen.signature:
        return [f"{name}: complete, not computed since"]
    return [f"{name}: failed: {outcome.message}"] if outcome.state == "failed" else []


def _said(name: str, waiting: Sequence[str]) -> list[str]:
    return [f"{name} waits: {each}" for each in waiting]

"""What has arrived in the landing folder: what is complete, what is waited for, and what was made of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from warehouse.edition import NAME_PATTERN, Edition, list_editions, load_edition
from warehouse.errors import InputError, UserFacingError
from warehouse.home import Home
from warehouse.landing import refuse_strays, resolve_role, unfinished_files
from warehouse.locks import is_held
from warehouse.role_reading import read_role

MEMORY = "arrivals.json"
# An announcement that nobody has taken up by then was lost with the process that should have.
PATIENCE_SECONDS = 600.0
# What failed for reasons outside (a full disk, a lock, a network) is worth another try after this.
AGAIN_SECONDS = 3600.0


@dataclass(frozen=True)
class Arrival:
    """The landed files of an edition at one look.

    signature: of the names, sizes and times of all of them.  waiting: what is still missing or
    unfinished, in words; an arrival that waits for nothing is complete.
    """

    edition: str
    year: int
    signature: str
    waiting: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every role has its files."""
        return not self.waiting


@dataclass(frozen=True)
class Verdict:
    """What was found of a complete arrival. message: why it was refused.

    announced_at, announced_by: when (seconds since 1970), and in which session of `tradeplume serve`.
    """

    signature: str
    state: Literal["accepted", "refused"]
    message: str = ""
    announced_at: float = 0.0
    announced_by: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a run made of an edition's landed files, written when it ended; a run that was killed writes none.

    signature: of the files as it began.  message: why it failed.  at: seconds since 1970.
    may_pass: whether it failed for a reason that may pass, or for an unknown one.
    """

    signature: str
    state: Literal["made", "failed"]
    message: str = ""
    at: float = 0.0
    may_pass: bool = False


def landed_folders(home: Home) -> list[str]:
    """The names of the folders in the landing folder that hold anything."""
    folders = sorted(home.landing.iterdir()) if home.landing.is_dir() else []
    return [path.name for path in folders if path.is_dir() and any(path.rglob("*"))]


def landed_editions(home: Home) -> list[Edition]:
    """The editions that something has landed for. An edition file that is wrong is left out."""
    known = set(list_editions(home.root))
    return [load_edition(name, home.root) for name in landed_folders(home) if name in known]


def stray_folders(home: Home) -> list[str]:
    """Folders in the landing folder that are not editions, in words."""
    known = set(list_editions(home.root))
    return [
        f"landing/{name!r} is not an edition"
        + (
            f": make editions/{name}.yml, it may extend another one"
            if re.match(NAME_PATTERN, name)
            else ""
        )
        for name in landed_folders(home)
        if name not in known
    ]


def look(edition: Edition, home: Home) -> Arrival:
    """What an edition's landing folder holds now; reads no contents."""
    waiting = [
        f"{path.name} in {path.parent.name} is unfinished"
        for path in unfinished_files(edition, home.root)
    ]
    try:
        refuse_strays(edition, home.root)
        for role in edition.roles:
            try:
                resolve_role(edition, role, home.root)
            except InputError as error:
                waiting.append(f"{role}: {error.message} {_named(error)}".strip())
    except InputError as error:
        waiting.append(f"{error.message} {_named(error)}")
    return Arrival(
        edition.name, edition.year, _signature(home.landing / edition.name), tuple(waiting)
    )


def judge(edition: Edition, home: Home, arrival: Arrival) -> Verdict:
    """Read every landed file of a complete arrival against the contract of its role."""
    try:
        for role in edition.roles:
            found = resolve_role(edition, role, home.root)
            if found is not None and not found.is_bundled:
                read_role(found)
    except UserFacingError as error:
        return Verdict(arrival.signature, "refused", str(error))
    if look(edition, home).signature != arrival.signature:
        return Verdict(arrival.signature, "refused", "Files changed while they were read.")
    return Verdict(arrival.signature, "accepted")


def is_due(home: Home, edition: str, verdict: Verdict, *, session: str, now: float) -> bool:
    """Whether an accepted arrival waits for a run: neither made, nor being made, nor failed for good.

    Who died in between does not matter: only a run that has ended says that it is done.
    """
    outcome = outcome_of(home, edition)
    if outcome is not None and outcome.signature == verdict.signature:
        if outcome.state == "made" or not outcome.may_pass:
            return False
        return verdict.announced_by != session or abs(now - outcome.at) >= AGAIN_SECONDS
    if is_held(making_lock(home, edition)):
        return False
    return verdict.announced_by != session or abs(now - verdict.announced_at) >= PATIENCE_SECONDS


def making_lock(home: Home, edition: str) -> Path:
    """The lock of the one run that makes an edition for the watch."""
    return home.watch / f"making-{edition}.lock"


def outcome_of(home: Home, edition: str) -> Outcome | None:
    """What the last run made of an edition's landed files; None when none has ended."""
    try:
        return Outcome(**json.loads(_outcome_file(home, edition).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def note_outcome(home: Home, edition: str, outcome: Outcome) -> None:
    """Write it in one step."""
    home.watch.mkdir(parents=True, exist_ok=True)
    file = _outcome_file(home, edition)
    draft = file.with_name(f".{file.name}.part")
    draft.write_text(json.dumps(asdict(outcome), indent=1))
    draft.replace(file)


def _outcome_file(home: Home, edition: str) -> Path:
    return home.watch / f"made-{edition}.json"


def remembered(home: Home) -> dict[str, Verdict]:
    """The last verdict on each edition; nothing when the memory is lost, which costs one look more."""
    try:
        content = json.loads((home.watch / MEMORY).read_text())
        return {str(name): Verdict(**verdict) for name, verdict in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def remember(home: Home, verdicts: Mapping[str, Verdict]) -> None:
    """Write the verdicts in one step."""
    home.watch.mkdir(parents=True, exist_ok=True)
    draft = home.watch / f".{MEMORY}.part"
    draft.write_text(json.dumps({name: asdict(each) for name, each in verdicts.items()}, indent=1))
    draft.replace(home.watch / MEMORY)


def _named(error: InputError) -> str:
    return f"({error.file or error.expected})" if error.file or error.expected else ""


def _signature(folder: Path) -> str:
    states = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        try:
            status = path.stat()
        except OSError:
            continue
        if not path.is_dir():
            name = path.relative_to(folder).as_posix()
            states.append((name, status.st_size, status.st_mtime_ns, status.st_ino))
    return hashlib.sha256(json.dumps(states).encode()).hexdigest()

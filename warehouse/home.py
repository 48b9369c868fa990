"""The home folder of the installation: where things lie, and whether it can be written."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tradeplume.place import HOME_VARIABLE, home_folder, published_file
from warehouse.errors import HomeUnusable

# A working file of the bundled edition and its published copy fit well into this.
NEEDED_BYTES = 1_000_000_000

_WORKING_NAME = re.compile(r"^(?P<edition>.+)-(?P<year>\d{4})$")


@dataclass(frozen=True, order=True)
class WorkingFile:
    """The working file of one edition and year, and what belongs to it."""

    edition: str
    year: int
    path: Path

    @property
    def name(self) -> str:
        """``<edition>-<year>``: the name for people and for folders."""
        return f"{self.edition}-{self.year}"

    @property
    def lock(self) -> Path:
        """The lock that its one writer holds."""
        return self.path.with_suffix(".lock")

    @property
    def factors(self) -> Path:
        """The factors of the linked table, from the step that finds them to the one that takes them."""
        return self.path.parent / f".{self.name}.factors.npz"

    @property
    def temp_directory(self) -> Path:
        """Where DuckDB puts what does not fit into memory."""
        return self.path.parent / f".{self.name}.tmp"


@dataclass(frozen=True)
class Home:
    """The folder that holds everything a user brings and everything a run makes."""

    root: Path

    @property
    def landing(self) -> Path:
        """The user's own files, by edition and role."""
        return self.root / "landing"

    @property
    def watch(self) -> Path:
        """What the watch of the landing folder remembers."""
        return self.root / "watch"

    @property
    def work(self) -> Path:
        """The working files."""
        return self.root / "work"

    @property
    def days(self) -> Path:
        """Days of archives that were read, by edition and role: they may be deleted at any time."""
        return self.root / "days"

    @property
    def places(self) -> Path:
        """Places whose weather was adjusted, by working file: they may be deleted at any time."""
        return self.root / "places"

    @property
    def dbt(self) -> Path:
        """dbt's compiled SQL and logs, by working file."""
        return self.root / "dbt"

    @property
    def temp(self) -> Path:
        """What queries put aside while they run."""
        return self.root / "tmp"

    @property
    def published(self) -> Path:
        """The folder of the published file."""
        return self.root / "published"

    @property
    def published_file(self) -> Path:
        """The file that others read."""
        return published_file(self.root)

    @property
    def releases(self) -> Path:
        """What has been published, release by release."""
        return self.root / "releases"

    @property
    def checksums_file(self) -> Path:
        """Rows and checksum of every published table, as CSV."""
        return self.published / "checksums.csv"

    @property
    def publish_lock(self) -> Path:
        """The lock of the one process that publishes."""
        return self.published / ".publish.lock"

    def working_file(self, edition: str, year: int) -> WorkingFile:
        """The working file of an edition and year; it need not exist."""
        return WorkingFile(edition, year, self.work / f"{edition}-{year}.duckdb")

    def working_files(self) -> list[WorkingFile]:
        """The working files that exist, by edition and year."""
        names = [(path, _WORKING_NAME.match(path.stem)) for path in self.work.glob("*.duckdb")]
        return sorted(
            WorkingFile(match["edition"], int(match["year"]), path)
            for path, match in names
            if match
        )


def working_file_of(path: Path) -> WorkingFile | None:
    """The working file that lies at a path; None for a file of another kind."""
    match = _WORKING_NAME.match(path.stem)
    if match is None or path.parent.name != "work":
        return None
    return WorkingFile(match["edition"], int(match["year"]), path)


def locate(option: Path | None = None, environment: Mapping[str, str] | None = None) -> Home:
    """The home: the given folder, otherwise ``$TRADEPLUME_HOME``, otherwise ``./var``; always absolute."""
    return Home(home_folder(option, environment))


def prepare(home: Home, *, needed_bytes: int = NEEDED_BYTES) -> None:
    """Make the folders of a home and prove that they can be written.

    Raises HomeUnusable when a folder cannot be made or written, or when less than
    ``needed_bytes`` are free, before any work is done.
    """
    for folder in (home.landing, home.work, home.dbt, home.published):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-") as probe:
                probe.write(b"tradeplume")
                probe.flush()
        except OSError as error:
            raise unusable(home.root, f"{folder}: {error.strerror or error}") from error
    free = shutil.disk_usage(home.root).free
    if free < needed_bytes:
        raise HomeUnusable(
            f"The disk of {home.root} is nearly full: {free / 1e9:.2f} GB are free, "
            f"a run needs {needed_bytes / 1e9:.2f} GB.",
            remedy=f"Free some space, or set {HOME_VARIABLE} to a folder on another disk.",
        )


def unusable(place: Path, reason: str) -> HomeUnusable:
    """The error for a place below the home that cannot be written, with the system's reason."""
    return HomeUnusable(
        f"Cannot write to {place} ({reason}).",
        remedy=f"Make the folder writable, free some space, or set {HOME_VARIABLE} to another one.",
    )

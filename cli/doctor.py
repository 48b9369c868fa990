"""`tradeplume doctor`: looks at everything in a home, changes nothing, says what to do."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

import psutil
from packaging.requirements import Requirement
from rich.console import Console
from rich.markup import escape

from atlas.write import folder_of, is_written
from service.access import KEY_FILE, read_access
from warehouse.copies import READ_ONLY
from warehouse.database import connect, fetch, qualified, tables_of
from warehouse.errors import HomeLocked, UserFacingError
from warehouse.home import NEEDED_BYTES, Home, WorkingFile
from warehouse.kept import kept_releases, release_in_place
from warehouse.locks import has_flock, holder_of, is_held
from warehouse.parquet import are_current
from warehouse.publish import fault_of_published
from warehouse.releases import fault_of
from warehouse.scratch import left_scratch
from warehouse.spill import left_spills

_PACKAGE = "tradeplume"
_MARKS = {
    "well": "[green]well[/green]   ",
    "note": "[yellow]note[/yellow]   ",
    "bad": "[red]DAMAGED[/red]",
}


@dataclass(frozen=True)
class Finding:
    """What was looked at and found. bad: figures or readers are affected.  remedy: what to do."""

    state: Literal["well", "note", "bad"]
    what: str
    remedy: str = ""


def print_findings(console: Console, home: Home) -> bool:
    """Print every finding as it is made; returns whether nothing is damaged."""
    console.print(f"Home: {home.root}", markup=False, highlight=False, soft_wrap=True)
    whole = True
    for finding in findings(home):
        whole = whole and finding.state != "bad"
        line = f"{_MARKS[finding.state]}  {escape(finding.what)}"
        console.print(line, highlight=False, soft_wrap=True)
        if finding.remedy:
            console.print(f"           {escape(finding.remedy)}", highlight=False, soft_wrap=True)
    return whole


def findings(home: Home) -> Iterator[Finding]:
    """Everything that was looked at, in order."""
    yield from _place(home)
    if not home.root.is_dir():
        return
    for working in home.working_files():
        yield _working(working)
    yield from _published(home)
    yield from _releases(home)
    yield from _locks(home)
    yield from _served(home)
    yield from _leftovers(home)
    yield from _libraries()


def _place(home: Home) -> Iterator[Finding]:
    """The folder, its disk and its locks."""
    if not home.root.is_dir():
        yield Finding("note", f"{home.root} does not exist", "`tradeplume run` makes it.")
        return
    if not os.access(home.root, os.W_OK | os.X_OK):
        yield Finding(
            "note", f"{home.root} cannot be written by you: reading works, a run does not"
        )
        return
    free = shutil.disk_usage(home.root).free
    if free < NEEDED_BYTES:
        yield Finding(
            "bad",
            f"{free / 1e9:.2f} GB are free, a run needs {NEEDED_BYTES / 1e9:.2f} GB",
            "Free space, or `tradeplume releases forget --keep N`.",
        )
    else:
        yield Finding("well", f"{free / 1e9:,.1f} GB are free")
    if has_flock(home.root):
        yield Finding("well", "the storage has file locks")
    else:
        yield Finding(
            "note",
            "the storage has no file locks (flock): a file beside each lock takes its place, and one that a"
            " killed process of another machine left must be removed by hand",
            "Mount it with locks (Lustre: -o flock; NFS: with its lock service), or use a local disk.",
        )


def _working(working: WorkingFile) -> Finding:
    """A working file, read to its last row."""
    if is_held(working.lock):
        return Finding("note", f"{working.name}: being written by {holder_of(working.lock)}")
    try:
        rows = _rows_read(working.path)
    except HomeLocked as error:
        return Finding("note", f"{working.name}: {error.message}", error.remedy)
    except UserFacingError as error:
        return Finding("bad", f"{working.name}: {error.message}", error.remedy)
    return Finding("well", f"{working.name}: {rows:,} rows read")


def _rows_read(path: Path) -> int:
    """Read every value of every table: DuckDB compares each block with its own checksum."""
    total = 0
    with connect(path, read_only=True, repeatable=False, guarded=True) as connection:
        schemas = fetch(connection, "select distinct schema_name from duckdb_tables() order by all")
        for (schema,) in schemas:
            for table in tables_of(connection, str(schema)):
                name = qualified(str(schema), table)
                query = f"select count(*), sum(hash(t)) from {name} as t"
                ((rows, _),) = fetch(connection, query)
                total += int(str(rows))
    return total


def _published(home: Home) -> Iterator[Finding]:
    """The published file, and whether what lies beside it is of the same release."""
    if not home.published_file.exists():
        yield Finding("note", "nothing is published", "`tradeplume run`")
        return
    release = release_in_place(home)
    fault = fault_of_published(home)
    if release is None:
        yield Finding(
            "note",
            "the published file is of no release that is kept",
            "`tradeplume publish` makes one of the working files.",
        )
    elif fault:
        yield Finding(
            "bad",
            f"the published file is damaged: {fault}",
            f"`tradeplume releases publish {release.number}` puts it back.",
        )
        return
    try:
        rows = _rows_read(home.published_file)
    except UserFacingError as error:
        yield Finding("bad", error.message, error.remedy)
        return
    name = f", release {release.number}" if release else ""
    yield Finding("well", f"the published file{name}: {rows:,} rows read")
    if release is not None and home.published_file.samefile(release.path):
        yield Finding(
            "note",
            f"the published file and release {release.number} are one file: damage to one is damage to both",
            f"`tradeplume releases publish {release.number}` gives each its own.",
        )
    if (
        home.published_file.stat().st_mode
        & ~READ_ONLY
        & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    ):
        yield Finding(
            "note", "the published file can be written", f"chmod a-w {home.published_file}"
        )
    try:
        current = are_current(home)
    except UserFacingError as error:
        yield Finding("bad", error.message, error.remedy)
        return
    if not current:
        yield Finding("note", "the Parquet files are of another release", "`tradeplume publish`")
    if not is_written(home):
        yield Finding(
            "note",
            f"{folder_of(home)} shows another release, or another version wrote it",
            "`tradeplume atlas --again --no-open`",
        )


def _releases(home: Home) -> Iterator[Finding]:
    for release in kept_releases(home):
        fault = fault_of(release)
        if fault:
            yield Finding(
                "bad",
                f"release {release.number} is damaged: {fault}",
                "The others are not touched; restore it from a backup, or remove its files.",
            )
        else:
            by = "SHA-256" if release.sha256 else "the checksums of its tables"
            yield Finding("well", f"release {release.number} is whole, by {by}")


def _locks(home: Home) -> Iterator[Finding]:
    """Who holds what, and what the dead have signed."""
    for lock in sorted({*home.root.glob("*/*.lock"), *home.root.glob("*/.*.lock")}):
        holder = holder_of(lock, patience_seconds=0)
        if holder is None:
            continue
        name = lock.relative_to(home.root)
        if holder.is_alive is False:
            yield Finding("well", f"{name}: free, was held by {holder}, which is gone")
        elif holder.is_alive is None and not is_held(lock):
            yield Finding("well", f"{name}: free, was held by {holder}")
        else:
            yield Finding("note", f"{name}: held by {holder}", f"To end it: {holder.how_to_end}.")


def _served(home: Home) -> Iterator[Finding]:
    """`tradeplume serve`: its process, its port, its key."""
    access = read_access(home, {})
    serving, server = home.watch / "serve.lock", home.watch / "server.lock"
    if is_held(server) and not is_held(serving):
        holder = holder_of(server)
        yield Finding(
            "bad",
            f"Prefect's server is left without its `tradeplume serve`: {holder}",
            f"{holder.how_to_end if holder else 'End it'}; then start `tradeplume serve` again.",
        )
    if access is None:
        return
    if not is_held(serving):
        yield Finding(
            "note",
            f"`tradeplume serve` (process {access.pid}) was ended in the middle",
            "Start it again: what was not made is made then.",
        )
        return
    key = home.watch / KEY_FILE
    if key.exists() and key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("bad", f"others may read {key}", "Start `tradeplume serve` again: a new key.")
    yield Finding("well", f"served at {access.api} by process {access.pid}")


def _leftovers(home: Home) -> Iterator[Finding]:
    """What killed processes left: the next one of its kind clears it."""
    left = [
        *left_spills(home),
        *left_scratch(Path(tempfile.gettempdir())),
        *left_scratch(home.work),
    ]
    left += [
        working.temp_directory
        for working in home.working_files()
        if working.temp_directory.exists() and not is_held(working.lock)
    ]
    for folder in left:
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        yield Finding(
            "note",
            f"{folder}: {size / 1e6:,.0f} MB that a killed process left",
            "The next process of its kind removes it; you may, too.",
        )


def _libraries() -> Iterator[Finding]:
    """Whether what is installed is what tradeplume was made for."""
    wrong = []
    for line in requires(_PACKAGE) or []:
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate():
            continue
        try:
            found = version(needed.name)
        except PackageNotFoundError:
            wrong.append(f"{needed.name} is not installed")
            continue
        if not needed.specifier.contains(found, prereleases=True):
            wrong.append(f"{needed.name} {found} is installed, needed is {needed.specifier}")
    for what in wrong:
        yield Finding("bad", what, "`make` in the repository installs the locked versions.")
    names = ("duckdb", "dbt-core", "prefect")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    memory = psutil.virtual_memory().total / 1e9
    yield Finding(
        "well",
        f"tradeplume {version(_PACKAGE)}, Python {platform.python_version()}, {versions};"
        f" {os.cpu_count()} processors, {memory:.0f} GB of memory",
    )

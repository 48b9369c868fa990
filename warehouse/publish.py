"""Publishing: the marts of all complete working files, checked and moved into place as one file.

Readers only ever see a whole file. One that has the old file open keeps reading the old one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from warehouse import meta
from warehouse.checksums import PublishedMart, as_text, summed
from warehouse.copies import copy_apart, forbid_writing, sha256_of, to_disk
from warehouse.damage import damaged
from warehouse.database import connect, fetch, qualified
from warehouse.errors import HomeLocked, UserFacingError
from warehouse.gather import COMPLETE_STEP, Gathered, gather, is_first_answer
from warehouse.gathered_rows import Source
from warehouse.home import Home, WorkingFile, unusable
from warehouse.kept import Kept, kept_releases, release_in_place, text_of
from warehouse.locks import hold
from warehouse.releases import demand_whole, keep, kept_release

Addition = Callable[[Path, Path | None], Mapping[str, int]]
"""Writes marts of several editions into the draft; given the file published before. Returns the rows of each."""

PUBLISH_PATIENCE_SECONDS = 600.0


@dataclass(frozen=True)
class Release:
    """What was published. kept: as which release; None for a first answer."""

    path: Path
    sources: tuple[Source, ...]
    marts: tuple[PublishedMart, ...]
    views: tuple[str, ...]
    kept: Kept | None

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(mart.rows for mart in self.marts)

    def lines(self) -> tuple[str, ...]:
        """The release in words."""
        carried = [source.name for source in self.sources if source.is_carried]
        return (
            f"{self.path}: {len(self.marts)} tables, {len(self.views)} views",
            f"editions: {', '.join(source.name for source in self.sources)}",
            f"release {self.kept.number} of {self.kept.made_at}"
            if self.kept
            else "a first answer: the rest of the marts follow",
            *(f"{name}: as published before, its working file is not complete" for name in carried),
        )


def publish(
    home: Home,
    own: WorkingFile | None = None,
    *,
    add: Addition | None = None,
    to_follow: Collection[str] = (),
) -> Release:
    """Write the marts of all complete working files to a new file, check it, move it into place.

    own: the working file that the caller has locked; it must be complete.  An edition whose
    working file is incomplete or being written is carried over from the file published before.
    add: writes what compares editions (flows.publishing has the one that commands use).
    to_follow: marts that are still to be made. What is published then is a first answer, in a home where nothing
    was published: it is not kept as a release, and the first release is not compared with it.
    Raises GateFailed, HomeUnusable, HomeLocked, or UserFacingError when the copy is not whole; the
    file published before is then as it was.
    """
    publishing = hold(home.publish_lock, "Publishing", wait_seconds=PUBLISH_PATIENCE_SECONDS)
    with publishing, ExitStack() as locks:
        _clear_leftovers(home)
        working = [file for file in home.working_files() if file == own or _try_lock(locks, file)]
        draft = home.published / f".tradeplume.{os.getpid()}.duckdb"
        try:
            before = _trusted(home)
            copied = gather(before, own, working, draft, to_follow)
            if add is not None:
                copied = replace(copied, rows={**copied.rows, **add(draft, before)})
            marts = _inspect(draft, copied)
            _keep_the_first(home)
            checksums = as_text(marts)
            kept = None if to_follow else keep(home, draft, checksums)
            _replace_published(home, draft, checksums)
        except OSError as error:
            raise unusable(home.published, error.strerror or str(error)) from error
        finally:
            _clear_leftovers(home)
    return Release(home.published_file, copied.sources, marts, copied.views, kept)


def publish_again(home: Home, number: int) -> Kept:
    """Put an earlier release in place, whole as it was.

    Raises NoSuchRelease, DamagedFile when it is not as it was kept, HomeUnusable, HomeLocked; what was
    published before is then as it was.
    """
    with hold(home.publish_lock, "Publishing", wait_seconds=PUBLISH_PATIENCE_SECONDS):
        _clear_leftovers(home)
        release = kept_release(home, number)
        draft = home.published / f".tradeplume.{os.getpid()}.duckdb"
        try:
            _keep_the_first(home)
            demand_whole(release)
            copy_apart(release.path, draft)
            if release.sha256 and sha256_of(draft) != release.sha256:
                raise damaged(draft, "the copy of the release is not the release")
            _replace_published(home, draft, text_of(release.checksums))
        except OSError as error:
            raise unusable(home.published, error.strerror or str(error)) from error
        finally:
            _clear_leftovers(home)
    return release


def fault_of_published(home: Home) -> str:
    """What is wrong with the published file, in words; empty when it is its release, or has no seal to tell."""
    release = release_in_place(home)
    if release is None or not release.sha256:
        return ""
    if sha256_of(home.published_file) == release.sha256:
        return ""
    return f"its bytes are not those of release {release.number}"


def _trusted(home: Home) -> Path | None:
    """Where to take editions from that are not computed anew: what is published; if damaged, its release."""
    if not home.published_file.exists():
        return None
    release = release_in_place(home)
    if release is None or not fault_of_published(home):
        return home.published_file
    demand_whole(release)
    return release.path


def _keep_the_first(home: Home) -> None:
    """Keep what was published before there was a history, but for a first answer."""
    is_there = home.published_file.exists() and home.checksums_file.exists()
    if is_there and not kept_releases(home) and not is_first_answer(home.published_file):
        keep(home, home.published_file, text_of(home.checksums_file))


def is_published(home: Home, working: WorkingFile) -> bool:
    """Whether the published file is whole and holds the marts of a working file as they passed their gate."""
    if not (
        home.published_file.exists() and home.checksums_file.exists() and working.path.exists()
    ):
        return False
    if fault_of_published(home):
        return False
    with connect(home.published_file, read_only=True, repeatable=False) as connection:
        query = "select fingerprint from meta.release where edition = ? and year = ?"
        published = fetch(connection, query, [working.edition, working.year])
    with connect(working.path, read_only=True) as connection:
        complete = meta.finished_steps(connection).get(COMPLETE_STEP)
    return complete is not None and published == [(complete.fingerprint,)]


def failed_working_files(home: Home) -> dict[str, list[meta.CheckRow]]:
    """The failed checks of every working file that has any, by name; not of those being written."""
    failed: dict[str, list[meta.CheckRow]] = {}
    for working in home.working_files():
        with suppress(HomeLocked), connect(working.path, read_only=True) as connection:
            if checks := meta.failed_errors(meta.read_checks(connection)):
                failed[working.name] = checks
    return failed


def _try_lock(locks: ExitStack, working: WorkingFile) -> bool:
    """Whether nobody is writing a working file; if so, nobody will while we publish."""
    try:
        locks.enter_context(hold(working.lock, working.name))
    except HomeLocked:
        return False
    return True


def _inspect(draft: Path, copied: Gathered) -> tuple[PublishedMart, ...]:
    """Open the draft as a reader would: every table whole, every view answering.

    Returns rows and checksum of every table.  Raises UserFacingError for the first fault.
    """
    with connect(draft, read_only=True, repeatable=False) as connection:
        marts = tuple(summed(connection, table) for table in copied.rows)
        faults = [
            f"marts.{mart.mart} has {mart.rows:,} rows of {copied.rows[mart.mart]:,}"
            for mart in marts
            if mart.rows != copied.rows[mart.mart]
        ]
        for view in copied.views:
            try:
                fetch(connection, f"select * from {qualified('marts', view)} limit 1")
            except duckdb.Error as error:
                faults.append(f"view marts.{view} does not answer: {str(error).splitlines()[0]}")
    if faults:
        raise UserFacingError(
            f"The copy for readers is not whole: {'; '.join(faults)}.",
            remedy="What was published before is as it was. Run `tradeplume publish` again.",
        )
    return marts


def _replace_published(home: Home, draft: Path, checksums: str) -> None:
    """The checksums first: whoever dies between the two has not published, and will again."""
    _write_checksums(home, checksums)
    _move_into_place(draft, home.published_file)


def _move_into_place(draft: Path, published: Path) -> None:
    """Replace the published file in one step that also survives a power cut; nobody may write to it."""
    forbid_writing(draft)
    to_disk(draft)
    draft.replace(published)
    to_disk(published.parent)


def _write_checksums(home: Home, text: str) -> None:
    draft = home.published / f".tradeplume.{os.getpid()}.csv"
    draft.write_text(text)
    draft.replace(home.checksums_file)


def _clear_leftovers(home: Home) -> None:
    """Remove drafts; the publish lock is ours, so whoever wrote them is dead or done."""
    for leftover in home.published.glob(".tradeplume.*"):
        leftover.unlink(missing_ok=True)

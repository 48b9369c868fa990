"""The history of what was published: immutable, numbered and dated files, each whole in itself.

A release lies as ``releases/<number>_<date>.duckdb`` beside the checksums of its tables (``.csv``) and of its
bytes (``.sha256``, as sha256sum writes it). Nobody may write to it, and it shares no file with what is published:
what happens to one leaves the other as it is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.checksums import checksums_of
from warehouse.copies import copy_apart, forbid_writing, sha256_of
from warehouse.damage import damaged, is_damage
from warehouse.database import connect, fetch, literal
from warehouse.errors import DamagedFile, UserFacingError
from warehouse.home import Home, unusable
from warehouse.kept import RELEASE_NAME, Kept, kept_releases, release_in_place, text_of
from warehouse.release_change import COLUMNS, TABLE, Key, create_table, fill_table


class NoSuchRelease(UserFacingError):
    """A release was asked for that is not kept."""

    exit_code = 2


@dataclass(frozen=True)
class Change:
    """One row of a comparison of two releases; the columns are those of fct_release_change."""

    edition: str
    year: int
    mart: str
    measure: str
    scope: str
    province: str
    statistic: str
    value_before: float | None
    value_after: float | None
    value_change: float
    change_share: float | None
    status: str
    change_rank: int


def kept_release(home: Home, number: int) -> Kept:
    """The release of that number. Raises NoSuchRelease."""
    kept = kept_releases(home)
    for release in kept:
        if release.number == number:
            return release
    numbers = ", ".join(str(release.number) for release in kept) or "none"
    raise NoSuchRelease(
        f"There is no release {number}.",
        remedy=f"`tradeplume releases` lists them; kept: {numbers}.",
    )


def keep(home: Home, whole: Path, checksums: str) -> Kept:
    """Keep a file that is about to be published. Must be called by the holder of the publish lock.

    The marts of the latest release published again stay that release.  Raises HomeUnusable.
    """
    try:
        home.releases.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(home)
        kept = kept_releases(home)
        latest = kept[-1] if kept else None
        if latest and text_of(latest.checksums) == checksums:
            release = latest
        else:
            # Counted, not dated: a clock that was set back does not change the order.
            number = latest.number + 1 if latest else 1
            name = f"{number:04d}_{datetime.now():%Y-%m-%dT%H%M}"
            release = Kept(number, home.releases / f"{name}.duckdb")
        _seal(whole, release)
        draft = release.path.with_name(f".{release.path.stem}.csv.part")
        draft.write_text(checksums)
        # The checksums come last: without them the release does not count.
        draft.replace(release.checksums)
    except OSError as error:
        raise unusable(home.releases, error.strerror or str(error)) from error
    return release


def _seal(whole: Path, release: Kept) -> None:
    """Copy a file into the history, with its SHA-256, for nobody to write to."""
    draft = release.path.with_name(f".{release.path.stem}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)
    copy_apart(whole, draft)
    forbid_writing(draft)
    seal = release.seal.with_name(f".{release.path.stem}.sha256.part")
    seal.write_text(_seal_line(sha256_of(whole), release))
    # Who dies between the two leaves a release that its seal does not fit; the next publishing makes it again.
    draft.replace(release.path)
    seal.replace(release.seal)


def _seal_line(sha256: str, release: Kept) -> str:
    """A line as sha256sum writes it."""
    return f"{sha256}  {release.path.name}\n"


def fault_of(release: Kept) -> str:
    """What is wrong with the file of a release, in words; empty when it is as it was kept.

    By the SHA-256 of its bytes; of an older release without one, by the checksums of its tables.
    """
    try:
        if release.sha256:
            found = sha256_of(release.path)
            if found == release.sha256:
                written = text_of(release.seal) == _seal_line(found, release)
                return "" if written else f"{release.seal.name} is damaged"
            return f"its SHA-256 is {found[:12]}..., expected {release.sha256[:12]}..."
        return _fault_of_tables(release)
    except OSError as error:
        return error.strerror or str(error)


def _fault_of_tables(release: Kept) -> str:
    try:
        with connect(release.path, read_only=True, repeatable=False, guarded=True) as connection:
            found = checksums_of(connection)
    except (DamagedFile, duckdb.Error) as error:
        if isinstance(error, duckdb.Error) and not is_damage(error):
            raise
        return str(error).splitlines()[0]
    before = text_of(release.checksums)
    differ = set(before.splitlines()) ^ set(found.splitlines())
    other = sorted({line.split(",")[0] for line in differ})
    return f"the rows of {', '.join(other)} are not those of its checksums" if other else ""


def demand_whole(release: Kept) -> None:
    """Raise DamagedFile when a release is not as it was kept."""
    fault = fault_of(release)
    if fault:
        raise damaged(release.path, fault)


def _clear_leftovers(home: Home) -> None:
    """Remove what a process left that died while it kept a release."""
    whole = {release.path for release in kept_releases(home)}
    for path in (*home.releases.glob(".*.part"), *home.releases.glob("*.duckdb")):
        if path not in whole and (path.suffix == ".part" or RELEASE_NAME.match(path.stem)):
            path.unlink(missing_ok=True)
            path.with_suffix(".sha256").unlink(missing_ok=True)


def editions_of(release: Kept) -> list[Key]:
    """The editions and years that a release holds."""
    with connect(release.path, read_only=True, repeatable=False) as connection:
        rows = fetch(connection, "select edition, year from meta.release order by all")
    return [Key(str(edition), int(str(year))) for edition, year in rows]


def compare(before: Kept, after: Kept, *, mart: str = "") -> list[Change]:
    """What differs between two releases: marts in order, largest changes first. mart: this one alone."""
    columns = ", ".join(COLUMNS)
    with connect(None, repeatable=False) as connection:
        for name, release in (("before", before), ("after", after)):
            connection.execute(f"attach {literal(str(release.path))} as {name}_release (read_only)")
        connection.execute("attach ':memory:' as answer")
        keys = {*editions_of(before), *editions_of(after)}
        _differences(connection, keys)
        rows = fetch(
            connection,
            f"select {columns} from answer.marts.{TABLE} where ? in ('', mart)"
            " order by mart, change_rank, edition, year, measure, scope",
            [mart],
        )
    return [Change(*row) for row in rows]  # type: ignore[arg-type]


def _differences(connection: duckdb.DuckDBPyConnection, keys: set[Key]) -> None:
    connection.execute("create schema answer.marts")
    create_table(connection, "answer")
    fill_table(connection, "before_release", "after_release", keys, into="answer")


def forget_old(home: Home, keep_last: int) -> list[Kept]:
    """Remove all but the last releases; never the one in place. Returns those removed.

    Raises ValueError when none would be kept.
    """
    if keep_last < 1:
        raise ValueError("at least one release is kept")
    place = release_in_place(home)
    old = [release for release in kept_releases(home)[:-keep_last] if release != place]
    for release in old:
        release.checksums.unlink()
        release.path.unlink()
        release.seal.unlink(missing_ok=True)
    return old

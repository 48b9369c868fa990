"""A DuckDB file that cannot be read: which one, what is lost with it, and the command that mends it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from warehouse.errors import DamagedFile
from warehouse.home import Home, WorkingFile, working_file_of
from warehouse.kept import release_in_place
from warehouse.labels import edition_name

_DAMAGE = re.compile(
    r"not a valid DuckDB database|Could not read enough bytes|Corrupt database file|Failed to deserialize"
    r"|database has been invalidated|Failure while replaying WAL",
    re.IGNORECASE,
)
_OTHER_VERSION = re.compile(r"version number")
_NAMED = re.compile(r'file "(?P<path>[^"]+)"')


def is_damage(error: BaseException) -> bool:
    """Whether an error of DuckDB says that the bytes of a file are not those that it wrote."""
    return isinstance(error, duckdb.Error) and bool(
        _DAMAGE.search(str(error)) or _OTHER_VERSION.search(str(error))
    )


def damaged(path: Path, reason: str) -> DamagedFile:
    """The error for a file that cannot be read, with what it takes to have it again.

    path: the file that was opened; one that the reason names itself comes first.
    """
    named = _NAMED.search(reason)
    file = Path(named["path"].removesuffix(".wal")) if named else path
    if _OTHER_VERSION.search(reason):
        what = f"{file} was written by another DuckDB (this one is {duckdb.__version__}): {reason}"
    else:
        what = f"{file} is damaged: {reason}"
    working = working_file_of(file)
    if working is not None:
        return DamagedFile(f"{what} {_LOST_WORK}", remedy=_again(working))
    if file.parent.name == "published":
        return DamagedFile(f"{what} {_LOST_NOTHING}", remedy=_put_back(Home(file.parent.parent)))
    if file.parent.name == "releases":
        return DamagedFile(f"{what} {_LOST_RELEASE}", remedy=_OTHER_RELEASE)
    return DamagedFile(what, remedy="Move it away; `tradeplume doctor` looks at all files.")


_LOST_WORK = "What was computed for it is lost; your files, the published file and the releases are not touched."
_LOST_NOTHING = "Readers cannot use it; the release that it is a copy of has a file of its own."
_LOST_RELEASE = "This release is lost, the others and the published file have files of their own."
_OTHER_RELEASE = (
    "`tradeplume releases verify` says which releases are whole; restore this one from a backup, or"
    " remove its files."
)


def _again(working: WorkingFile) -> str:
    name = edition_name(working.edition)
    return f"`tradeplume run --edition {name} --force` computes it again."


def _put_back(home: Home) -> str:
    release = release_in_place(home)
    if release is None:
        return "`tradeplume publish` makes it again from the working files."
    return f"`tradeplume releases publish {release.number}` puts its release in place again."

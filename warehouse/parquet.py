"""The published tables once more as Parquet files, for programs that do not read DuckDB's format.

`published/parquet/<mart>.parquet`: one file a table, each whole at any moment. A file carries the
checksum of its table; one that is up to date is left as it is. Of the views, the emissions that exports
drive are a file, too: what most readers come for should not need a join.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.database import connect, fetch, literal, qualified
from warehouse.errors import UserFacingError
from warehouse.home import Home, unusable
from warehouse.locks import hold
from warehouse.publish import PUBLISH_PATIENCE_SECONDS

VIEWS: Mapping[str, tuple[str, ...]] = {
    "fct_export_emission": ("fct_export_output", "fct_emission_intensity")
}
"""Views that are files, too, and the tables that they read."""
CHECKSUM_KEY = "tradeplume_checksum"
DRAFT_PREFIX = ".draft-"


@dataclass(frozen=True)
class Copies:
    """What was written: tables made anew, and those whose file was up to date."""

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """The copies in words."""
        return (f"{self.folder}: {len(self.written)} files written, {len(self.kept)} up to date",)


def folder(home: Home) -> Path:
    """Where the Parquet files lie."""
    return home.published / "parquet"


def write_copies(home: Home) -> Copies:
    """Write the tables whose Parquet file is missing or of another release; remove files of tables gone.

    Raises HomeUnusable when the folder cannot be written (the published file is as it was), and
    HomeLocked when another process publishes for too long.
    """
    place = folder(home)
    with hold(home.publish_lock, "Parquet", wait_seconds=PUBLISH_PATIENCE_SECONDS):
        wanted = _checksums(home)
        there = _checksums_in(place, wanted)
        stale = [mart for mart in wanted if there[mart] != wanted[mart]]
        try:
            place.mkdir(exist_ok=True)
            with connect(home.published_file, read_only=True, repeatable=False) as connection:
                for mart in stale:
                    _write(connection, mart, wanted[mart], place)
            _remove_others(place, wanted)
        except OSError as error:
            raise unusable(place, error.strerror or str(error)) from error
        finally:
            for draft in place.glob(f"{DRAFT_PREFIX}*"):
                draft.unlink(missing_ok=True)
    return Copies(place, tuple(stale), tuple(mart for mart in wanted if mart not in stale))


def are_current(home: Home) -> bool:
    """Whether there is a Parquet file of every published table, of this release."""
    if not home.checksums_file.exists():
        return False
    wanted = _checksums(home)
    return _checksums_in(folder(home), wanted) == wanted


def _checksums(home: Home) -> dict[str, str]:
    with home.checksums_file.open(encoding="utf-8", errors="replace") as file:
        reader = csv.DictReader(file)
        columns = tuple(reader.fieldnames or ())
        rows = list(reader)
    if columns != ("mart", "rows", "checksum"):
        raise UserFacingError(
            f"{home.checksums_file} is damaged: it has not the columns mart, rows, checksum.",
            remedy="`tradeplume publish` writes it again.",
        )
    tables = {row["mart"]: f"{row['rows']}-{row['checksum']}" for row in rows}
    return tables | _checksums_of_views(home, tables)


def _checksums_of_views(home: Home, tables: Mapping[str, str]) -> dict[str, str]:
    """Of each view of VIEWS that is published: of its SQL and of the tables that it reads."""
    asked = {view: read for view, read in VIEWS.items() if set(read) <= set(tables)}
    if not asked:
        return {}
    query = "select view_name, sql from duckdb_views() where schema_name = 'marts' order by 1"
    with connect(home.published_file, read_only=True, repeatable=False) as connection:
        found = {str(view): str(sql) for view, sql in fetch(connection, query)}
    return {
        view: hashlib.sha256(
            "|".join([found[view], *(tables[each] for each in read)]).encode()
        ).hexdigest()
        for view, read in asked.items()
        if view in found
    }


def _checksums_in(place: Path, marts: Iterable[str]) -> dict[str, str | None]:
    """The checksum that each mart's file carries; None for no file, or one that cannot be read.

    One connection reads them all: opening one takes longer than reading a file.
    """
    with connect(None, repeatable=False) as connection:
        return {mart: _checksum_of(connection, place / f"{mart}.parquet") for mart in marts}


def _checksum_of(connection: duckdb.DuckDBPyConnection, path: Path) -> str | None:
    if not path.exists():
        return None
    query = "select decode(value) from parquet_kv_metadata(?) where decode(key) = ?"
    try:
        found = fetch(connection, query, [str(path), CHECKSUM_KEY])
    except duckdb.Error:
        return None
    return str(found[0][0]) if found else None


def _write(connection: duckdb.DuckDBPyConnection, mart: str, checksum: str, place: Path) -> None:
    draft = place / f"{DRAFT_PREFIX}{os.getpid()}.parquet"
    metadata = f"{{{CHECKSUM_KEY}: {literal(checksum)}}}"
    connection.execute(
        f"copy {qualified('marts', mart)} to {literal(str(draft))}"
        f" (format parquet, compression zstd, kv_metadata {metadata})"
    )
    draft.replace(place / f"{mart}.parquet")


def _remove_others(place: Path, wanted: dict[str, str]) -> None:
    for path in place.glob("*.parquet"):
        if path.stem not in wanted and not path.name.startswith(DRAFT_PREFIX):
            path.unlink()

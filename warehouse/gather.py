"""Gathering the marts of many working files into one new file."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse import between, meta
from warehouse.blocks import begin, cover, worth_taking
from warehouse.database import (
    STORAGE_VERSION,
    connect,
    create_all,
    fetch,
    literal,
    qualified,
    scalar,
    translated,
)
from warehouse.errors import GateFailed, UserFacingError
from warehouse.gathered_rows import Mart, Source, copy_comments, copy_rows, fits, mart_of
from warehouse.home import WorkingFile
from warehouse.release_change import TABLE as CHANGE_TABLE
from warehouse.release_change import Key, create_table, fill_table

# The step whose record says that the marts of a working file are whole and passed their gate.
COMPLETE_STEP = "gate-marts"

_VIEW_HEAD = re.compile(r"\bAS\b", re.IGNORECASE)
TO_FOLLOW = "to_follow"
_TARGET = "release"
_EARLIER = "earlier"


@dataclass(frozen=True)
class Gathered:
    """What the draft must hold: rows by table as counted in the sources, and the views."""

    sources: tuple[Source, ...]
    rows: dict[str, int]
    views: tuple[str, ...]


def gather(
    earlier: Path | None,
    own: WorkingFile | None,
    working: Sequence[WorkingFile],
    draft: Path,
    to_follow: Collection[str] = (),
) -> Gathered:
    """Write the marts of complete working files, and of the file published before, to a draft.

    earlier: what was published before, if anything.
    working: the working files that may be read now.  own: one that must be among the complete ones.
    to_follow: marts that are still to be made; the draft names them in meta.to_follow.
    Raises GateFailed, HomeUnusable, or UserFacingError when a view reads what readers cannot see.
    """
    copying = connect(None, temp_directory=draft.parent / ".tmp", repeatable=False)
    with copying as connection, translated(draft):
        sources = _attach_sources(connection, earlier, working)
        _demand_own(own, sources)
        if not sources:
            raise UserFacingError(
                "There is nothing to publish: no edition has been computed to the end.",
                remedy="Run `tradeplume run` first.",
            )
        # The newest first: it decides on columns, comments, views, and tables without a year.
        by_age = sorted(sources, key=lambda s: (not s.is_carried, s.finished_at), reverse=True)
        kinds: dict[str, str] = {}
        for source in by_age:
            for name, kind in _marts(connection, source.catalog).items():
                if name not in (CHANGE_TABLE, *between.MARTS):
                    kinds.setdefault(name, kind)
        tables = [
            mart_of(connection, name, sources, by_age)
            for name, kind in sorted(kinds.items())
            if kind == "table"
        ]
        views = tuple(sorted(name for name, kind in kinds.items() if kind == "view"))
        taken = _begin(connection, draft, sources, tables)
        rows = {
            mart.name: copy_rows(connection, _TARGET, mart, taken.get(mart.name)) for mart in tables
        }
        _copy_views(connection, views, by_age)
        rows[CHANGE_TABLE] = _write_change(connection, sources)
        _write_release(connection, sources)
        _write_to_follow(connection, to_follow)
        if taken:
            cover(connection, _TARGET)
        for catalog in [_TARGET, *{source.catalog for source in sources}]:
            connection.execute(f"detach {catalog}")
    return Gathered(tuple(sources), rows, views)


def _attach_sources(
    connection: duckdb.DuckDBPyConnection, earlier: Path | None, working: Sequence[WorkingFile]
) -> list[Source]:
    """Attach the complete working files, and the published file for editions they lack."""
    sources = []
    for number, file in enumerate(working):
        complete = _complete(file)
        if complete is None:
            continue
        catalog = f"work_{number}"
        connection.execute(f"attach {literal(str(file.path))} as {catalog} (read_only)")
        sources.append(
            Source(file.edition, file.year, catalog, complete.fingerprint, complete.finished_at)
        )
    if earlier is not None:
        connection.execute(f"attach {literal(str(earlier))} as {_EARLIER} (read_only)")
        known = {source.name for source in sources}
        query = f"select edition, year, fingerprint, finished_at from {_EARLIER}.meta.release"
        for edition, year, fingerprint, finished_at in connection.execute(query).fetchall():
            carried = Source(edition, year, _EARLIER, fingerprint, finished_at, is_carried=True)
            if carried.name not in known:
                sources.append(carried)
    return sorted(sources, key=lambda source: (source.edition, source.year))


def _begin(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    sources: Sequence[Source],
    marts: Sequence[Mart],
) -> dict[str, Source]:
    """Attach the draft: empty, or with the blocks of the working file that has most rows of large marts.

    Returns the marts that are in it then, and whose rows they have.
    """
    found: dict[Source, dict[str, int]] = {}
    for source in sources:
        if not source.is_carried:
            large = worth_taking(connection, source.catalog, _path(connection, source.catalog))
            fitting = {m.name for m in marts if m.name in large and fits(connection, m, source)}
            found[source] = {name: rows for name, rows in large.items() if name in fitting}
    best = max(found, key=lambda source: sum(found[source].values()), default=None)
    if best is not None and found[best]:
        path = _path(connection, best.catalog)
        if begin(connection, path, draft, _TARGET, found[best]):
            return dict.fromkeys(found[best], best)
    options = f"(storage_version {literal(STORAGE_VERSION)})"
    connection.execute(f"attach {literal(str(draft))} as {_TARGET} {options}")
    connection.execute(f"create schema {_TARGET}.marts")
    return {}


def _path(connection: duckdb.DuckDBPyConnection, catalog: str) -> Path:
    return Path(
        str(
            scalar(
                connection, "select path from duckdb_databases() where database_name = ?", [catalog]
            )
        )
    )


def _complete(file: WorkingFile) -> meta.FinishedStep | None:
    """The record of the last gate of a working file; None unless it was reached and passed."""
    with connect(file.path, read_only=True) as connection:
        if meta.failed_errors(meta.read_checks(connection)):
            return None
        return meta.finished_steps(connection).get(COMPLETE_STEP)


def _demand_own(own: WorkingFile | None, sources: Sequence[Source]) -> None:
    fresh = {source.name for source in sources if not source.is_carried}
    if own is not None and own.name not in fresh:
        raise GateFailed(
            f"{own.name} is not complete, or a quality gate failed: nothing was published.",
            remedy="`tradeplume check` shows the failed checks, `tradeplume status` the steps.",
        )


def _marts(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, str]:
    """The marts of a catalog and what each is for readers, `table` or `view`.

    A view of a working file that reads more than marts becomes a table: readers have nothing else.
    So a mart that only renames what was computed is written once, when it is published.
    """
    tables = """
        select table_name from duckdb_tables()
        where database_name = ? and schema_name = 'marts' and not internal order by all
    """
    views = """
        select view_name, sql from duckdb_views()
        where database_name = ? and schema_name = 'marts' and not internal order by all
    """
    kinds = {str(name): "table" for (name,) in fetch(connection, tables, [catalog])}
    for name, sql in fetch(connection, views, [catalog]):
        kinds[str(name)] = "view" if _reads_marts_alone(connection, str(sql)) else "table"
    return kinds


def _reads_marts_alone(connection: duckdb.DuckDBPyConnection, view_sql: str) -> bool:
    """Whether no table that ``CREATE VIEW ... AS SELECT ...`` names stands in a schema but marts."""
    query = _VIEW_HEAD.split(view_sql, maxsplit=1)[-1].rstrip("; \n")
    schemas = """
        select distinct json_extract_string(node.value, '$.schema_name')
        from json_tree(json_serialize_sql(?)) as node
        where json_extract_string(node.value, '$.type') = 'BASE_TABLE'
    """
    return {name for (name,) in fetch(connection, schemas, [query])} <= {"", "marts"}


def _copy_views(
    connection: duckdb.DuckDBPyConnection, views: Sequence[str], by_age: Sequence[Source]
) -> None:
    """Create the views again, so that they see the tables of the new file alone."""
    origin = {
        view: next(s.catalog for s in by_age if view in _marts(connection, s.catalog))
        for view in views
    }
    query = """
        select sql from duckdb_views()
        where database_name = ? and schema_name = 'marts' and view_name = ?
    """
    found = {view: str(scalar(connection, query, [origin[view], view])) for view in views}
    connection.execute(f"use {_TARGET}")
    for view, problem in create_all(connection, found).items():
        raise UserFacingError(
            f"View marts.{view} cannot be published: {str(problem).splitlines()[0]}",
            remedy="A view in schema marts may read tables and views of schema marts only.",
        ) from problem
    connection.execute("use memory")
    for view in views:
        copy_comments(connection, _TARGET, "view", view, origin[view])


def _write_change(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> int:
    """Say in the file itself what moved since the file published before; returns the rows.

    Only editions made by another run than before are compared.  When nothing moved, the release is the
    same, and what it said stays.
    """
    create_table(connection, _TARGET)
    before = _fingerprints(connection)
    if not before:
        return 0
    keys = {Key(s.edition, s.year): s.fingerprint for s in sources}
    moved = [key for key, fingerprint in keys.items() if before.get(key) != fingerprint]
    rows = fill_table(connection, _EARLIER, _TARGET, moved)
    if rows == 0 and CHANGE_TABLE in _marts(connection, _EARLIER):
        said = qualified(_EARLIER, "marts", CHANGE_TABLE)
        connection.execute(
            f"insert into {qualified(_TARGET, 'marts', CHANGE_TABLE)} by name from {said}"
        )
        rows = int(str(scalar(connection, f"select count(*) from {said}")))
    return rows


def _fingerprints(connection: duckdb.DuckDBPyConnection) -> dict[Key, str]:
    """The runs behind the file published before; empty without such a file, or when it was a first answer."""
    attached = fetch(
        connection, "select 1 from duckdb_databases() where database_name = ?", [_EARLIER]
    )
    if not attached or _follows(connection, _EARLIER):
        return {}
    query = f"select edition, year, fingerprint from {_EARLIER}.meta.release"
    return {Key(str(e), int(str(y))): str(f) for e, y, f in fetch(connection, query)}


def _write_release(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Say in the file itself which editions it holds, and from which run of each."""
    connection.execute(f"create schema {_TARGET}.meta")
    connection.execute(
        f"""
        create table {_TARGET}.meta.release (
            edition varchar, year integer, fingerprint varchar, finished_at timestamp,
            published_at timestamp
        )
        """
    )
    now = datetime.now()
    for source in sources:
        connection.execute(
            f"insert into {_TARGET}.meta.release values (?, ?, ?, ?, ?)",
            [source.edition, source.year, source.fingerprint, source.finished_at, now],
        )


def _write_to_follow(connection: duckdb.DuckDBPyConnection, marts: Collection[str]) -> None:
    """Say in the file itself that it is a first answer, and what is missing."""
    if marts:
        table = qualified(_TARGET, "meta", TO_FOLLOW)
        connection.execute(f"create table {table} as select unnest(?) as mart", [sorted(marts)])


def _follows(connection: duckdb.DuckDBPyConnection, catalog: str) -> bool:
    query = "select 1 from duckdb_tables() where (database_name, schema_name, table_name) = (?, 'meta', ?)"
    return bool(fetch(connection, query, [catalog, TO_FOLLOW]))


def is_first_answer(published: Path) -> bool:
    """Whether a published file was published before all marts were made."""
    with connect(published, read_only=True, repeatable=False) as connection:
        return _follows(connection, str(scalar(connection, "select current_database()")))

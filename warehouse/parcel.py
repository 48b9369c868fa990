"""A working file on its way between machines: Parquet for every table, SQL for the rest."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.database import connect, create_all, fetch, literal, qualified
from warehouse.errors import UserFacingError
from warehouse.home import WorkingFile, unusable
from warehouse.scratch import scratch

SCHEMA, LOADING, COMMENTS = "schema.sql", "load.sql", "comments.sql"


@dataclass(frozen=True)
class Parcel:
    """A working file as files: SQL for schema, loading and comments, a Parquet file a table."""

    edition: str
    year: int
    files: Mapping[str, bytes]

    @property
    def size_bytes(self) -> int:
        """Bytes of all files."""
        return sum(len(content) for content in self.files.values())


def pack(working: WorkingFile) -> Parcel:
    """All tables, views and comments of a working file."""
    with scratch("pack") as folder:
        target = folder / "parcel"
        with connect(working.path, read_only=True) as connection:
            connection.execute(
                f"export database {literal(str(target))} (format parquet, compression zstd)"
            )
            comments = _comments(connection)
        # load.sql names the folder of this machine; the other one has its own.
        files = {
            path.name: path.read_bytes().replace(f"{target}/".encode(), b"")
            if path.suffix == ".sql"
            else path.read_bytes()
            for path in sorted(target.iterdir())
        }
    return Parcel(working.edition, working.year, {**files, COMMENTS: comments.encode()})


def _comments(connection: duckdb.DuckDBPyConnection) -> str:
    """DuckDB's export leaves the comments out: here they are as SQL."""
    query = """
        select 'table', schema_name, table_name, null, comment from duckdb_tables()
        where database_name = current_database() and comment is not null
        union all
        select 'view', schema_name, view_name, null, comment from duckdb_views()
        where database_name = current_database() and comment is not null
        union all
        select 'column', schema_name, table_name, column_name, comment from duckdb_columns()
        where database_name = current_database() and comment is not null
    """
    lines = ["select 1;"]
    for kind, schema, name, column, comment in fetch(connection, query):
        parts = [str(part) for part in (schema, name, column) if part is not None]
        lines.append(f"comment on {kind} {qualified(*parts)} is {literal(str(comment))};")
    return "\n".join(lines)


def _import(connection: duckdb.DuckDBPyConnection, source: Path) -> None:
    """As ``import database``, but for the views: DuckDB exports them by name, and one may read another.

    Raises UserFacingError for a view that cannot be made.
    """
    statements = connection.extract_statements((source / SCHEMA).read_text())
    failed = create_all(
        connection, {str(number): each.query for number, each in enumerate(statements)}
    )
    for problem in failed.values():
        raise UserFacingError(
            f"The working file that a worker sent cannot be read: {str(problem).splitlines()[0]}",
            remedy="Workers need the same version of tradeplume.",
        ) from problem
    connection.execute(f"set file_search_path = {literal(str(source))}")
    connection.execute((source / LOADING).read_text())
    connection.execute((source / COMMENTS).read_text())


def unpack(parcel: Parcel, working: WorkingFile) -> None:
    """Write a parcel as the working file, in one step. The caller holds the working file's lock.

    Raises UserFacingError for a file name that leaves its folder, HomeUnusable when it cannot be written.
    """
    working.path.parent.mkdir(parents=True, exist_ok=True)
    with scratch("parcel", working.path.parent) as folder:
        source = folder / "parcel"
        source.mkdir()
        try:
            for name, content in parcel.files.items():
                if Path(name).name != name:
                    raise UserFacingError(
                        f"A worker sent a file named {name!r}.",
                        remedy="Workers need the same version of tradeplume.",
                    )
                (source / name).write_bytes(content)
            # Views name the file's own catalog, so it is made by the name it will have.
            draft = folder / working.path.name
            with connect(draft, temp_directory=folder / "temp") as connection:
                _import(connection, source)
            for leftover in (working.path, Path(f"{working.path}.wal")):
                leftover.unlink(missing_ok=True)
            shutil.move(draft, working.path)
        except OSError as error:
            raise unusable(working.path.parent, error.strerror or str(error)) from error

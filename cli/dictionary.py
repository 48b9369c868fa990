"""The data dictionary: dbt's documentation of an edition, or the tables of a published file alone."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from atlas.write import DICTIONARY, write_atlas
from warehouse.database import fetch
from warehouse.errors import NotPublished
from warehouse.home import Home, prepare
from warehouse.locks import hold
from warehouse.published import open_published

if TYPE_CHECKING:
    from collections.abc import Iterable

    from warehouse.edition import Edition

_HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>tradeplume: data dictionary</title>'
    "<style>body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{border-bottom:1px solid #ccc;padding:.2rem .8rem;text-align:left;"
    "vertical-align:top}code{white-space:nowrap}</style></head><body>"
)


def write_dictionary(edition: Edition, home: Home) -> Path:
    """Write `published/dictionary.html` from the working file of an edition; returns its path.

    Where there is no working file, as in a folder that somebody shared, the page has the tables and columns of
    the published file, without the SQL.  Raises NotPublished when there is neither, HomeLocked when the
    edition is being written.
    """
    from flows.run import context_of

    context = context_of(edition, home)
    if not context.working.path.exists():
        return _write_page(home, _of_published(edition, home))
    prepare(home)
    with hold(context.working.lock, context.working.name):
        page = context.dbt.document()
    destination = _write_page(home, page.read_bytes())
    if home.published_file.exists():
        write_atlas(home)  # its index links the dictionary from now on
    return destination


def _write_page(home: Home, content: bytes) -> Path:
    destination = home.published / DICTIONARY
    draft = destination.with_name(f".{DICTIONARY}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(destination)
    return destination


def _of_published(edition: Edition, home: Home) -> bytes:
    """Tables and columns of the published file with their descriptions. Raises NotPublished."""
    if not home.published_file.exists():
        raise NotPublished(
            f"{edition.name} has not been computed: its tables are not there to describe.",
            remedy=f"Run `tradeplume run --edition {edition.name}` first.",
        )
    with open_published(home) as connection:
        tables = fetch(
            connection,
            """
            select table_name as name, coalesce(comment, '') from duckdb_tables()
            where schema_name = 'marts' and database_name = current_database()
            union all
            select view_name, coalesce(comment, '') from duckdb_views()
            where schema_name = 'marts' and database_name = current_database()
            order by name
            """,
        )
        columns = fetch(
            connection,
            """
            select table_name, column_name, lower(data_type), coalesce(comment, '') from duckdb_columns()
            where schema_name = 'marts' and database_name = current_database()
            order by table_name, column_index
            """,
        )
    by_table: dict[str, list[tuple[str, ...]]] = {}
    for table, *column in columns:
        by_table.setdefault(str(table), []).append(tuple(map(str, column)))
    sections = [
        _section(str(name), str(comment), by_table.get(str(name), ())) for name, comment in tables
    ]
    return "\n".join([_HEAD, "<h1>Data dictionary</h1>", *sections, "</body></html>\n"]).encode()


def _section(name: str, comment: str, columns: Iterable[tuple[str, ...]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(column)}</code></td><td>{escape(kind)}</td><td>{escape(text)}</td></tr>"
        for column, kind, text in columns
    )
    return (
        f'<h2 id="{escape(name)}">{escape(name)}</h2>\n<p>{escape(comment)}</p>\n'
        f"<table><tr><th>column</th><th>type</th><th>what it holds</th></tr>{rows}</table>"
    )

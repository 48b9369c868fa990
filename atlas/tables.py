"""The rows behind a figure: its SQL, asked of the published file, and the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import literal

SQL_FOLDER = Path(__file__).with_name("sql")
_EDITION, _YEAR = "'{{ edition }}'", "{{ year }}"
# Enough for every reader, and half the bytes of a double.
DIGITS = 7

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """The answer of a query: names of columns, and values row by row."""

    columns: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The rows by column name."""
        return tuple(dict(zip(self.columns, row, strict=True)) for row in self.values)

    def distinct(self, column: str) -> list[Any]:
        """The values of a column in order of first appearance."""
        place = self.columns.index(column)
        return list(dict.fromkeys(row[place] for row in self.values))

    def split(self, columns: Sequence[str]) -> dict[tuple[str, ...], Rows]:
        """The rows by the values of some columns, as text."""
        places = [self.columns.index(column) for column in columns]
        parts: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in self.values:
            parts.setdefault(tuple(str(row[place]) for place in places), []).append(row)
        return {key: Rows(self.columns, tuple(part)) for key, part in parts.items()}


@dataclass(frozen=True)
class Answer:
    """A query as shown and run, and its rows; or the reason why there are none."""

    sql: str
    rows: Rows
    missing: str = ""


def sql_text(name: str, edition: str, year: int) -> str:
    """The query ``sql/<name>.sql`` for an edition and year, ready to be copied and run."""
    text = (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8").replace(" -- noqa: AM04", "")
    return text.replace(_EDITION, literal(edition)).replace(_YEAR, str(int(year))).strip()


def ask(connection: duckdb.DuckDBPyConnection, name: str, edition: str, year: int) -> Answer:
    """The answer of ``sql/<name>.sql``. A mart or a column that the release does not have is a reason, no error."""
    sql = sql_text(name, edition, year)
    try:
        cursor = connection.execute(sql)
        columns = tuple(str(column[0]) for column in cursor.description or ())
        rows = Rows(columns, tuple(tuple(map(_shown, row)) for row in cursor.fetchall()))
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        reason = str(error).splitlines()[0].split(": ", 1)[-1]
        return Answer(sql, Rows((), ()), f"This release cannot answer it: {reason}")
    if not rows:
        return Answer(sql, rows, "Its marts hold no rows of this edition and year.")
    return Answer(sql, rows)


def _shown(value: Any) -> Any:
    """A value as it is written to the page: doubles to seven digits, dates as text."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if value == value else None
    return value.isoformat() if isinstance(value, date) else value

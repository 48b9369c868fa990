"""The rows behind a figure: its SQL, run on the published file, and the answer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import literal

SQL_FOLDER = Path(__file__).with_name("sql")
_EDITION, _YEAR = "'{{ edition }}'", "{{ year }}"
# Enough for every reader, and half the bytes of a double.
DIGITS = 7

_PART = re.compile(r"\{\{ (?P<name>consumers|stand_in) \}\}")
_NO_TABLE = re.compile(r"Table with name (?P<name>\w+) does not exist")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """The answer of a query: names of columns, and values row by row."""

    columns: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]

    def __len__(self) -> int:
        """How many rows."""
        return len(self.values)

    def __iter__(self) -> Iterator[Record]:
        """The rows by column name."""
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
    """A query as shown and run, and its rows; or the reason why there are no rows."""

    sql: str
    rows: Rows
    missing: str = ""


def sql_text(name: str, edition: str, year: int) -> str:
    """The query ``sql/<name>.sql`` for an edition and year, ready to be copied and run."""
    text = (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8").replace(" -- noqa: AM04", "")
    text = _PART.sub(lambda found: _part(found["name"]), text)
    return text.replace(_EDITION, literal(edition)).replace(_YEAR, str(int(year))).strip()


def _part(name: str) -> str:
    """A query that several share (``sql/parts``), as a table of another: in brackets, without its comment."""
    lines = (SQL_FOLDER / "parts" / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    inner = "\n".join(f"    {line}" for line in lines if not line.startswith("--"))
    return f"(\n{inner}\n)"


def ask(connection: duckdb.DuckDBPyConnection, name: str, edition: str, year: int) -> Answer:
    """The answer of ``sql/<name>.sql``; a mart or column that the release lacks is a reason, no error."""
    sql = sql_text(name, edition, year)
    try:
        cursor = connection.execute(sql)
        columns = tuple(str(column[0]) for column in cursor.description or ())
        shown = [_shown(values) for values in zip(*cursor.fetchall(), strict=True)]
        rows = Rows(columns, tuple(zip(*shown, strict=True)))
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        return Answer(sql, Rows((), ()), _reason(error))
    if not rows:
        return Answer(sql, rows, "Its marts hold no rows of this edition and year.")
    return Answer(sql, rows)


def _reason(error: duckdb.Error) -> str:
    text = str(error).splitlines()[0].split(": ", 1)[-1]
    if mart := _NO_TABLE.search(text):
        return f"This release has no mart {mart['name']} yet."
    return f"This release cannot answer it: {text}"


def shortened(value: float) -> float | None:
    """A double to seven digits; what is not a number is absent."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _shown(values: tuple[Any, ...]) -> list[Any]:
    """The values of a column as they are written to the page: doubles to seven digits, dates as text."""
    kinds = {type(value) for value in values}
    if float in kinds:
        return [shortened(value) if isinstance(value, float) else value for value in values]
    if not kinds <= {str, int, bool, type(None)}:
        return [value.isoformat() if isinstance(value, date) else _plain(value) for value in values]
    return list(values)


def _plain(value: Any) -> Any:
    """Decimals as doubles; anything else that JSON cannot say as text."""
    if isinstance(value, Decimal):
        return shortened(float(value))
    return value if isinstance(value, str | int | bool | None) else str(value)

"""A table of a review: its query, what it asks for, and of how many places it speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from warehouse.period import Period

FEWEST_SHARE = 0.75
"""Of the places of a kind: below it a review ranks none and does not say "none"."""
ALL_PROVINCES, ALL_CITIES = 31, 339
"""Provinces, and the cities of the ministry's mean."""
OUTSIDE_KEY_CONTROL = 20
"""Provinces outside the key control regions (seed province_group)."""


@dataclass(frozen=True)
class Question:
    """Whose review it is. province: ISO 3166-2, empty for the nation's."""

    edition: str
    year: int
    period: Period
    province: str = ""


@dataclass(frozen=True)
class Section:
    """One table of the review.

    empty: what to say when it has no rows (nothing: leave it out).  note: how to read it.  looked_at: a query
    of one row, how many places were looked at, how many there are, and what they are; it stands with the
    table, and when too few were looked at "none" is not said.
    """

    title: str
    query: str
    empty: str = ""
    note: str = ""
    looked_at: str = ""


def parameters_of(query: str, asked: Question) -> dict[str, object]:
    """The parameters that a query asks for, by name."""
    before = asked.period.before
    given = {
        "edition": asked.edition,
        "year": asked.year,
        "period": asked.period.name,
        "province": asked.province,
        "start": asked.period.start.isoformat(),
        "end": asked.period.end.isoformat(),
        "before": before.name,
        "before_start": before.start.isoformat(),
        "before_end": before.end.isoformat(),
    }
    names = set(re.findall(r"\$(\w+)", query))
    return {name: value for name, value in given.items() if name in names}


def rows_of(
    connection: duckdb.DuckDBPyConnection, section: Section, asked: Question
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Columns and rows of a section."""
    cursor = connection.execute(section.query, parameters_of(section.query, asked))
    return tuple(str(column[0]) for column in cursor.description or ()), cursor.fetchall()


@dataclass(frozen=True)
class Remark:
    """What stands with a section.

    looked_at: of how many places its rows speak, a sentence or empty.  empty: what to say without rows; empty to
    leave the section out.
    """

    looked_at: str
    empty: str


def remark_on(connection: duckdb.DuckDBPyConnection, section: Section, asked: Question) -> Remark:
    """Of how many places a section speaks. Where too few were looked at, "none" is withheld."""
    if not section.looked_at:
        return Remark("", section.empty)
    query = section.looked_at
    found = connection.execute(query, parameters_of(query, asked)).fetchall()
    looked, every, what = found[0]
    sentence = f"{looked} of {every} {what}."
    if not section.empty:
        return Remark(sentence, "")
    if looked == 0 or looked < FEWEST_SHARE * every:
        return Remark(sentence, f"Not told: {sentence}")
    return Remark(sentence, f"{section.empty} Looked at: {sentence}")

"""Bounds of an edition's tables, each with a dated note saying why it has its value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RowBound:
    """Rows of a raw table, at least and at most."""

    table: str
    minimum: int
    maximum: int
    note: str


@dataclass(frozen=True)
class CodeSet:
    """The codes that a column holds, all of them and no other; `where` is SQL over the table.

    of_bundled: codes of the bundled file alone.  A user's file may have others: loading judges them
    (warehouse.world_codes).
    """

    table: str
    column: str
    codes: frozenset[str]
    note: str
    where: str = "true"
    of_bundled: bool = False


@dataclass(frozen=True)
class YearSet:
    """Years that a column must have among others."""

    table: str
    years: frozenset[int]
    note: str
    column: str = "source_year"


@dataclass(frozen=True)
class PartsOfTotal:
    """Parts that sum to a total in every place.

    place: the columns that name a place.  parts, total: SQL over the table.
    tolerance: relative to the total, which must exist and have at least one part.
    """

    table: str
    place: tuple[str, ...]
    measure: str
    parts: str
    total: str
    tolerance: float
    note: str


@dataclass(frozen=True)
class Range:
    """A sum over a raw table, at least and at most, in the unit of its measure.

    where: SQL, in which $home stands for the code of the home region.
    """

    table: str
    name: str
    measure: str
    where: str
    minimum: float
    maximum: float
    note: str


@dataclass(frozen=True)
class GroupBound:
    """Rows of a mart in every group, and how many groups there are.

    group: a column of the mart, or `block` for the kinds of from_region and to_region.
    """

    table: str
    group: str
    minimum: int
    maximum: int
    groups: int
    note: str


@dataclass(frozen=True)
class EditionBounds:
    """All bounds of an edition."""

    edition: str
    rows: tuple[RowBound, ...] = ()
    codes: tuple[CodeSet, ...] = ()
    years: tuple[YearSet, ...] = ()
    parts: tuple[PartsOfTotal, ...] = ()
    ranges: tuple[Range, ...] = ()
    groups: tuple[GroupBound, ...] = ()


def bounds_of(working: Path) -> EditionBounds | None:
    """The bounds of the edition of a working file (`<edition>-<year>.duckdb`); None if unknown."""
    from expectations.bounds_air_open import AIR_CAQRA, AIR_OPEN
    from expectations.bounds_open_2007 import OPEN_2007
    from expectations.bounds_open_2011 import OPEN_2011
    from expectations.bounds_open_2012 import OPEN_2012
    from expectations.bounds_open_2017 import OPEN_2017

    every = (OPEN_2007, OPEN_2011, OPEN_2012, OPEN_2017, AIR_OPEN, AIR_CAQRA)
    known = {bounds.edition: bounds for bounds in every}
    edition, _, _ = working.stem.rpartition("-")
    return known.get(edition)

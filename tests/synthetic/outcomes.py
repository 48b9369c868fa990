"""What came of damaged files, counted and printed: the same words for tables, grids, air files and roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse.contracts import CONTRACTS, validate
from warehouse.sources import READERS
from warehouse.sources.notes import collected

SEED = 20_261_130
OUTCOMES = ("refused", "noted", "harmless", "silent")
"""``refused`` with an error that names the file; ``noted``: read, and a note tells of it; ``harmless``: read, with
the same figures; ``silent``: read with other figures and without a note."""

Table = tuple[pl.DataFrame, set[str]]
"""A role's validated table, rows in order of their key, and the notes."""


@dataclass(frozen=True)
class Outcome:
    """What came of one damage to one sound file."""

    sound: str
    kind: str
    outcome: str


def table_of(reader: str, role: str, year: int, paths: Sequence[Path]) -> Table:
    """The files as loading reads them. Raises InputError."""
    contract = CONTRACTS[role]
    with collected() as notes:
        frame = READERS[reader].read(paths, role, year)
        table = validate(frame, contract, file=paths[0])
    return table.sort(contract.key), {str(note) for note in notes}


def are_same(before: pl.DataFrame, after: pl.DataFrame, precision: float = 0.0) -> bool:
    """Whether two tables of a role have the same keys, and measures that agree to a part in a thousand million.

    precision: how far measures may be apart beside that, in their unit; figures in single precision are.

    Dates, codes and whole numbers must be equal.
    """
    if before.schema != after.schema or before.height != after.height:
        return False
    return all(
        bool(((before[name] - after[name]).abs() <= precision + 1e-9 * before[name].abs()).all())
        if before[name].dtype.is_float()
        else before[name].equals(after[name])
        for name in before.columns
    )


COUNTS = ("hour_count", "negative_hours", "stuck_hours", "duplicate_hours")
"""Columns of observations that tell of what is not in their value."""


def are_counted(before: pl.DataFrame, after: pl.DataFrame) -> bool:
    """Whether all that two tables of days differ in is counted: days that are absent, hours that are left out."""
    key = [name for name in before.columns if before[name].dtype in (pl.String, pl.Date)]
    measure = before.columns[-1]
    counts_ = [name for name in COUNTS if name in before.columns]
    both = before.join(after, on=key, how="inner", suffix="_after")
    if both.height < after.height or after.schema != before.schema:
        return False  # something new
    moved = both.filter(
        (pl.col(f"{measure}_after") - pl.col(measure)).abs() > 1e-9 * pl.col(measure).abs()
    )
    told = both.filter(
        pl.any_horizontal(
            [pl.lit(value=False), *(pl.col(name) != pl.col(f"{name}_after") for name in counts_)]
        )
    )
    # The hours of ozone are those of its 8-hour mean, too.
    return moved.join(told, on=["place", "date"], how="anti").is_empty()


def outcome_of_read(
    before: Table,
    read: Callable[[], Table],
    refusals: tuple[type[Exception], ...],
    same: Callable[[pl.DataFrame, pl.DataFrame], bool] = are_same,
    told: Callable[[pl.DataFrame, pl.DataFrame], bool] | None = None,
) -> tuple[str, pl.DataFrame | None]:
    """The outcome of reading a damaged file, and its table where it was read.

    told: whether the table itself counts what it lacks, which is as good as a note.
    """
    try:
        after, notes = read()
    except refusals:
        return "refused", None
    if same(before[0], after):
        return "harmless", after
    is_told = notes - before[1] or (told is not None and told(before[0], after))
    return ("noted" if is_told else "silent"), after


def counts(found: Sequence[Outcome]) -> dict[str, Counter[str]]:
    """Kind to how often each outcome came."""
    table: dict[str, Counter[str]] = {}
    for each in found:
        table.setdefault(each.kind, Counter())[each.outcome] += 1
    return table


def row_of(kind: str, of_kind: Counter[str], columns: Sequence[str] = OUTCOMES) -> str:
    """A line of the page's table."""
    return f"| {kind} | {' | '.join(str(of_kind[each]) for each in columns)} |"


def total_of(found: Sequence[Outcome], what: str, columns: Sequence[str] = OUTCOMES) -> str:
    """The sentence above the page's table."""
    total = Counter(each.outcome for each in found)
    listed = ", ".join(f"{total[each]} {each}" for each in columns)
    return f"{len(found)} damaged files of {len({each.sound for each in found})} {what}: {listed}."


def report(found: Sequence[Outcome], what: str, columns: Sequence[str] = OUTCOMES) -> Iterator[str]:
    """The sentence, the table, and each silent one by name."""
    yield total_of(found, what, columns)
    for kind, of_kind in counts(found).items():
        yield row_of(kind, of_kind, columns)
    for each in found:
        if each.outcome in ("silent", "accepted"):
            yield f"{each.outcome}: {each.kind}: {each.sound}"

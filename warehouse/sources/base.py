"""What every reader is, and the checks that all of them share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse.codes import PROVINCES_WITH_TABLE
from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.files import broken, first_bytes, readable
from warehouse.sources.figures import doubt_of, figure
from warehouse.sources.notes import note
from warehouse.sources.text_files import head_lines, heading_at, text_rows

__all__ = [
    "ROW_NUMBERS",
    "Publication",
    "Reader",
    "below_heading",
    "broken",
    "csv_heading",
    "csv_records",
    "csv_rows",
    "csv_table",
    "first_bytes",
    "has_heading",
    "number",
    "one_of_each",
    "readable",
    "require_thirty_provinces",
    "role_frame",
    "single_file",
    "some_files",
]

ReadFunction = Callable[[Sequence[Path], str, int], pl.DataFrame]
"""(files, role, year) -> the role's tidy table, not yet validated."""


@dataclass(frozen=True)
class Publication:
    """Who published a source, and what a user of it owes them. Empty text: not stated."""

    producer: str
    title: str
    citation: str
    licence: str
    terms_of_use: str


@dataclass(frozen=True)
class Reader:
    """A publisher's genuine file in, one role's table out.

    roles: what it can fill.  read: raises InputError naming file, sheet, row, column, found and
    expected.  recognises: looks at name and first bytes, never raises.  max_files: how many files
    together fill one role and year (None: any number).  vintage_year: the year that the source
    describes, whatever the edition's (None: it has the edition's year).  conversions: what reading these
    files turned into our units and order, for the record (None: the reader converts nothing).
    marks: words of its files' headings; a file that no reader recognises goes to the reader with most of them.
    seeds: files of ours that reading looks codes up in.
    """

    name: str
    roles: tuple[str, ...]
    read: ReadFunction
    recognises: Callable[[Path], bool]
    publication: Publication
    max_files: int | None = 1
    vintage_year: int | None = None
    conversions: Callable[[Sequence[Path]], tuple[str, ...]] | None = None
    marks: tuple[str, ...] = ()
    seeds: tuple[Path, ...] = ()


def single_file(paths: Sequence[Path], reader: str) -> Path:
    """The one file, which exists and has bytes; otherwise InputError."""
    if len(paths) != 1:
        raise InputError(
            f"Reader {reader} takes one file.",
            found=", ".join(str(path) for path in paths) or "no file",
            expected="one file",
            remedy="Leave one of them in place.",
        )
    return readable(paths[0])


def some_files(paths: Sequence[Path], reader: str) -> Sequence[Path]:
    """The files, of which there is at least one; otherwise InputError."""
    if not paths:
        raise InputError(
            f"Reader {reader} needs at least one file.",
            found="no file",
            expected="one file or more",
            remedy="Put the files in place.",
        )
    return paths


def one_of_each(
    paths: Sequence[Path],
    names: Mapping[str, Callable[[str], bool]],
    what: str,
    expected: str,
) -> dict[str, Path]:
    """The file of every kind, each readable. names: kind to whether a file name is of it. Raises InputError."""
    found = {kind: [path for path in paths if fits(path.name)] for kind, fits in names.items()}
    wrong = sorted(kind for kind, those in found.items() if len(those) != 1)
    if wrong:
        raise InputError(
            what,
            file=", ".join(str(path) for path in paths) or None,
            found=f"missing or repeated: {', '.join(wrong)}",
            expected=expected,
            remedy="Put all of them side by side.",
        )
    return {kind: readable(those[0]) for kind, those in found.items()}


def number(value: object, *, file: str | Path, row: int | str, column: str, unit: str) -> float:
    """A cell as a finite number; groups of thousands and full-width digits are read as what they print.

    InputError names the place otherwise, and what the cell holds where that can be told: an error of Excel, a
    formula that was never computed, a share, a decimal comma, a mark for no figure.
    """
    if isinstance(value, str):
        result = figure(value)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        result = None
    else:
        result = float(value)
    if result is None or not math.isfinite(result):
        doubt = doubt_of(value) if isinstance(value, str) else None
        raise InputError(
            f"A cell does not hold a number{f': {doubt.reason}' if doubt else ''}.",
            file=file,
            row=row,
            column=column,
            found=repr(value),
            expected=f"a number ({unit})",
            remedy=doubt.remedy
            if doubt
            else "Restore the published figure and load the file again.",
        )
    return result


def csv_rows(path: Path) -> list[list[str]]:
    """All rows of a CSV file as text (``warehouse.sources.text_files``); InputError where it is not text."""
    return text_rows(path)


def csv_records(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries. Every name in ``columns`` must be in the heading.

    Lines above the heading are passed over and noted; blank lines are passed over. Raises InputError for a
    missing heading, a repeated one, or a row of another length.
    """
    heading, below = csv_table(path, columns)
    missing = [name for name in columns if name not in heading]
    if missing or len(set(heading)) != len(heading):
        raise InputError(
            "The heading is not the publisher's.",
            file=path,
            row="heading",
            column=", ".join(missing) or "a name stands twice",
            found=", ".join(heading) or "no heading",
            expected=", ".join(columns),
            remedy="Restore the published heading, or choose another reader.",
        )
    return [dict(zip(heading, row, strict=True)) for row in below]


def csv_table(path: Path, columns: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Heading and rows of a CSV file, the heading being the first line that names the columns, or else the first.

    Names are spelt as in ``columns``, whatever the case of their letters. Lines above the heading are passed over
    and noted, blank lines below it passed over. Raises InputError for a row of another length.
    """
    return below_heading(csv_rows(path), columns, path)


def below_heading(
    rows: Sequence[list[str]], columns: Sequence[str], path: Path
) -> tuple[list[str], list[list[str]]]:
    """Heading and rows of a table as ``csv_table`` has them. Raises InputError for a row of another length."""
    filled = [at for at, row in enumerate(rows) if any(row)]
    start = heading_at(rows, columns)
    begin = start if start is not None else (filled[0] if filled else 0)
    above = sum(at < begin for at in filled)
    if above:
        note(f"{above} line{'s' if above > 1 else ''} above the heading passed over.", path.name)
    known = {name.casefold(): name for name in columns}
    named = [name.strip() for name in rows[begin]] if rows else []
    heading = [known.get(name.casefold(), name) for name in named]
    below = [row for row in rows[begin + 1 :] if any(cell.strip() for cell in row)]
    heading, below = _without_row_numbers(heading, below, path)
    for place, row in enumerate(below, start=1):
        if len(row) != len(heading):
            raise InputError(
                "A row is cut off or too long.",
                file=path,
                row=place,
                found=f"{len(row)} cells",
                expected=f"{len(heading)} cells",
                remedy="Copy or download the file again.",
            )
    return heading, below


ROW_NUMBERS = ("", "Unnamed: 0")
"""How pandas and R head the column of row numbers that they write first."""


def _without_row_numbers(
    heading: list[str], below: list[list[str]], path: Path
) -> tuple[list[str], list[list[str]]]:
    """The table without a first column of row numbers: headed as pandas and R do, or not headed at all."""
    is_short = bool(below) and all(len(row) == len(heading) + 1 for row in below)
    is_headed = heading[:1] and heading[0] in ROW_NUMBERS and len(heading) > 1
    if not (is_short or is_headed) or not all(row and row[0].strip().isdecimal() for row in below):
        return heading, below
    numbers = [int(row[0]) for row in below]
    is_counted = numbers in (list(range(len(below))), list(range(1, len(below) + 1)))
    if not is_counted and heading[:1] != [ROW_NUMBERS[1]]:
        return heading, below
    note("The first column counts the rows; passed over.", path.name)
    return (heading if is_short else heading[1:]), [row[1:] for row in below]


def require_thirty_provinces(found: Iterable[str], file: Path, column: str) -> None:
    """Raises InputError unless the codes are those of the thirty provinces that have a table."""
    missing = sorted(PROVINCES_WITH_TABLE - set(found))
    if missing:
        raise InputError(
            "Provinces are missing; the file is cut off or was changed.",
            file=file,
            column=column,
            found=f"no row for {', '.join(missing)}",
            expected="thirty provinces",
            remedy="Copy or download the file again.",
        )


def csv_heading(path: Path) -> list[str]:
    """The first line of a CSV file cut into its names; empty when it cannot be read."""
    lines = head_lines(path, 1)
    return lines[0] if lines else []


def has_heading(path: Path, columns: Sequence[str]) -> bool:
    """Whether one of the first lines of a CSV file names all the columns."""
    return heading_at(head_lines(path), columns) is not None


def role_frame(rows: Iterable[tuple[object, ...]], role: str) -> pl.DataFrame:
    """Rows in the order of the role's columns as a table of the role."""
    return pl.DataFrame(list(rows), schema=CONTRACTS[role].schema, orient="row")

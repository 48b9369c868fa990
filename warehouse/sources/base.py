"""What every reader is, and the checks that all of them share."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse.codes import PROVINCES_WITH_TABLE
from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError

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
    files turned into our units and order, for the record (None: the reader converts nothing by itself).
    """

    name: str
    roles: tuple[str, ...]
    read: ReadFunction
    recognises: Callable[[Path], bool]
    publication: Publication
    max_files: int | None = 1
    vintage_year: int | None = None
    conversions: Callable[[Sequence[Path]], tuple[str, ...]] | None = None


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


def readable(path: Path) -> Path:
    """The path itself when it is a file with bytes that may be read; otherwise InputError."""
    if not path.is_file():
        raise InputError(
            "The file does not exist.",
            file=path,
            found="a folder" if path.is_dir() else "nothing",
            expected="a file",
            remedy="Put the file in place, or correct the edition.",
        )
    if path.stat().st_size == 0:
        raise InputError(
            "The file is empty.",
            file=path,
            found="0 bytes",
            expected="the publisher's file",
            remedy="Copy or download the file again.",
        )
    return path


def broken(path: Path, kind: str, error: Exception) -> InputError:
    """The error for a file that its format's library cannot open."""
    return InputError(
        f"The file cannot be read as {kind}; it is damaged or of another kind.",
        file=path,
        found=f"{type(error).__name__}: {error}".splitlines()[0][:200],
        expected=kind,
        remedy="Copy or download the file again.",
    )


def number(value: object, *, file: str | Path, row: int | str, column: str, unit: str) -> float:
    """A cell as a finite number; InputError names the place otherwise."""
    try:
        if isinstance(value, bool) or value is None or "_" in str(value):
            raise ValueError  # Python would read True as 1 and 1_000 as 1000
        result = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        result = math.nan
    if not math.isfinite(result):
        raise InputError(
            "A cell does not hold a number.",
            file=file,
            row=row,
            column=column,
            found=repr(value),
            expected=f"a number ({unit})",
            remedy="Restore the published figure and load the file again.",
        )
    return result


def csv_rows(path: Path) -> list[list[str]]:
    """All rows of a UTF-8 CSV file as text, a byte order mark removed; InputError otherwise."""
    try:
        with readable(path).open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise broken(path, "CSV in UTF-8", error) from error


def csv_records(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries. Every name in ``columns`` must be in the heading.

    Raises InputError for a missing heading, a repeated one, or a row of another length.
    """
    rows = csv_rows(path)
    heading = [name.strip() for name in rows[0]] if rows else []
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
    for place, row in enumerate(rows[1:], start=1):
        if len(row) != len(heading):
            raise InputError(
                "A row is cut off or too long.",
                file=path,
                row=place,
                found=f"{len(row)} cells",
                expected=f"{len(heading)} cells",
                remedy="Copy or download the file again.",
            )
    return [dict(zip(heading, row, strict=True)) for row in rows[1:]]


def first_bytes(path: Path, count: int = 4096) -> bytes:
    """The first bytes of a file; empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(count)
    except OSError:
        return b""


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
    """The first line of a CSV file cut at commas; empty when it cannot be read."""
    line = first_bytes(path).decode("utf-8-sig", errors="replace").partition("\n")[0].strip()
    return [name.strip('"') for name in line.split(",")] if line else []


def role_frame(rows: Iterable[tuple[object, ...]], role: str) -> pl.DataFrame:
    """Rows in the order of the role's columns as a table of the role."""
    return pl.DataFrame(list(rows), schema=CONTRACTS[role].schema, orient="row")

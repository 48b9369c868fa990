"""Answers of `tradeplume sql`: a table for people, or CSV, JSON and Parquet for programs."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.database import connect, literal, translated
from warehouse.errors import UserFacingError
from warehouse.home import Home, unusable
from warehouse.published import (
    TIMEOUT_SECONDS,
    editions,
    explained,
    open_published,
    query,
    time_limit,
)

ROWS_AT_ONCE = 100_000


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


COPY_OPTIONS = {
    Format.CSV: "format csv, header true",
    Format.JSON: "format json, array true",
    Format.PARQUET: "format parquet",
}


def chosen_format(asked: Format | None, out: Path | None) -> Format:
    """The format asked for, otherwise the one that the file's name says, otherwise a table.

    Raises UserFacingError when format and destination do not go together.
    """
    by_name = out.suffix.removeprefix(".").lower() if out else Format.TABLE
    if asked is None and by_name not in set(Format):
        raise UserFacingError(
            f"The name {out} does not say in which format to write.",
            remedy="Add --format csv, json or parquet.",
        )
    chosen = asked or Format(by_name)
    if out is None and chosen is Format.PARQUET:
        raise UserFacingError("Parquet needs a file.", remedy="Add --out answer.parquet.")
    if out is not None and chosen is Format.TABLE:
        raise UserFacingError(
            "A table is for the screen.", remedy="Add --format csv, json or parquet."
        )
    return chosen


def ask(
    home: Home,
    sql: str,
    console: Console,
    *,
    fmt: Format,
    out: Path | None,
    limit: int,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> None:
    """Answer one query on the published file, on the screen or into a file.

    limit: rows of a table on the screen (0: all); files are always whole.  timeout_seconds: 0 for none.
    """
    if out is not None and not out.absolute().parent.is_dir():
        raise UserFacingError(
            f"There is no folder {out.absolute().parent}.", remedy="Make it, or choose another one."
        )
    if out is not None:
        _demand_outside(home, out)
    with open_published(home) as connection, time_limit(connection, timeout_seconds):
        relation = query(connection, sql)
        held = {release.edition for release in editions(connection)}
        if len(held) > 1 and "fct_" in sql.lower() and "edition" not in sql.lower():
            warn(
                f"Note: the published file holds {len(held)} editions ({', '.join(sorted(held))}) and the query"
                " names none: facts of all of them are in the answer. Add: where edition = '...'"
            )
        try:
            if fmt is Format.TABLE:
                _print_table(console, relation, limit)
            elif out is not None:
                _write_file(relation, fmt, out)
                console.print(f"{out}: {out.stat().st_size:,} bytes", markup=False, highlight=False)
            else:
                _write_output(relation, fmt)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise explained(error) from error


def _demand_outside(home: Home, out: Path) -> None:
    """Raise UserFacingError for a file among those of the pipeline, by whatever links it is named."""
    place = out.resolve()
    for folder in (home.published, home.releases, home.work):
        if place.is_relative_to(folder.resolve()):
            raise UserFacingError(
                f"{out} lies in {folder.name}/ of the home, which the pipeline keeps.",
                remedy="Choose another folder.",
            )


def warn(text: str) -> None:
    """A word beside the answer: on standard error, so that files and pipes stay clean."""
    Console(stderr=True, soft_wrap=True).print(text, style="yellow", markup=False, highlight=False)


def _write_file(relation: duckdb.DuckDBPyRelation, fmt: Format, out: Path) -> None:
    """Write beside the destination and move into place, so that no half file is left.

    The query may touch no file: its answer goes, batch by batch, to a connection that only writes.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)
    except OSError as error:
        raise unusable(out.parent, error.strerror or str(error)) from error
    os.close(descriptor)
    draft = Path(name)
    try:
        with translated(out), connect(None, repeatable=False) as writer:
            writer.register("answer", relation.to_arrow_reader(ROWS_AT_ONCE))
            writer.execute(f"copy answer to {literal(name)} ({COPY_OPTIONS[fmt]})")
        draft.chmod(0o666 & ~_umask())
        draft.replace(out)
    except OSError as error:
        raise unusable(out.parent, error.strerror or str(error)) from error
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    """The rights that the user's new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_output(relation: duckdb.DuckDBPyRelation, fmt: Format) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        _write_file(relation, fmt, answer)
        with answer.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _print_table(console: Console, relation: duckdb.DuckDBPyRelation, limit: int) -> None:
    rows = relation.limit(limit + 1).fetchall() if limit else relation.fetchall()
    is_cut = bool(limit) and len(rows) > limit
    shown = rows[:limit] if limit else rows
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(relation.columns):
        numeric = all(isinstance(row[number], int | float | Decimal | None) for row in shown)
        table.add_column(escape(column), justify="right" if numeric else "left", overflow="fold")
    for row in shown:
        table.add_row(*(escape(shown_value(value)) for value in row))
    console.print(table)
    if is_cut:
        total = relation.aggregate("count(*)").fetchall()[0][0]
        console.print(
            f"{len(shown):,} of {total:,} rows shown; --rows 0 shows all, --out writes a file",
            highlight=False,
        )
    else:
        console.print(f"{len(shown):,} row{'' if len(shown) == 1 else 's'}", highlight=False)


def shown_value(value: object) -> str:
    """A value for the screen: what is missing as a blank, numbers with seven digits."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if 1e5 <= abs(value) < 1e15 else f"{value:.7g}"
    return str(value)

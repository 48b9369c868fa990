"""Opening the large, often compressed CSV files of air-quality publishers."""

from __future__ import annotations

import math
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import polars as pl
from polars.exceptions import NoDataError, PolarsError

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.sources.base import ROW_NUMBERS, below_heading, broken, first_bytes, readable
from warehouse.sources.figures import doubt_of, figure
from warehouse.sources.text_files import FORCED, encoding_of, head_lines, text_rows

NO_VALUE = ("NULL", "NA", "NaN", "nan", "\N{EM DASH}", "\N{EN DASH}", "_", "-", "--", "\\N")
"""What the national platform and its archives write where there is no value."""
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 22


def heading(path: Path) -> list[str]:
    """Names in the first line of a CSV file, plain or gzip; empty when it cannot be read."""
    content = first_bytes(path, 65_536)
    if content.startswith(_GZIP):
        try:
            content = zlib.decompressobj(wbits=31).decompress(content, 65_536)
        except zlib.error:
            return []
    elif not _is_plain(content):
        lines = head_lines(path, 1)
        return lines[0] if lines else []
    line = content.decode("utf-8-sig", errors="replace").partition("\n")[0]
    names = [name.strip().strip('"') for name in line.strip().split(",")] if line.strip() else []
    if len(names) > 1 and names[0] in ROW_NUMBERS:
        return names[1:]
    if len(names) > 1 or content.startswith(_GZIP):
        return names
    below = (row for row in head_lines(path) if sum(map(bool, row)) > 1)  # under a title
    return next(below, names)


def _is_plain(content: bytes) -> bool:
    """Whether a text begins as the publishers' do: in UTF-8, cut by commas."""
    if encoding_of(content) != "utf-8-sig" or b"\r" in content.replace(b"\r\n", b""):
        return False
    line = content.partition(b"\n")[0]
    return line.count(b",") >= max(line.count(b";"), line.count(b"\t"))


def text_table(path: Path, columns: Sequence[str], *, missing: Sequence[str] = ()) -> pl.DataFrame:
    """A CSV file as text cells, with names stripped and blank cells null.

    columns: names that must be in the heading.  missing: texts that stand for an empty cell.
    Raises InputError for a file that is not CSV, a missing name, or a name that stands twice.
    """
    names = heading(readable(path))
    head = first_bytes(path, 65_536)
    is_packed = head.startswith(_GZIP)
    is_even = "" not in names and _is_plain(head) and _is_even(path, len(names))
    if not is_packed and not is_even:
        check_heading(path, [name for name in names if name], columns)
        names, below = below_heading(text_rows(path), columns, path)
        cells = {name: [row[at] for row in below] for at, name in enumerate(names)}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String))
    else:
        check_heading(path, names, columns)
        try:
            frame = pl.read_csv(
                path, infer_schema=False, has_header=False, skip_rows=1, new_columns=names
            )
        except NoDataError:
            frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        except (*UNPACKING, PolarsError) as error:
            raise broken(path, "CSV in UTF-8, perhaps gzipped", error) from error
    blanks = ["", *missing]
    frame = frame.with_columns(pl.all().str.replace(FORCED, "$1"))
    filled = frame.filter(~pl.all_horizontal(pl.all().fill_null("").str.strip_chars() == ""))
    return filled.with_columns(
        pl.when(pl.all().str.strip_chars().is_in(blanks))
        .then(None)
        .otherwise(pl.all().str.strip_chars())
        .name.keep()
    )


@dataclass(frozen=True)
class PlainTable:
    """A plain CSV file. texts: of every row, the columns of text.  wanted: of the rows asked for, all columns."""

    texts: pl.DataFrame
    wanted: pl.DataFrame


def plain_table(
    path: Path,
    texts: Sequence[str],
    *,
    missing: Sequence[str] = (),
    only: tuple[str, Collection[str]],
) -> PlainTable | None:
    """As ``text_table``, with every column but those of texts as numbers: by one pass of the library.

    only: a column of texts and its values: the figures of other rows are not read.  None for a file that is not
    plain CSV, has another heading, or has a cell that the library does not take for a number (it takes ``inf``);
    ``text_table`` and ``numbers`` read those, or say what is wrong with them.
    """
    names, first = heading(path), len(texts)
    content = path.read_bytes()
    is_headed = len({*names}) == len(names) and "" not in names and names[:first] == [*texts]
    if not is_headed or b'"' in content or not _is_plain(content[:65_536]):
        return None
    lines = content.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    commas = len(names) - 1
    if len(lines) < 2 or any(line.count(b",") != commas for line in lines):
        return None  # a title above the heading, too
    del lines[0]
    nothing = {"", *missing}
    cells = [line.split(b",", first)[:first] for line in lines]
    rows = [[_text_or_none(cell, nothing) for cell in row] for row in cells]
    if not all(any(row) for row in rows):
        return None  # blank lines count in no row number
    table = pl.DataFrame(rows, schema=dict.fromkeys(texts, pl.String), orient="row")
    is_wanted = table[only[0]].is_in([*only[1]]).fill_null(False)
    schema = {name: pl.String if name in texts else pl.Float64 for name in names}
    chosen = b"\n".join(compress(lines, is_wanted))
    if not chosen:
        return PlainTable(table, pl.DataFrame(schema=schema))
    try:
        wanted = pl.read_csv(chosen, has_header=False, schema=schema, null_values=[*nothing])
    except (PolarsError, OSError):
        return None
    return PlainTable(table, wanted)


def _text_or_none(cell: bytes, nothing: Collection[str]) -> str | None:
    text = cell.decode("utf-8", errors="replace")
    return None if text in nothing else text


def _is_even(path: Path, width: int) -> bool:
    """Whether every line of a file without quotes has as many cells as the heading, by counting bytes."""
    commas = lines = 0
    last = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if b'"' in chunk:
                return True  # left to the library
            commas += chunk.count(b",")
            lines += chunk.count(b"\n")
            last = chunk
    lines += not last.endswith(b"\n")
    return commas == lines * (width - 1)


def check_heading(path: Path, names: Sequence[str], columns: Sequence[str]) -> None:
    """Raise InputError when a column is missing or a name stands twice."""
    absent = [name for name in columns if name not in names]
    seen: set[str] = set()
    twice = [name for name in names if name and (name in seen or seen.add(name))]  # type: ignore[func-returns-value]
    if absent or twice:
        raise InputError(
            "The heading is not the publisher's.",
            file=path,
            row="heading",
            column=", ".join(absent) or f"{twice[0]} stands twice",
            found=", ".join(names[:12]) or "no heading",
            expected=", ".join(columns),
            remedy="Restore the published heading, or choose another reader.",
        )


def numbers(
    frame: pl.DataFrame, columns: Sequence[str], path: Path, unit: str = ""
) -> pl.DataFrame:
    """The columns as numbers, empty cells null; InputError for the first cell that is text."""
    converted = frame.with_columns(pl.col(columns).cast(pl.Float64, strict=False))
    finite = converted.select(pl.col(columns).is_finite().sum()).row(0)
    filled = frame.select(pl.col(columns).is_not_null().sum()).row(0)
    torn = [name for name, a, b in zip(columns, finite, filled, strict=True) if a != b]
    for column in torn:
        lost = frame[column].is_not_null() & ~converted[column].is_finite().fill_null(False)
        read = frame[column].filter(lost).map_elements(_finite, return_dtype=pl.Float64)
        if not read.null_count():
            places = pl.Series(lost.arg_true())
            converted = converted.with_columns(converted[column].scatter(places, read))
            continue
        if lost.any():
            position = int(lost.arg_true()[int(read.is_null().arg_max() or 0)])
            doubt = doubt_of(str(frame[column][position]))
            raise InputError(
                f"A cell does not hold a number{f': {doubt.reason}' if doubt else ''}.",
                file=path,
                row=position + 1,
                column=column,
                found=repr(frame[column][position]),
                expected=f"a number ({unit})" if unit else "a number",
                remedy=doubt.remedy
                if doubt
                else "Restore the published figure and load the file again.",
            )
    return converted


def _finite(text: str) -> float | None:
    """A figure with groups of thousands or full-width digits; None for other texts."""
    value = figure(text)
    return value if value is not None and math.isfinite(value) else None

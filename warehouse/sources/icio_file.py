"""OECD's ICIO file before pymrio parses it: the one CSV file of an archive, and cells without a number.

pymrio takes every blank cell, and every ``NA``, as zero. So the cells are looked at here first.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import polars as pl
from polars.exceptions import PolarsError

from warehouse.errors import InputError
from warehouse.files import UNPACKING, broken, first_bytes, is_litter
from warehouse.scratch import scratch
from warehouse.sources.figures import column_letters, doubt_of
from warehouse.sources.text_files import encoding_of

LABEL = re.compile(r"^[A-Z]{2}[A-Z0-9]_[A-Z0-9_]+$")
"""An industry or a category of final demand, with its region."""
_ADDED = re.compile(r"^(VA|TLS)$|VALU|TAX")
"""What columns pay beside their inputs, in all releases."""
_STATED = ("OUT", "TOTAL")
_ROW_TOLERANCE = 0.01
"""Of the output that a row states: publishers round to three decimals at most."""


@contextmanager
def one_csv(path: Path) -> Iterator[Path]:
    """The CSV file itself, or the one that a ZIP archive holds, unpacked. Raises InputError."""
    if path.suffix.lower() != ".zip":
        yield path
        return
    try:
        with zipfile.ZipFile(path) as archive, scratch("icio") as folder:
            names = tables_in(archive.namelist())
            if len(names) != 1:
                raise InputError(
                    "The archive does not hold one table.",
                    file=path,
                    found=", ".join(names[:6]) or "no CSV file",
                    expected="one CSV file",
                    remedy="Unpack it, and land the file of the year alone.",
                )
            target = folder / PurePosixPath(names[0]).name
            with archive.open(names[0]) as source, target.open("wb") as copy:
                while chunk := source.read(1 << 20):
                    copy.write(chunk)
            yield target
    except UNPACKING as error:
        raise broken(path, "a ZIP archive", error) from error


def tables_in(names: list[str]) -> list[str]:
    """The CSV files among the names of an archive, without what systems leave beside them."""
    return [name for name in names if name.lower().endswith(".csv") and not is_litter(Path(name))]


def refuse_gaps(path: Path, file: Path) -> None:
    """Raise InputError where a cell that is used holds no number, or a row does not sum to its stated output.

    file: what messages name.
    """
    if encoding_of(first_bytes(path, 1 << 16)) != "utf-8-sig":
        raise _damaged(file, None, None, "text in another encoding", "UTF-8, with commas")
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (PolarsError, OSError) as error:
        raise broken(file, "CSV", error) from error
    if table.width < 2 or not any(LABEL.match(name) for name in table.columns[1:]):
        raise _damaged(
            file, "heading", None, ", ".join(table.columns[:3])[:80], "columns cut by commas"
        )
    labels = table.to_series(0).fill_null("")
    used = [name for name in table.columns[1:] if LABEL.match(name)]
    is_added = labels.str.contains(_ADDED.pattern)
    is_industry = labels.str.contains(LABEL.pattern) & ~is_added
    texts = table.filter(is_industry | is_added)
    figures = texts.select(pl.col(used).str.strip_chars().cast(pl.Float64, strict=False))
    industries = is_industry.filter(is_industry | is_added)
    producers = set(labels.filter(is_industry))
    for name in used:
        wrong = ~figures[name].is_finite().fill_null(False)
        if name not in producers:
            wrong &= industries  # nothing is added in columns of final demand
        if wrong.any():
            row = wrong.arg_max() or 0
            text = texts[name][row] or ""
            at = column_letters(table.columns.index(name))
            doubt = doubt_of(text)
            raise _damaged(
                file, texts.to_series(0)[row], f"{name} (column {at})", repr(text), "a number in every cell",
                doubt.reason if doubt else "it holds no number",
            )  # fmt: skip
    _refuse_other_output(texts.filter(industries), figures.filter(industries), file)


def _refuse_other_output(texts: pl.DataFrame, figures: pl.DataFrame, file: Path) -> None:
    stated_in = next((name for name in _STATED if name in texts.columns), None)
    if stated_in is None or texts.is_empty():
        return
    stated = texts[stated_in].str.strip_chars().cast(pl.Float64, strict=False)
    summed = figures.select(pl.sum_horizontal(pl.all())).to_series()
    wrong = ((stated - summed).abs() > _ROW_TOLERANCE * stated.abs() + 1.0).fill_null(True)
    if wrong.any():
        row = wrong.arg_max() or 0
        found = f"{summed[row]:,.6g}, the sum of the row"
        raise _damaged(
            file, texts.to_series(0)[row], stated_in, found, f"{texts[stated_in][row]}, as stated"
        )


def _damaged(
    file: Path, row: str | None, column: str | None, found: str, expected: str, why: str = ""
) -> InputError:
    return InputError(
        f"The world table was changed or damaged{f': {why}' if why else ''}.",
        file=file,
        row=row,
        column=column,
        found=found,
        expected=expected,
        remedy="Download the file again, and land it as it is.",
    )

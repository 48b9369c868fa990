"""A user's own table, Parquet, text or workbook, that already is what its role's contract says.

Nothing is guessed: every cell of a CSV is read as text and converted by the contract, so that an error names its
row. Provinces may be codes, or names in English or Chinese.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from warehouse.codes import PROVINCES
from warehouse.contract_check import NUMBER, TEXT, WHOLE
from warehouse.contracts import CONTRACTS, Contract, validate
from warehouse.errors import InputError
from warehouse.files import kind_of
from warehouse.province_names import province_of
from warehouse.sources.base import (
    Publication,
    Reader,
    below_heading,
    broken,
    csv_rows,
    first_bytes,
    has_heading,
    number,
    single_file,
)
from warehouse.sources.figures import figure, plain
from warehouse.sources.notes import note
from warehouse.sources.text_files import FORCED, encoding_of, heading_at
from warehouse.sources.workbook import SUFFIXES as WORKBOOKS
from warehouse.sources.workbook import TABLE_SUFFIXES, sheets

NAME = "tidy"
_PANDAS_INDEX = "__index_level_0__"
SUFFIXES = TABLE_SUFFIXES | {".parquet"}

PUBLICATION = Publication(
    producer="Supplied by the user",
    title="The user's own table",
    citation="",
    licence="Not stated",
    terms_of_use="Not stated",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """The table, checked against the role's contract.

    Names of provinces become codes and groups of thousands are read; both are noted.  Raises InputError for a
    damaged file, a heading that is not the contract's, a row of another length, or a cell that breaks the contract
    (see ``warehouse.contracts.validate``).
    """
    path, contract = single_file(paths, NAME), CONTRACTS[role]
    return validate(_converted(_table(path, contract), contract, path), contract, file=path)


def unchecked(path: Path, role: str) -> pl.DataFrame:
    """The table as ``read`` has it before its contract is looked at; invalid figures stay text.

    Raises InputError for a damaged file, or a row of another length.
    """
    contract = CONTRACTS[role]
    return _converted(_table(path, contract), contract, path, keep=True)


def lines_of_rows(path: Path, role: str) -> list[int]:
    """The line of the file in which each row of the table stands, as a text editor counts them.

    Empty for Parquet; in a workbook, the row of the sheet is meant.  A cell with a line break counts as one line.
    """
    contract, suffix = CONTRACTS[role], path.suffix.lower()
    if suffix == ".parquet":
        return []
    if suffix in WORKBOOKS:
        places = (sheet.rows for sheet in sheets(path))
        rows = next(
            (each for each in places if heading_at(each, contract.column_names) is not None), []
        )
    else:
        rows = csv_rows(path)
    begin = heading_at(rows, contract.column_names) or 0
    return [
        at + 1 for at, row in enumerate(rows) if at > begin and any(cell.strip() for cell in row)
    ]


def _table(path: Path, contract: Contract) -> pl.DataFrame:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            "A tidy table is Parquet, text or a workbook.",
            file=path,
            found=suffix or "no suffix",
            expected=" or ".join(sorted(SUFFIXES)),
            remedy="Write the table as Parquet or CSV.",
        )
    if suffix == ".parquet":
        return _parquet(path)
    return _workbook(path, contract) if suffix in WORKBOOKS else _csv(path, contract)


def recognises(path: Path) -> bool:
    """Any Parquet or text file or workbook; the contract decides the rest."""
    return path.is_file() and path.suffix.lower() in SUFFIXES


def fits(path: Path, role: str) -> bool:
    """Whether a file has the columns of a role's contract: a tidy table of it, sound or not."""
    columns, suffix = CONTRACTS[role].column_names, path.suffix.lower()
    if suffix == ".parquet" or kind_of(path) == "parquet":
        return True
    if suffix in WORKBOOKS:
        try:
            return any(heading_at(sheet.rows, columns) is not None for sheet in sheets(path))
        except InputError:
            return False
    return has_heading(path, columns)


def _parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path, hive_partitioning=False)
    except (PolarsError, OSError) as error:
        raise broken(path, "Parquet", error) from error
    return frame.drop(_PANDAS_INDEX, strict=False)


def _csv(path: Path, contract: Contract) -> pl.DataFrame:
    if _is_plain(path, contract):
        try:
            frame = pl.read_csv(path, infer_schema=False, encoding="utf8")
            frame = frame.with_columns(pl.all().str.strip_chars().str.replace(FORCED, "$1"))
            return frame.filter(~pl.all_horizontal(pl.all().is_null()))
        except (PolarsError, OSError):
            pass  # Polars does not say which row is at fault; the slower pass does.
    return _frame(csv_rows(path), contract, path)


def _is_plain(path: Path, contract: Contract) -> bool:
    """Whether a file begins as this house writes CSV: UTF-8, commas, the heading and nothing else first."""
    head = first_bytes(path)
    if encoding_of(head) != "utf-8-sig":
        return False
    names = head.decode("utf-8-sig", errors="replace").partition("\n")[0].strip().split(",")
    return sorted(name.strip('"') for name in names) == sorted(contract.column_names)


def _workbook(path: Path, contract: Contract) -> pl.DataFrame:
    found = [
        sheet for sheet in sheets(path) if heading_at(sheet.rows, contract.column_names) is not None
    ]
    if len(found) == 1:
        return _frame(found[0].rows, contract, path)
    raise InputError(
        f"{contract.name}: {'several sheets have' if found else 'no sheet has'} the columns.",
        file=path,
        row="heading",
        found=", ".join(sheet.name for sheet in found) or "no such heading",
        expected=f"one sheet with {', '.join(contract.column_names)}",
        remedy="Keep one sheet with the table, or write it as CSV.",
    )


def _frame(rows: Sequence[list[str]], contract: Contract, path: Path) -> pl.DataFrame:
    heading, below = below_heading(rows, contract.column_names, path)
    twice = sorted({name for name in heading if heading.count(name) > 1})
    if twice:
        raise InputError(
            f"{contract.name}: a column stands twice.",
            file=path,
            row="heading",
            column=", ".join(name or "a column without a name" for name in twice),
            found=", ".join(heading),
            expected=", ".join(contract.column_names),
            remedy="Remove one of the two.",
        )
    columns = {name: [row[at].strip() or None for row in below] for at, name in enumerate(heading)}
    return pl.DataFrame(columns, schema=dict.fromkeys(heading, pl.String))


def _converted(
    frame: pl.DataFrame, contract: Contract, path: Path, *, keep: bool = False
) -> pl.DataFrame:
    """The frame with codes for the names of provinces, and figures without groups of thousands."""
    changed = frame
    for column in contract.columns:
        if column.name not in frame.columns:
            continue
        values = frame[column.name]
        if values.dtype in (pl.Categorical, pl.Enum):
            values = values.cast(pl.String)
        if values.dtype != pl.String:
            continue
        if column.dtype == TEXT and column.allowed is not None:
            changed = changed.with_columns(_codes(values, column.allowed, path))
        elif column.dtype in (NUMBER, WHOLE):
            changed = changed.with_columns(_figures(values, column.unit, path, keep=keep))
    return changed


def _codes(values: pl.Series, allowed: frozenset[str], path: Path) -> pl.Series:
    """The values with codes for names of provinces, and for codes in other letters (``so2``, ``25–29``)."""
    names = [name for name in values.unique().drop_nulls().sort() if name not in allowed]
    if not names:
        return values
    spelt: dict[str, list[str]] = {}
    for code in sorted(allowed):
        spelt.setdefault(_bare(code), []).append(code)
    codes: dict[str, str] = {}
    for name in names:
        same = spelt.get(_bare(name), [])
        if len(same) == 1:
            codes[name] = same[0]
        elif allowed >= PROVINCES and (province := province_of(name)) is not None:
            codes[name] = province
    if not codes:
        return values
    shown = ", ".join(f"{name} is {code}" for name, code in list(codes.items())[:3])
    note(f"{values.name}: {len(codes)} names read as codes ({shown} ...).", path.name)
    return values.replace(codes)


def _bare(code: str) -> str:
    """A code without what spreadsheets change: full-width letters, dashes, the case of letters."""
    return plain(code).replace("\u2013", "-").replace("\u2014", "-").casefold()


def _figures(values: pl.Series, unit: str, path: Path, *, keep: bool) -> pl.Series:
    stripped = values.str.strip_chars()
    odd = stripped.cast(pl.Float64, strict=False).is_null() & (stripped != "")
    if not odd.fill_null(False).any():
        return values
    read_as: dict[str, str] = {}
    for text in stripped.filter(odd).unique():
        value = figure(text)
        if value is None and keep:
            continue
        if value is None:
            row = int((stripped == text).arg_max() or 0) + 1
            number(
                text, file=path, row=row, column=values.name, unit=unit or "as the contract says"
            )
        read_as[text] = repr(value)
    if not read_as:
        return values
    note(f"{values.name}: {len(read_as)} figures with groups of thousands are read.", path.name)
    return stripped.replace(read_as)


READER = Reader(
    name=NAME,
    roles=tuple(CONTRACTS),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)

"""A user's own table, Parquet or CSV, that already is what its role's contract says.

Nothing is guessed: every cell of a CSV is read as text and converted by the contract, so that an
error names its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader, broken, csv_records, single_file

NAME = "tidy"
SUFFIXES = frozenset({".parquet", ".csv"})

PUBLICATION = Publication(
    producer="Supplied by the user",
    title="The user's own table",
    citation="",
    licence="Not stated",
    terms_of_use="Not stated",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """The table, checked against the role's contract.

    Raises InputError for a damaged file, a heading that is not the contract's, a row of another
    length, or a cell that breaks the contract (see ``warehouse.contracts.validate``).
    """
    path = single_file(paths, NAME)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            "A tidy table is Parquet or CSV.",
            file=path,
            found=suffix or "no suffix",
            expected=" or ".join(sorted(SUFFIXES)),
            remedy="Write the table as Parquet or CSV.",
        )
    frame = _parquet(path) if suffix == ".parquet" else _csv(path, role)
    return validate(frame, CONTRACTS[role], file=path)


def recognises(path: Path) -> bool:
    """Any Parquet or CSV file; the contract decides the rest."""
    return path.is_file() and path.suffix.lower() in SUFFIXES


def _parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, hive_partitioning=False)
    except (PolarsError, OSError) as error:
        raise broken(path, "Parquet", error) from error


def _csv(path: Path, role: str) -> pl.DataFrame:
    try:
        return pl.read_csv(path, infer_schema=False, encoding="utf8")
    except (PolarsError, OSError) as error:
        # Polars does not say which row is at fault; the slower pass does.
        csv_records(path, CONTRACTS[role].column_names)
        raise broken(path, "CSV in UTF-8", error) from error


READER = Reader(
    name=NAME,
    roles=tuple(CONTRACTS),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)

"""What readers of health tables share: text of plain, gzipped and zipped CSV, and rows by heading."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.sources.base import broken, first_bytes, readable

KIND = "CSV in UTF-8, perhaps gzipped or zipped"
_MOST_BYTES = 500_000_000
_TABLE_SUFFIXES = (".csv", ".csv.gz", ".zip")


def table_text(path: Path) -> str:
    """The text of a CSV file, of its gzip, or of the one CSV file in a zip. Raises InputError."""
    try:
        content = readable(path).read_bytes()
        if path.suffix == ".zip":
            content = _only_table(path)
        elif path.suffix == ".gz":
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except (*UNPACKING, UnicodeDecodeError) as error:
        raise broken(path, KIND, error) from error


def table_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows by heading, every name of ``columns`` among it. Raises InputError for another heading or a cut row."""
    reader = csv.DictReader(io.StringIO(table_text(path), newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise broken(path, KIND, error) from error
    heading = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in columns if name not in heading]
    if missing or not rows:
        raise InputError(
            "The heading is not the publisher's." if missing else "The table has no rows.",
            file=path,
            row="heading",
            column=", ".join(missing) or None,
            found=", ".join(heading[:12]) or "no heading",
            expected=", ".join(columns),
            remedy="Copy or download the file again, or choose another reader.",
        )
    for place, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise InputError(
                "A row is cut off or too long.",
                file=path,
                row=place,
                expected=f"{len(heading)} cells",
                remedy="Copy or download the file again.",
            )
    return [{name.strip(): cell.strip() for name, cell in row.items()} for row in rows]


def heading_of(path: Path) -> list[str]:
    """The names in the first line, of gzipped files too; empty when they cannot be read. Never raises."""
    if not path.name.endswith(_TABLE_SUFFIXES) or not first_bytes(path, 1):
        return []
    try:
        first = table_text(path).partition("\n")[0]
    except InputError:
        return []
    return [name.strip().strip('"') for name in first.strip().split(",")]


def only(
    rows: Sequence[Mapping[str, str]], column: str, wanted: str, path: Path, what: str
) -> None:
    """Raise InputError when no row has the wanted word in a column, naming those that are there."""
    found = sorted({row[column] for row in rows})
    if wanted not in found:
        raise InputError(
            what,
            file=path,
            column=column,
            found=", ".join(found[:8]) + (f" and {len(found) - 8} more" if len(found) > 8 else ""),
            expected=wanted,
            remedy=f"Choose {wanted} when you download the table.",
        )


def _only_table(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        tables = [item for item in archive.infolist() if item.filename.endswith(".csv")]
        if len(tables) != 1 or tables[0].file_size > _MOST_BYTES:
            raise InputError(
                "The archive does not hold one table.",
                file=path,
                found=", ".join(item.filename for item in archive.infolist()) or "nothing",
                expected="one CSV file, at most 500 MB",
                remedy="Unpack it and put the table in place.",
            )
        return archive.read(tables[0])

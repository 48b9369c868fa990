"""The official provincial input-output tables of 2012 and 2017: one workbook a province, 42 sectors.

Every workbook's first sheet is one province's competitive table in 10,000 CNY at producers' prices, exports,
imports, outflow and inflow apart. Its first cell names the province and the year. Cells are found by the
publisher's codes, never by position: ``01``..``42`` and ``GO`` across the code row, ``01``..``42`` and ``TI``
down the code column. The files come one by one or in a tar archive, which may hold several years: those of
the edition's year are read. The two years have different lists of 42 sectors.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.errors import InputError
from warehouse.files import UNPACKING, is_litter
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    readable,
    role_frame,
    some_files,
)
from warehouse.sources.odd_cells import Silence, xls_sheet_cell

NAME = "provincial_io"
MAX_BOOK_BYTES = 5_000_000
_TITLE = re.compile(r"(\D+?)(\d{4})年投入产出表")
_NATION = "中国"  # an archive may hold the nation's table too
_EXCEL = b"\xd0\xcf\x11\xe0"

PUBLICATION = Publication(
    producer="Provincial statistics bureaus of China",
    title="Input-output tables of 31 provinces, 42 sectors (2012, 2017)",
    citation=(
        "Provincial statistics bureaus of China: input-output tables of 31 provinces, autonomous regions and "
        "municipalities, 42 sectors, 2012 and 2017."
    ),
    licence="Official statistics; no licence stated",
    terms_of_use=(
        "Name the provincial statistics bureaus. Workbooks as kept in the R package CHNIO (GPL >= 3, Chen Pu)."
    ),
)

_SECTORS = {f"{code:02d}": (f"{code:02d}", "sector") for code in range(1, 43)}
ROWS: Mapping[str, tuple[str, str]] = _SECTORS | {
    "TII": ("TII", "total"),
    "VA001": ("VA001", "value_added"),
    "VA002": ("VA002", "value_added"),
    "VA003": ("VA003", "value_added"),
    "VA004": ("VA004", "value_added"),
    "TVA": ("TVA", "total"),
    "TI": ("TI", "total"),
}
COLUMNS: Mapping[str, tuple[str, str]] = _SECTORS | {
    "TIU": ("TIU", "total"),
    "FU101": ("FU101", "final_demand"),
    "FU102": ("FU102", "final_demand"),
    "THC": ("FU_HH", "total"),
    "FU103": ("FU103", "final_demand"),
    "TC": ("TC", "total"),
    "FU201": ("FU201", "final_demand"),
    "FU202": ("FU202", "final_demand"),
    "GCF": ("GCF", "total"),
    "EX": ("EX", "export"),
    "OF": ("OF", "outflow"),
    "TFU": ("TFU", "total"),
    "IM": ("IM", "import"),
    "IF": ("IF", "inflow"),
    "ERR": ("ERR", "error"),
    "GO": ("GO", "total"),
}
_OF_SECTORS_ALONE = frozenset(ROWS) - frozenset(_SECTORS) - {"TII"}


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """The 31 tables of one year as rows of the role; zero cells are left out, totals are kept.

    Raises InputError when a file is damaged, is of another year, is not a province's table, stands twice or is
    missing, when the run of codes is not found, or when a cell holds text.
    """
    tables: dict[str, pl.DataFrame] = {}
    for place, content, is_packed in _books(some_files(paths, NAME)):
        sheet = _first_sheet(place, content)
        title = _title(sheet)
        match = _TITLE.search(title)
        if is_packed and (match is None or match[1] == _NATION or int(match[2]) != year):
            continue
        province = _province(match, title, place, year)
        if province in tables:
            raise InputError(
                "The table of a province is there twice.",
                file=place,
                found=title,
                expected="one table for each province",
                remedy="Remove one of the two.",
            )
        tables[province] = _table(sheet, place, province)
    missing = sorted(PROVINCES - set(tables))
    if missing:
        raise InputError(
            f"Tables of provinces are missing for {year}.",
            file=", ".join(str(path) for path in paths[:3]),
            found=f"no table of {', '.join(missing)}",
            expected="31 provinces",
            remedy="Put all workbooks, or the whole archive, in place.",
        )
    return pl.concat([tables[province] for province in sorted(tables)])


def recognises(path: Path) -> bool:
    """A province's workbook, or a tar archive with workbooks (.xls)."""
    if first_bytes(path, 8).startswith(_EXCEL):
        try:
            return _TITLE.search(_title(_first_sheet(str(path), path.read_bytes()))) is not None
        except (InputError, OSError):
            return False
    try:
        with tarfile.open(path) as archive:
            return any(name.endswith(".xls") for name in archive.getnames())
    except UNPACKING:
        return False


def _books(paths: Sequence[Path]) -> Iterator[tuple[str, bytes, bool]]:
    """Place, content, and whether it lay in an archive, of every workbook."""
    for path in paths:
        if first_bytes(readable(path), 8).startswith(_EXCEL):
            yield str(path), path.read_bytes(), False
        else:
            yield from _archived(path)


def _archived(path: Path) -> Iterator[tuple[str, bytes, bool]]:
    """Workbooks in an archive, read in memory: nothing is unpacked, so nothing can escape."""
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = PurePosixPath(member.name).name
                if not member.isfile() or not name.endswith(".xls") or is_litter(Path(name)):
                    continue
                if member.size > MAX_BOOK_BYTES:
                    raise InputError(
                        "A workbook in the archive is far too large.",
                        file=f"{path}:{name}",
                        found=f"{member.size:,} bytes",
                        expected=f"at most {MAX_BOOK_BYTES:,} bytes",
                        remedy="Copy or download the archive again.",
                    )
                stream = archive.extractfile(member)
                yield f"{path}:{name}", stream.read() if stream else b"", True
    except UNPACKING as error:
        raise broken(path, "Excel workbooks (.xls), or a tar archive of them", error) from error


def _first_sheet(place: str, content: bytes) -> Any:
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=content, logfile=Silence())
        return next(
            (sheet for sheet in book.sheets() if not sheet.visibility), book.sheet_by_index(0)
        )
    except Exception as error:  # xlrd raises its own, struct, index and assertion errors
        raise broken(Path(place), "an Excel workbook (.xls)", error) from error


def _title(sheet: Any) -> str:
    """The first cell with text."""
    for row in range(min(sheet.nrows, 3)):
        for column in range(sheet.ncols):
            text = str(sheet.cell_value(row, column)).strip()
            if text:
                return text
    return ""


def _province(match: re.Match[str] | None, title: str, place: str, year: int) -> str:
    code = None if match is None else province_of_any_name(match[1])
    if match is None or code is None:
        raise InputError(
            "The workbook is not a province's input-output table.",
            file=place,
            row="title",
            found=title or "no title",
            expected=f"a title such as 北京{year}年投入产出表",
            remedy="Remove the file, or restore the published workbook.",
        )
    if int(match[2]) != year:
        raise InputError(
            "The table is of another year.",
            file=place,
            row="title",
            found=match[2],
            expected=str(year),
            remedy="Put the tables of the edition's year in place.",
        )
    return code


def _table(sheet: Any, place: str, province: str) -> pl.DataFrame:
    code_row, column_of = _find_columns(sheet, place)
    row_of = _find_rows(sheet, code_row, place)
    cells = [
        ("ALL", province, *ROWS[row], *COLUMNS[column], value)
        for row, at_row in row_of.items()
        for column, at_column in column_of.items()
        if row not in _OF_SECTORS_ALONE or column in _SECTORS or column == "TIU"
        for value in [
            number(
                xls_sheet_cell(sheet, at_row, at_column),
                file=place,
                row=f"{row} (line {at_row + 1})",
                column=column,
                unit="10,000 CNY",
            )
        ]
        if value != 0 or "total" in (ROWS[row][1], COLUMNS[column][1])
    ]
    return role_frame(cells, "provincial_table")


def _code(value: object) -> str:
    """A code cell as the publisher writes it: ``01``, also where Excel keeps a number."""
    text = str(value).strip()
    try:
        whole = float(text)
    except ValueError:
        return text
    return f"{int(whole):02d}" if whole.is_integer() else text


def _find_columns(sheet: Any, place: str) -> tuple[int, dict[str, int]]:
    """The code row, and where each column code stands in it."""
    for row in range(sheet.nrows):
        codes = [_code(sheet.cell_value(row, column)) for column in range(sheet.ncols)]
        if set(_SECTORS) <= set(codes):
            return row, _placed(codes, 0, COLUMNS, "column", place)
    raise _no_run(place, "a row with the column codes 01 to 42")


def _find_rows(sheet: Any, code_row: int, place: str) -> dict[str, int]:
    """Where each row code stands in the first column that holds all sectors below the code row."""
    for column in range(sheet.ncols):
        codes = [_code(sheet.cell_value(row, column)) for row in range(code_row + 1, sheet.nrows)]
        if set(_SECTORS) <= set(codes):
            return _placed(codes, code_row + 1, ROWS, "row", place)
    raise _no_run(place, "a column with the row codes 01 to 42")


def _placed(
    codes: Sequence[str],
    start: int,
    known: Mapping[str, tuple[str, str]],
    kind: str,
    place: str,
) -> dict[str, int]:
    missing = [code for code in known if code not in codes]
    doubled = [code for code in known if codes.count(code) > 1]
    if missing or doubled:
        raise InputError(
            f"The sheet's {kind} codes are not those of the table.",
            file=place,
            found=f"missing {', '.join(missing) or 'none'}; twice {', '.join(doubled) or 'none'}",
            expected=f"every {kind} code once",
            remedy="Restore the published sheet.",
        )
    return {code: start + codes.index(code) for code in known}


def _no_run(place: str, expected: str) -> InputError:
    return InputError(
        "The sheet is not a table of 42 sectors.",
        file=place,
        found="no run of codes",
        expected=expected,
        remedy="Restore the published sheet.",
    )


READER = Reader(
    name=NAME,
    roles=("provincial_table",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    marks=("投入产出表", "TIU", "TII", "TVA", "FU101", "FU102", "FU103", "FU201", "FU202"),
)

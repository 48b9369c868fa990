"""CEADs' workbook of China's provincial multi-regional input-output table, 42 sectors, 10,000 CNY.

Rows and columns are found by their codes (``warehouse.sources.mrio_layout``), so that Chinese and English
sheets and both known layouts are read alike. Imports are one row (IM), exports one column (EX).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.codes import PROVINCES
from warehouse.errors import InputError
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import Publication, Reader, first_bytes, single_file
from warehouse.sources.mrio_layout import HEAD_ROWS, Layout, Line, find_layout, find_rows
from warehouse.sources.mrio_sums import balanced
from warehouse.sources.notes import note
from warehouse.sources.odd_cells import odd_cell, odd_cells
from warehouse.sources.progress import begin
from warehouse.sources.workbook import opened, visible_names

NAME = "ceads_mrio"

PUBLICATION = Publication(
    producer="Carbon Emission Accounts and Datasets (CEADs); Zheng et al.",
    title="China's multi-regional input-output table of provinces, 42 sectors",
    citation=(
        "Zheng, H., Bai, Y., Wei, W. et al. (2021): Chinese provincial multi-regional input-output "
        "database for 2012, 2015, and 2017. Scientific Data 8, 244. doi:10.1038/s41597-021-01023-5"
    ),
    licence="Free for research after registration at ceads.net",
    terms_of_use="Cite Zheng et al. (2021) and CEADs; do not pass the workbook on.",
)

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Non-zero cells of the table, and all totals, in 10,000 CNY.

    Of several sheets with the table, ``Table_<year>`` is read before its English version and before the
    one made consistent with other years. The error column is given the sign with which intermediate use,
    final use and error sum to gross output.

    Raises InputError for a damaged workbook, another year, missing or repeated provinces, sectors or uses,
    text in a number cell, sums that miss their totals, or another unit.
    """
    path = single_file(paths, NAME)
    begin(path, "provincial table")
    book = opened(path)
    name, layout = _choose(book, path, year)
    place = f"{path} [sheet {name}]"
    rows, values = _figures(book, name, layout, place)
    _refuse_odd(path, name, rows, layout)
    _check_provinces(rows, layout.columns, _listed_provinces(book), place)
    values = balanced(rows, layout.columns, values, place)
    return _frame(rows, layout.columns, values)


def recognises(path: Path) -> bool:
    """A workbook with a sheet that has the codes."""
    if not first_bytes(path, 4).startswith(b"PK"):
        return False
    try:
        book = opened(path)
        return any(_has_codes(book, name) for name in book.sheet_names)
    except InputError:
        return False


def _head(book: Any, name: str) -> list[list[str]]:
    """The first rows of a sheet as text, empty ones included (they are dropped unless none is skipped)."""
    try:
        sheet = book.load_sheet(
            name, header_row=None, skip_rows=0, n_rows=HEAD_ROWS, dtypes="string"
        )
    except Exception:  # an empty or a chart sheet
        return []
    return [[cell or "" for cell in row] for row in sheet.to_polars().rows()]


def _has_codes(book: Any, name: str) -> bool:
    try:
        return find_layout(_head(book, name), name) is not None
    except InputError:
        return True


def _choose(book: Any, path: Path, year: int) -> tuple[str, Layout]:
    """The sheet to read and its layout."""
    names = sorted(visible_names(path, book), key=lambda name: _preference(name, year))
    for name in names:
        head = _head(book, name)
        layout = find_layout(head, f"{path} [sheet {name}]")
        if layout is None:
            continue
        above = " ".join([name, *(" ".join(row[:4]) for row in head[: layout.code_row])])
        in_sheet = {int(text) for text in _YEAR.findall(above)}
        stated = in_sheet or {int(text) for text in _YEAR.findall(path.stem)}
        if stated and year not in stated:
            raise InputError(
                "The table is of another year.",
                file=f"{path} [sheet {name}]",
                row="title" if in_sheet else "the file's name; the sheet states no year",
                found=", ".join(str(item) for item in sorted(stated)),
                expected=str(year),
                remedy=f"Take the workbook of {year}"
                + ("." if in_sheet else ", or rename the file if it is of that year."),
            )
        return name, layout
    raise InputError(
        "No sheet holds the table.",
        file=path,
        row=f"lines 1 to {HEAD_ROWS}",
        found=f"sheets {', '.join(names)}",
        expected="a row with the codes 01 to 42, FU101 to FU202, EX, TFU and GO",
        remedy="Take the published workbook unchanged.",
    )


def _preference(name: str, year: int) -> tuple[int, str]:
    text = name.strip().casefold().replace(" ", "_")
    exact = text == f"table_{year}"
    of_year = str(year) in text
    late = "consistent" in text
    return (0 if exact else 3 if late else 1 if of_year else 2), text


def _figures(
    book: Any, name: str, layout: Layout, place: str
) -> tuple[list[Line], NDArray[np.float64]]:
    """The rows of the table and its figures, (rows, columns); blank cells are zero outside the core."""
    begin = layout.code_row + 1
    frame = book.load_sheet(
        name, header_row=None, skip_rows=begin, schema_sample_rows=None
    ).to_polars()
    left = frame.select(pl.nth(range(layout.first_column)).cast(pl.String).fill_null(""))
    codes, names = _left_columns(left, place)
    rows = find_rows(codes, names, place, begin + 1)
    at = [row.at for row in rows]
    columns = [
        _numbers(frame.to_series(column.at), at, rows, column, place, begin)
        for column in layout.columns
    ]
    return rows, np.column_stack(columns)


def _refuse_odd(path: Path, name: str, rows: Sequence[Line], layout: Layout) -> None:
    """Raise InputError for a cell of the table that Excel could not compute, or never computed: no zero."""
    odd = odd_cells(path).get(name)
    if odd is None:
        return
    of_rows = {layout.code_row + 1 + row.at for row in rows}
    of_columns = {column.at + odd.before for column in layout.columns}
    for (row, column), text in sorted(odd.cells.items()):
        if row in of_rows and column in of_columns:
            raise odd_cell(f"{path} [sheet {name}]", row, column, text)


def _left_columns(left: pl.DataFrame, place: str) -> tuple[list[str], list[str]]:
    """The column of row codes and that of province names."""
    texts = [column.to_list() for column in left.get_columns()]
    coded = [sum(text.strip() in {"IM", "TII", "TVA", "TI"} for text in column) for column in texts]
    named = [sum(province_of_any_name(text) is not None for text in column) for column in texts]
    if not coded or max(coded) == 0 or max(named) == 0:
        raise InputError(
            "The columns left of the figures hold no row codes, or name no province.",
            file=place,
            column="the first columns",
            found="no code IM, TII, TVA, TI" if not coded or not max(coded) else "no province",
            expected="province, sector, code",
            remedy="Restore the published sheet.",
        )
    return texts[coded.index(max(coded))], texts[named.index(max(named))]


def _numbers(
    series: pl.Series, at: list[int], rows: Sequence[Line], column: Line, place: str, begin: int
) -> NDArray[np.float64]:
    picked = series.gather(at)
    cast = picked.cast(pl.Float64, strict=False)
    core = pl.Series([row.kind in {"sector", "value_added"} for row in rows])
    needs = core if column.kind == "sector" else pl.Series([row.kind == "sector" for row in rows])
    wrong = (cast.is_null() & (picked.is_not_null() | needs)) | ~cast.fill_null(0.0).is_finite()
    if wrong.any():
        first = wrong.arg_max() or 0
        raise InputError(
            "A cell does not hold a number.",
            file=place,
            row=f"line {begin + 1 + at[first]} ({rows[first].province} {rows[first].code})",
            column=f"{column.province} {column.code} (column {column.at + 1})",
            found=repr(picked[first]),
            expected="a number (10,000 CNY)",
            remedy="Restore the published figure.",
        )
    return np.asarray(cast.fill_null(0.0).to_numpy(), dtype=np.float64)


def _listed_provinces(book: Any) -> set[str]:
    """Provinces of the workbook's own list (sheet Province), empty without that sheet."""
    listed = [name for name in book.sheet_names if name.strip().casefold() == "province"]
    if not listed:
        return set()
    frame = book.load_sheet(listed[0], header_row=None, dtypes="string").to_polars()
    cells = (cell or "" for row in frame.rows() for cell in row)
    return {code for cell in cells if (code := province_of_any_name(cell)) is not None}


def _check_provinces(
    rows: Sequence[Line], columns: Sequence[Line], listed: set[str], place: str
) -> None:
    of_rows = {row.province for row in rows if row.kind == "sector"}
    of_columns = {column.province for column in columns if column.kind == "sector"}
    odd = sorted((of_rows ^ of_columns) | ((of_rows ^ listed) if listed else set()))
    if odd:
        raise InputError(
            "Producing provinces, using provinces and the workbook's list of provinces differ.",
            file=place,
            found=f"not in all of them: {', '.join(odd)}",
            expected="the same provinces",
            remedy="Restore the published workbook.",
        )
    absent = sorted(PROVINCES - of_rows)
    if absent:
        note(
            f"The table lacks {len(absent)} provinces: {', '.join(absent)}."
            " Their emissions stay outside the footprint."
        )


def _frame(
    rows: Sequence[Line], columns: Sequence[Line], values: NDArray[np.float64]
) -> pl.DataFrame:
    sector_row = np.array([row.kind == "sector" for row in rows])
    total_row = np.array([row.kind == "total" for row in rows])
    sector_column = np.array([column.kind == "sector" for column in columns])
    total_column = np.array([column.kind == "total" for column in columns])
    import_row = np.array([row.kind == "import" for row in rows])
    demand = np.array([column.kind == "final_demand" for column in columns])
    kept = sector_row[:, None] | sector_column[None, :] | (import_row[:, None] & demand[None, :])
    is_total = (total_row[:, None] & sector_column[None, :]) | (
        sector_row[:, None] & total_column[None, :]
    )
    at_row, at_column = np.nonzero(kept & ((values != 0) | is_total))

    def of(lines: Sequence[Line], what: str, at: NDArray[np.intp]) -> pl.Series:
        return pl.Series([getattr(line, what) for line in lines], dtype=pl.String).gather(at)

    return pl.DataFrame(
        {
            "from_province": of(rows, "province", at_row),
            "row_code": of(rows, "code", at_row),
            "row_kind": of(rows, "kind", at_row),
            "to_province": of(columns, "province", at_column),
            "column_code": of(columns, "code", at_column),
            "column_kind": of(columns, "kind", at_column),
            "value_10k_cny": pl.Series(values[at_row, at_column], dtype=pl.Float64),
        }
    )


READER = Reader(
    name=NAME,
    roles=("provincial_mrio",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    marks=("FU101", "FU102", "FU103", "FU201", "FU202", "TIU", "TFU", "TII", "TVA", "GO", "EX"),
)

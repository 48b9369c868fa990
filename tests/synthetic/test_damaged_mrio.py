"""Damaged workbooks of the provincial table, and the layouts that are read alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from damage import Damage, cases, emptied, halved, html, noise_bytes, prove, read

from synth.economy import Economy
from synth.mrio_book import sheets
from synth.workbook import Sheet, write
from warehouse.errors import InputError

Rows = list[list[Any]]
Change = Callable[[Rows], Rows | None]
READER, ROLE = "ceads_mrio", "provincial_mrio"
PROVINCES, HEAD = 5, 4
CORE = 42 * PROVINCES
IM, TII, VA, TVA, TI = (HEAD + CORE + at for at in (0, 1, 2, 6, 7))
EX = 3 + CORE + 1 + 5 * PROVINCES
FILE = "MRIO2017_42 CEADS.xlsx"


def _table(change: Change, name: str | None = None) -> Callable[[Path], Callable[[Economy], None]]:
    """Damage of the table's rows, and perhaps of the sheet's name."""

    def harm(folder: Path) -> Callable[[Economy], None]:
        def rewrite(economy: Economy) -> None:
            table, listed = sheets(economy)
            rows = [list(row) for row in table.rows]
            rows = change(rows) or rows
            write(folder / FILE, [Sheet(name or table.name, rows, ()), listed])

        return rewrite

    return harm


def _scaled(
    rows: Rows, factor: float, rows_of: slice = slice(HEAD, None), columns: slice = slice(3, None)
) -> None:
    for row in rows[rows_of]:
        row[columns] = [cell * factor if isinstance(cell, float) else cell for cell in row[columns]]


def _set(row: int, column: int, value: object) -> Change:
    def change(rows: Rows) -> None:
        rows[row][column] = value

    return change


def _without_columns(rows: Rows, first: int, count: int) -> Rows:
    return [row[:first] + row[first + count :] for row in rows]


def _without_province(rows: Rows) -> Rows:
    """Liaoning's neighbour taken out whole: rows, columns and demand of the second province."""
    kept = rows[: HEAD + 42] + rows[HEAD + 84 :]
    kept = _without_columns(kept, 3 + CORE + 1 + 5, 5)
    return _without_columns(kept, 3 + 42, 42)


def _shifted(rows: Rows) -> None:
    rows[3] = [None, None, None, None, *rows[3][3:-1]]


def _other_year(rows: Rows) -> None:
    rows[0] = ["2015 multi-regional input-output table"]


DAMAGES = (
    Damage("another year", _table(_other_year, "Table_2015"), "another year.*2015"),
    Damage("code row lost", _table(lambda rows: rows[:3] + rows[4:]), "No sheet holds the table"),
    Damage("codes moved by one column", _table(_shifted), "No sheet holds the table|total|number"),
    Damage("column EX lost", _table(lambda rows: _without_columns(rows, EX, 1)), "EX"),
    Damage("column of a sector lost", _table(lambda rows: _without_columns(rows, 10, 1)), "08|lacks sectors"),
    Damage("row IM lost", _table(lambda rows: rows[:IM] + rows[IM + 1 :]), "IM"),
    Damage("row VA002 lost", _table(lambda rows: rows[: VA + 1] + rows[VA + 2 :]), "VA002"),
    Damage("rows of a province lost", _table(lambda rows: rows[: HEAD + 42] + rows[HEAD + 84 :]), "differ"),
    Damage("columns of a province lost", _table(lambda rows: _without_columns(rows, 3 + 42, 42)), "differ|lacks"),
    Damage("a province taken out whole", _table(_without_province), "differ.*CN-JS"),
    Damage("a row twice", _table(lambda rows: [*rows[:HEAD + 9], rows[HEAD + 8], *rows[HEAD + 9:]]), "twice.*09"),
    Damage("a code that is none", _table(_set(HEAD + 6, 2, "77")), "line 11.*77"),
    Damage("an unknown province", _table(_set(HEAD + 42, 0, "Atlantis")), "twice|differ"),
    Damage("text in a cell", _table(_set(HEAD + 5, 20, "n.a.")), "line 10.*column 21.*n.a."),
    Damage("an empty cell", _table(_set(HEAD + 5, 20, None)), "line 10.*column 21.*None"),
    Damage("unit of ten yuan", _table(lambda rows: _scaled(rows, 1000.0)), "10,000 CNY.*in all"),
    Damage("unit of ten million yuan", _table(lambda rows: _scaled(rows, 0.001)), "10,000 CNY.*in all"),
    Damage("a row a thousandfold",
           _table(lambda rows: _scaled(rows, 1000.0, slice(HEAD, HEAD + 1), slice(3, 3 + CORE))), "CN-HE 01.*TIU"),
    Damage("output changed",
           _table(lambda rows: _scaled(rows, 1.2, slice(HEAD + 7, HEAD + 8), slice(EX + 3, None))),
           "CN-HE 08.*GO"),
    Damage("value added changed", _table(lambda rows: _scaled(rows, 2.0, slice(VA, VA + 1), slice(3, 4))),
           "CN-HE 01.*TVA"),
    Damage("total input changed", _table(lambda rows: _scaled(rows, 1.5, slice(TI, TI + 1), slice(5, 6))),
           "CN-HE 03.*TI"),
)  # fmt: skip


@cases(*DAMAGES)
def test_damage_of_the_table_shows(
    damage: Damage, economy: Economy, copy_of: Callable[[str], Path]
) -> None:
    folder = copy_of(ROLE)
    rewrite = damage.harm(folder)
    assert callable(rewrite)
    rewrite(economy)
    prove(Damage(damage.name, lambda _: None, damage.says), READER, ROLE, folder)


@pytest.mark.parametrize(
    "harm", [emptied, halved, html, noise_bytes], ids=lambda harm: harm.__name__
)
def test_damage_of_the_file_shows(
    harm: Callable[[Path], None], copy_of: Callable[[str], Path]
) -> None:
    folder = copy_of(ROLE)
    prove(Damage("file", lambda f: harm(f / FILE), "Excel workbook|empty"), READER, ROLE, folder)


@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("with_tiu", [False, True])
def test_all_layouts_are_read_alike(
    english: bool, with_tiu: bool, economy: Economy, tmp_path: Path, copy_of: Callable[[str], Path]
) -> None:
    table, listed = sheets(economy, english=english, with_tiu=with_tiu)
    file = tmp_path / "portal.xlsx"
    spare = Sheet("Note", [["CEADs"]])
    write(file, [spare, table, listed])
    found = read(READER, ROLE, [file])
    usual = read(READER, ROLE, [copy_of(ROLE) / FILE])
    keys = ["from_province", "row_code", "to_province", "column_code"]
    without = usual.filter(column_code="TIU").select(keys)
    expected = usual if with_tiu else usual.join(without, on=keys, how="anti")
    assert found.sort(keys).equals(expected.sort(keys))


def test_a_printed_error_column_closes_the_rows_whatever_its_sign(
    economy: Economy, tmp_path: Path
) -> None:
    readings = []
    for sign in (1.0, -1.0):
        table, listed = sheets(economy)
        rows = [list(row) for row in table.rows]
        for row in rows[HEAD : HEAD + CORE]:
            error = 0.02 * row[EX + 3]
            row[EX + 1] -= error  # final use is smaller by what the error column holds
            row[EX + 2] = sign * error
            row[EX] -= error
        write(tmp_path / "book.xlsx", [Sheet(table.name, rows), listed])
        readings.append(read(READER, ROLE, [tmp_path / "book.xlsx"]))
    assert readings[0].equals(readings[1])


def test_of_several_sheets_that_of_the_year_is_read(economy: Economy, tmp_path: Path) -> None:
    table, listed = sheets(economy)
    doubled = [
        [cell * 2.0 if isinstance(cell, float) else cell for cell in row] for row in table.rows
    ]
    others = [
        Sheet(name, doubled) for name in ("Table_2015", "Table_2017_consistent", "English_Version")
    ]
    write(tmp_path / "many.xlsx", [*others, Sheet("Table_2017", table.rows), listed])
    write(tmp_path / "one.xlsx", [table, listed])
    many, one = (read(READER, ROLE, [tmp_path / f"{name}.xlsx"]) for name in ("many", "one"))
    assert many.equals(one)


def test_blank_margins_and_codes_as_numbers_are_read_alike(
    economy: Economy, tmp_path: Path
) -> None:
    table, listed = sheets(economy)
    rows = [list(row) for row in table.rows]
    for row in rows[HEAD : HEAD + CORE]:
        row[2] = int(row[2])
    rows[3] = [int(cell) if cell and cell.isdigit() else cell for cell in rows[3]]
    moved = [[], []] + [[None, *row] for row in rows]
    write(tmp_path / "moved.xlsx", [Sheet(table.name, moved), listed])
    write(tmp_path / "usual.xlsx", [table, listed])
    found, usual = (read(READER, ROLE, [tmp_path / f"{n}.xlsx"]) for n in ("moved", "usual"))
    assert found.equals(usual)


@pytest.mark.parametrize(
    ("name", "is_taken"), [("MRIO_2012.xlsx", False), ("portal-8f3a.xlsx", True)]
)
def test_the_files_name_gives_the_year_where_no_sheet_does(
    name: str, is_taken: bool, economy: Economy, tmp_path: Path
) -> None:
    table, listed = sheets(economy)
    rows = [list(row) for row in table.rows]
    rows[0] = ["multi-regional input-output table, 10,000 CNY"]
    write(tmp_path / name, [Sheet("Table", rows), listed])
    if is_taken:
        assert read(READER, ROLE, [tmp_path / name]).height
        return
    with pytest.raises(InputError, match="of another year") as refused:
        read(READER, ROLE, [tmp_path / name])
    assert refused.value.found == "2012"
    assert "rename the file" in refused.value.remedy

"""Damage done to sound tables by a seeded generator, every kind to every tabular reader, and what came of it.

    python -m tests.synthetic.table_damage

prints the counts that docs/notebook/checks.md states. A kind is done to a text table or to a workbook's cells; the
cell, row or column that it harms is drawn.
"""

from __future__ import annotations

import csv
import io
import random
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl

from tests.synthetic.outcomes import (
    SEED,
    Outcome,
    Table,
    are_counted,
    outcome_of_read,
    report,
    table_of,
)
from warehouse.errors import InputError
from warehouse.sources.figures import figure

OF_DAYS = ("observation", "weather_observation")
"""Roles in which a day that is absent is counted where it matters."""
Rows = list[list[str]]
Change = Callable[[Rows, random.Random], None]


@dataclass(frozen=True)
class Sound:
    """A sound file of a reader: the role and year it is read for, and the files beside it."""

    reader: str
    role: str
    year: int
    file: Path
    encoding: str = "utf-8"

    @property
    def name(self) -> str:
        """Reader and file."""
        return f"{self.reader} {self.file.name}"


# --- Kinds that change the cells of a table: the same for text and workbooks -------------------


def figure_at(rows: Rows, chance: random.Random) -> tuple[int, int]:
    """A cell with a figure, below the heading and right of the names."""
    first = max((at for at, row in enumerate(rows[:14]) if _is_heading(row)), default=0) + 1
    cells = [
        (at, column)
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
        if at >= first and figure(cell) not in (None, 0.0) and _is_measure(rows, column, first)
    ]
    return chance.choice(cells)


def _is_heading(row: Sequence[str]) -> bool:
    return (
        (sum(bool(cell) for cell in row) > 1 and figure(row[-1] or "x") is None)
        or "Region" in row[:1]
        or "地区" in row[:1]
    )


def _is_measure(rows: Rows, column: int, first: int) -> bool:
    """Whether most cells of a column are figures with decimals: codes and years are none."""
    cells = [row[column] for row in rows[first:] if column < len(row) and row[column]]
    return sum("." in cell for cell in cells) * 2 > len(cells)


def _cell(change: Callable[[str], str]) -> Change:
    def harm(rows: Rows, chance: random.Random) -> None:
        at, column = figure_at(rows, chance)
        rows[at][column] = change(rows[at][column])

    return harm


def _whole(text: str) -> str:
    return text.partition(".")[0] or "0"


def _grouped(text: str) -> str:
    return f"{figure(text) or 0.0:,.6f}"


def _full_width(text: str) -> str:
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


def _swap(rows: Rows, chance: random.Random) -> None:
    (a, b), (c, d) = figure_at(rows, chance), figure_at(rows, chance)
    rows[a][b], rows[c][d] = rows[c][d], rows[a][b]


def _row_of(rows: Rows, chance: random.Random) -> int:
    return figure_at(rows, chance)[0]


def _drop_row(rows: Rows, chance: random.Random) -> None:
    del rows[_row_of(rows, chance)]


def _double_row(rows: Rows, chance: random.Random) -> None:
    at = _row_of(rows, chance)
    rows.insert(at, list(rows[at]))


def _shift_row(rows: Rows, chance: random.Random) -> None:
    at, column = figure_at(rows, chance)
    rows[at].insert(column, "")


def _cut_row(rows: Rows, chance: random.Random) -> None:
    at = _row_of(rows, chance)
    rows[at] = rows[at][: max(1, len(rows[at]) // 2)]


def _half(rows: Rows, _chance: random.Random) -> None:
    del rows[len(rows) // 2 + 2 :]


def _title(rows: Rows, _chance: random.Random) -> None:
    rows.insert(0, ["Table 1. As downloaded on 3 March"])


def _blank_columns(rows: Rows, _chance: random.Random) -> None:
    for row in rows:
        row += ["", ""]


def _blank_lines(rows: Rows, _chance: random.Random) -> None:
    width = max(len(row) for row in rows)
    rows += [[""] * width, [""] * width]


def _blank_line_within(rows: Rows, chance: random.Random) -> None:
    rows.insert(_row_of(rows, chance), [""] * max(len(row) for row in rows))


def _first_column_blank(rows: Rows, _chance: random.Random) -> None:
    for row in rows:
        row.insert(0, "")


def _name_misspelt(rows: Rows, chance: random.Random) -> None:
    row = rows[_row_of(rows, chance)]
    at = next(column for column, cell in enumerate(row) if cell and figure(cell) is None)
    row[at] = row[at][:-1] + "?"


def _heading_lost(rows: Rows, chance: random.Random) -> None:
    first = next(at for at, row in enumerate(rows) if sum(map(bool, row)) > 1)
    rows[first][chance.randrange(len(rows[first]))] = "x"


def _column_times(factor: float) -> Change:
    def harm(rows: Rows, chance: random.Random) -> None:
        _, column = figure_at(rows, chance)
        for row in rows:
            if (
                column < len(row)
                and (value := figure(row[column])) is not None
                and "." in row[column]
            ):
                row[column] = repr(value * factor)

    return harm


CELLS: dict[str, Change] = {
    "a cell blank": _cell(lambda _: ""),
    "a cell -": _cell(lambda _: "-"),
    "a cell …": _cell(lambda _: "…"),
    "a cell #REF!": _cell(lambda _: "#REF!"),
    "a cell #DIV/0!": _cell(lambda _: "#DIV/0!"),
    "a cell with text": _cell(lambda text: f"ca. {text}"),
    "a cell in percent": _cell(lambda text: f"{text}%"),
    "a cell with a decimal comma": _cell(lambda text: f"{_whole(text)},2"),
    "a cell with groups of thousands": _cell(_grouped),
    "a cell in full-width digits": _cell(_full_width),
    "a cell with its unit": _cell(lambda text: f"{text}万吨"),
    "a cell with a footnote": _cell(lambda text: f"{text}²"),
    "a cell negative": _cell(lambda text: f"-{text}"),
    "a cell times 1000": _cell(lambda text: repr(1000 * (figure(text) or 0.0))),
    "a cell times 1e12": _cell(lambda text: repr(1e12 * (figure(text) or 0.0))),
    "two cells swapped": _swap,
    "a column times 1000": _column_times(1000.0),
    "a row lost": _drop_row,
    "a row twice": _double_row,
    "a row shifted": _shift_row,
    "a row cut": _cut_row,
    "half of the table lost": _half,
    "a title above": _title,
    "blank columns behind": _blank_columns,
    "blank lines behind": _blank_lines,
    "a blank line within": _blank_line_within,
    "a blank column before": _first_column_blank,
    "a name misspelt": _name_misspelt,
    "a heading lost": _heading_lost,
}

# --- Kinds that change how a text is written ----------------------------------------------------


def _text(rows: Rows, separator: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator="\r\n").writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def _european(rows: Rows) -> Rows:
    return [
        [cell.replace(".", ",") if figure(cell) is not None else cell for cell in row]
        for row in rows
    ]


TEXTS: dict[str, Callable[[Rows], bytes]] = {
    "UTF-16": lambda rows: _text(rows).encode("utf-16"),
    "UTF-16 with tabs": lambda rows: _text(rows, "\t").encode("utf-16"),
    "GB18030": lambda rows: _text(rows).encode("gb18030"),
    "a byte order mark": lambda rows: _text(rows).encode("utf-8-sig"),
    "semicolons": lambda rows: _text(rows, ";").encode(),
    "semicolons and decimal commas": lambda rows: _text(_european(rows), ";").encode(),
    "all cells in quotes": lambda rows: _text(rows, quoting=csv.QUOTE_ALL).encode(),
    "line ends of old Macs": lambda rows: _text(rows).replace("\r\n", "\r").encode(),
    "a web page": lambda _: b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "cut within a line": lambda rows: _text(rows).encode()[: len(_text(rows).encode()) * 2 // 3],
    "bytes of zero": lambda rows: _text(rows).encode().replace(b"1", b"\x00", 40),
    "a quote that never ends": lambda rows: _text(rows).encode() + b'"x,1\r\n',
    "a workbook's bytes": lambda _: b"PK\x03\x04" + bytes(200),
}

# --- Kinds that change a workbook ----------------------------------------------------------------


def _sheets(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path)


def _figure_cell(book: openpyxl.Workbook, chance: random.Random) -> openpyxl.cell.cell.Cell:
    sheet = next(each for each in book.worksheets if any(_numbers(each)))
    return chance.choice(list(_numbers(sheet)))


def _numbers(sheet: openpyxl.worksheet.worksheet.Worksheet) -> Iterator[openpyxl.cell.cell.Cell]:
    for row in sheet.iter_rows(min_row=4, min_col=2):
        for cell in row:
            if isinstance(cell.value, float) and cell.value:
                yield cell


def _formula(book: openpyxl.Workbook, chance: random.Random) -> None:
    _figure_cell(book, chance).value = "=1+2"


def _error(book: openpyxl.Workbook, chance: random.Random) -> None:
    _figure_cell(book, chance).value = "#REF!"


def _merged(book: openpyxl.Workbook, chance: random.Random) -> None:
    cell = _figure_cell(book, chance)
    assert cell.parent is not None
    cell.parent.merge_cells(
        start_row=cell.row, end_row=cell.row + 1, start_column=cell.column, end_column=cell.column
    )


def _hidden_before(book: openpyxl.Workbook, chance: random.Random) -> None:
    old = book.copy_worksheet(_figure_cell(book, chance).parent)
    old.title, old.sheet_state = "old", "hidden"
    for cell in _numbers(old):
        cell.value = 2.5 * cell.value
    book.move_sheet(old, -len(book.worksheets) + 1)


def _notes_before(book: openpyxl.Workbook, _chance: random.Random) -> None:
    book.create_sheet("notes", 0)["A1"] = "Written by hand"


BOOKS: dict[str, Callable[[openpyxl.Workbook, random.Random], None]] = {
    "a formula never computed": _formula,
    "an error of Excel": _error,
    "merged cells": _merged,
    "a hidden sheet before": _hidden_before,
    "a sheet of notes before": _notes_before,
}


def _written_rows(sound: Sound, change: Change, chance: random.Random) -> None:
    if sound.file.suffix == ".csv":
        rows = list(
            csv.reader(io.StringIO(sound.file.read_bytes().decode(sound.encoding), newline=""))
        )
        change(rows, chance)
        sound.file.write_bytes(_text(rows).encode(sound.encoding))
        return
    book = _sheets(sound.file)
    sheet = next(each for each in book.worksheets if any(_numbers(each)))
    values = [[cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    rows = [["" if cell is None else str(cell) for cell in row] for row in values]
    change(rows, chance)
    sheet.delete_rows(1, sheet.max_row)
    for row in rows:
        sheet.append([_typed(cell) for cell in row])
    book.save(sound.file)


def _typed(cell: str) -> object:
    value = None if "," in cell else figure(cell) if cell.isascii() else None
    return value if value is not None else cell or None


def kinds_of(sound: Sound) -> list[str]:
    """The kinds that can be done to a file."""
    return [*CELLS, *(TEXTS if sound.file.suffix == ".csv" else BOOKS)]


def harmed(sound: Sound, kind: str, chance: random.Random, changes: Mapping[str, Change]) -> None:
    """Do one damage to the file. changes: the kinds that change its cells."""
    if kind in changes:
        _written_rows(sound, changes[kind], chance)
    elif kind in TEXTS:
        text = sound.file.read_bytes().decode(sound.encoding)
        sound.file.write_bytes(TEXTS[kind](list(csv.reader(io.StringIO(text, newline="")))))
    else:
        book = _sheets(sound.file)
        BOOKS[kind](book, chance)
        book.save(sound.file)


def read(sound: Sound) -> Table:
    """The table of the file's folder."""
    return table_of(sound.reader, sound.role, sound.year, sorted(sound.file.parent.iterdir()))


def outcome_of(
    sound: Sound, before: Table, kind: str, folder: Path, changes: Mapping[str, Change] = CELLS
) -> Outcome:
    """Copy the sound file's folder, harm it, read it."""
    place = folder / f"{sound.reader}-{zlib.crc32(f'{sound.name} {kind}'.encode())}"
    shutil.copytree(sound.file.parent, place)
    mine = replace(sound, file=place / sound.file.name)
    try:
        harmed(mine, kind, random.Random(f"{SEED} {sound.name} {kind}"), changes)
        told = are_counted if sound.role in OF_DAYS else None
        found, _ = outcome_of_read(before, lambda: read(mine), (InputError,), told=told)
        return Outcome(sound.name, kind, found)
    finally:
        shutil.rmtree(place)


def outcomes(
    sounds: Sequence[Sound],
    folder: Path,
    kinds: Sequence[str] = (),
    changes: Mapping[str, Change] = CELLS,
) -> list[Outcome]:
    """The kinds done to every file; all that can be done where none is named."""
    return [
        outcome_of(sound, before, kind, folder, changes)
        for sound in sounds
        for before in [read(sound)]
        for kind in kinds or kinds_of(sound)
    ]


def main() -> None:
    """Print the counts and the silent ones."""
    from tests.synthetic.sound_tables import sound_tables

    with tempfile.TemporaryDirectory() as folder:
        found = outcomes(sound_tables(Path(folder) / "sound"), Path(folder))
    for line in report(found, "tables"):
        print(line)


if __name__ == "__main__":
    sys.exit(main())

"""What is done to an ESRI ASCII grid: six lines of heading, a line a row of cells from the north."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.synthetic.container_kinds import Change

Rows = list[list[str]]
NO_DATA = "-9999"


@dataclass
class TextGrid:
    """A grid: its heading as it is written, and its cells as texts."""

    head: dict[str, str]
    rows: Rows
    between: str = " "
    line: str = "\n"
    start: str = ""
    blanks: list[int] = field(default_factory=list)
    """Rows before which a blank line stands."""

    @classmethod
    def read(cls, text: str) -> TextGrid:
        """A sound grid."""
        lines = text.splitlines()
        head = dict(line.split() for line in lines[:6])
        return cls(head, [line.split() for line in lines[6:]])

    def text(self) -> str:
        """As it is written."""
        lines = [f"{name} {value}" for name, value in self.head.items()]
        for at, row in enumerate(self.rows):
            lines += [""] * (at in self.blanks) + [self.between.join(row)]
        return self.start + self.line.join(lines) + self.line


def _grid(change: Callable[[TextGrid, random.Random], None]) -> Change:
    def harm(content: bytes, chance: random.Random) -> bytes:
        grid = TextGrid.read(content.decode("ascii"))
        change(grid, chance)
        return grid.text().encode()

    return harm


def _head(**values: str) -> Change:
    return _grid(lambda grid, _: grid.head.update(values))


def _is_full(cell: str) -> bool:
    return cell != NO_DATA and float(cell) != 0


def _somewhere(grid: TextGrid, chance: random.Random) -> tuple[int, int]:
    """A cell with a figure above zero."""
    rows = [at for at, row in enumerate(grid.rows) if any(map(_is_full, row))]
    at = chance.choice(rows)
    return at, chance.choice([n for n, cell in enumerate(grid.rows[at]) if _is_full(cell)])


def _cell(change: Callable[[str], str]) -> Change:
    def harm(grid: TextGrid, chance: random.Random) -> None:
        at, column = _somewhere(grid, chance)
        grid.rows[at][column] = change(grid.rows[at][column])

    return _grid(harm)


def _cells(change: Callable[[str], str]) -> Change:
    """Every cell with a figure."""

    def harm(grid: TextGrid, _chance: random.Random) -> None:
        grid.rows = [
            [change(cell) if _is_full(cell) else cell for cell in row] for row in grid.rows
        ]

    return _grid(harm)


def _empty(text: str) -> Callable[[TextGrid], None]:
    """Every cell without data is written as the text."""

    def harm(grid: TextGrid) -> None:
        grid.rows = [[text if cell == NO_DATA else cell for cell in row] for row in grid.rows]

    return harm


def _fill(stated: str, text: str) -> Change:
    """Another value for no data, in the heading and in the cells."""

    def harm(grid: TextGrid, _chance: random.Random) -> None:
        grid.head["NODATA_value"] = stated
        _empty(text)(grid)

    return _grid(harm)


def _exchanged(grid: TextGrid, _chance: random.Random) -> None:
    head = grid.head
    head["ncols"], head["nrows"] = head["nrows"], head["ncols"]


def _transposed(grid: TextGrid, chance: random.Random) -> None:
    _exchanged(grid, chance)
    grid.rows = [list(column) for column in zip(*grid.rows, strict=True)]


def _centre(grid: TextGrid, _chance: random.Random) -> None:
    """The corner's cell given by its centre, as ESRI allows."""
    half = float(grid.head["cellsize"]) / 2
    grid.head = {
        name.replace("corner", "center"): f"{float(value) + half:g}" if "corner" in name else value
        for name, value in grid.head.items()
    }


def _corner_of_centre(grid: TextGrid, _chance: random.Random) -> None:
    half = float(grid.head["cellsize"]) / 2
    for name in ("xllcorner", "yllcorner"):
        grid.head[name] = f"{float(grid.head[name]) + half:g}"


def _renamed(change: Callable[[str], str]) -> Change:
    def harm(grid: TextGrid, _chance: random.Random) -> None:
        grid.head = {change(name): value for name, value in grid.head.items()}

    return _grid(harm)


def _head_reversed(grid: TextGrid, _chance: random.Random) -> None:
    grid.head = dict(reversed(grid.head.items()))


def _head_lost(grid: TextGrid, _chance: random.Random) -> None:
    del grid.head["NODATA_value"]


def _row_where(change: Callable[[Rows, int], None]) -> Change:
    """A row within China changed in the list of rows."""
    return _grid(lambda grid, chance: change(grid.rows, _somewhere(grid, chance)[0]))


def _row_lost(rows: Rows, at: int) -> None:
    del rows[at]


def _row_twice(rows: Rows, at: int) -> None:
    rows.insert(at, list(rows[at]))


def _row_moved(rows: Rows, _at: int) -> None:
    """The first row at the end: all others one cell to the north."""
    rows.append(rows.pop(0))


def _cells_moved(rows: Rows, _at: int) -> None:
    """All cells one to the west."""
    for row in rows:
        row.append(row.pop(0))


def _row_short(rows: Rows, at: int) -> None:
    del rows[at][-1]


def _row_long(rows: Rows, at: int) -> None:
    rows[at].append("0")


def _folded(grid: TextGrid, _chance: random.Random) -> None:
    """Rows broken over two lines, which ESRI allows."""
    grid.rows = [part for row in grid.rows for part in (row[: len(row) // 2], row[len(row) // 2 :])]


def _blank_lines(grid: TextGrid, _chance: random.Random) -> None:
    grid.blanks = list(range(0, len(grid.rows), 7))


def _written(**how: str) -> Change:
    def harm(grid: TextGrid, _chance: random.Random) -> None:
        for name, value in how.items():
            setattr(grid, name, value)

    return _grid(harm)


def _turned(rows: Rows, _at: int) -> None:
    rows.reverse()


def _mirrored(rows: Rows, _at: int) -> None:
    for row in rows:
        row.reverse()


TEXT_GRIDS: dict[str, Change] = {
    "ncols and nrows exchanged": _grid(_exchanged),
    "rows and columns exchanged": _grid(_transposed),
    "cellsize in minutes": _grid(
        lambda grid, _: grid.head.update(cellsize=f"{60 * float(grid.head['cellsize']):g}")
    ),
    "cellsize twice as large": _grid(
        lambda grid, _: grid.head.update(cellsize=f"{2 * float(grid.head['cellsize']):g}")
    ),
    "cellsize zero": _head(cellsize="0"),
    "cellsize NaN": _head(cellsize="nan"),
    "ncols of thousands of millions": _head(ncols="100000000000"),
    "ncols negative": _head(ncols="-720"),
    "ncols infinite": _head(ncols="inf"),
    "the corner by its centre": _grid(_centre),
    "the corner's figures those of a centre": _grid(_corner_of_centre),
    "the corner in the other hemisphere": _head(xllcorner="0"),
    "a line of the heading lost": _grid(_head_lost),
    "a line of the heading twice": lambda content, _: b"ncols 9\n" + content,
    "the heading in capitals": _renamed(str.upper),
    "the heading in reverse": _grid(_head_reversed),
    "a decimal comma in the heading": _grid(
        lambda grid, _: grid.head.update(cellsize=grid.head["cellsize"].replace(".", ","))
    ),
    "another NODATA_value, the cells as before": _head(NODATA_value="-1"),
    "NODATA_value 0, the cells as before": _head(NODATA_value="0"),
    "another NODATA_value, in the cells too": _fill("-32768", "-32768"),
    "NODATA_value 0, in the cells too": _fill("0", "0"),
    "NODATA_value NaN, in the cells too": _fill("nan", "nan"),
    "cells without data blank": _grid(lambda grid, _: _empty("")(grid)),
    "decimal commas": _cells(lambda cell: cell.replace(".", ",")),
    "figures with exponents": _cells(lambda cell: f"{float(cell):.9e}"),
    "exponents of Fortran": _cells(lambda cell: f"{float(cell):.9e}".replace("e", "D")),
    "a row short by a cell": _row_where(_row_short),
    "a row long by a cell": _row_where(_row_long),
    "a row lost": _row_where(_row_lost),
    "a row twice": _row_where(_row_twice),
    "rows in reverse": _row_where(_turned),
    "columns in reverse": _row_where(_mirrored),
    "rows one to the north": _row_where(_row_moved),
    "columns one to the west": _row_where(_cells_moved),
    "rows over two lines": _grid(_folded),
    "blank lines between": _grid(_blank_lines),
    "tabs between cells": _written(between="\t"),
    "semicolons between cells": _written(between=";"),
    "line ends of Windows": _written(line="\r\n"),
    "line ends of old Macs": _written(line="\r"),
    "a byte order mark": _written(start="\N{ZERO WIDTH NO-BREAK SPACE}"),
    "a remark above": _written(start="# as downloaded\n"),
    "UTF-16": lambda content, _: content.decode().encode("utf-16"),
    "a cell negative": _cell(lambda cell: f"-{cell}"),
    "a cell NaN": _cell(lambda _: "nan"),
    "a cell infinite": _cell(lambda _: "inf"),
    "a cell with text": _cell(lambda _: "n/a"),
    "a cell times 1000": _cell(lambda cell: f"{1000 * float(cell):g}"),
    "a cell without data": _cell(lambda _: NO_DATA),
    "cells times 1000": _cells(lambda cell: f"{1000 * float(cell):g}"),
    "cells times 0.001": _cells(lambda cell: f"{float(cell) / 1000:g}"),
    "cells negative": _cells(lambda cell: f"-{cell}"),
    "figures as whole numbers": _cells(lambda cell: f"{float(cell):.0f}"),
}  # fmt: skip

"""Damage done to sound files of stations, cities and weather tables by a seeded generator, and what came of it.

    python -m tests.synthetic.air_damage

prints the counts that docs/notebook/checks.md states. Beside the kinds of ``table_damage`` there are those of
days, hours and places.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.synthetic.outcomes import report
from tests.synthetic.table_damage import CELLS, TEXTS, Change, Rows, figure_at, outcomes
from warehouse.sources.figures import figure

_DATE = re.compile(r"^(\d{4})[-/]?(\d{2})[-/]?(\d{2})(.*)$")


def _dates(write: Callable[[int, int, int, str], str]) -> Change:
    """Every day of the table written otherwise: year, month, day, and what follows."""

    def harm(rows: Rows, _chance: random.Random) -> None:
        column = _date_column(rows)
        for row in rows[1:]:
            if match := _DATE.match(row[column]):
                year, month, day = (int(match[at]) for at in (1, 2, 3))
                row[column] = write(year, month, day, match[4])

    return harm


def _date_column(rows: Rows) -> int:
    return next(at for at, cell in enumerate(rows[1]) if _DATE.match(cell) and len(cell) >= 8)


def _excel_day(year: int, month: int, day: int, _rest: str) -> str:
    from datetime import date

    return str((date(year, month, day) - date(1899, 12, 30)).days)


def _day_lost(rows: Rows, chance: random.Random) -> None:
    column = _date_column(rows)
    days = sorted({row[column] for row in rows[1:]})
    gone = chance.choice(days[1:-1] or days)
    rows[1:] = [row for row in rows[1:] if row[column] != gone]


def _rows_lost(rows: Rows, chance: random.Random) -> None:
    rows[1:] = [row for row in rows[1:] if chance.random() > 0.1]


def _rows_twice(rows: Rows, _chance: random.Random) -> None:
    rows += [list(row) for row in rows[-len(rows) // 3 :]]


def _rows_twice_revised(rows: Rows, chance: random.Random) -> None:
    at, column = figure_at(rows, chance)
    revised = list(rows[at])
    revised[column] = repr(1.1 * (figure(revised[column]) or 1.0))
    rows.append(revised)


def _columns_shifted(rows: Rows, chance: random.Random) -> None:
    """Headings of the figures one place to the right of theirs."""
    _, column = figure_at(rows, chance)
    first = next(at for at, cell in enumerate(rows[1]) if "." in cell)
    del column
    rows[0][first:] = [rows[0][-1], *rows[0][first:-1]]


def _column_twice(rows: Rows, chance: random.Random) -> None:
    _, column = figure_at(rows, chance)
    for row in rows:
        row.append(row[column])


def _cells(text: str, share: float) -> Change:
    """A share of the figures replaced by a text."""

    def harm(rows: Rows, chance: random.Random) -> None:
        first = next(at for at, cell in enumerate(rows[1]) if "." in cell)
        for row in rows[1:]:
            for at in range(first, len(row)):
                if chance.random() < share:
                    row[at] = text

    return harm


def _hours_from_one(rows: Rows, _chance: random.Random) -> None:
    if "hour" in rows[0]:
        at = rows[0].index("hour")
        for row in rows[1:]:
            row[at] = str(int(row[at]) + 1)
        return
    column = _date_column(rows)
    for row in rows[1:]:
        if " " in row[column]:
            day, _, clock = row[column].partition(" ")
            row[column] = f"{day} {int(clock[:2]) + 1:02d}{clock[2:]}"


def _stuck(rows: Rows, chance: random.Random) -> None:
    _, column = figure_at(rows, chance)
    for row in rows[1:]:
        row[column] = rows[1][column]


DAYS: dict[str, Change] = {
    "days as D/M/Y": _dates(lambda y, m, d, rest: f"{d:02d}/{m:02d}/{y}{rest}"),
    "days as M/D/Y": _dates(lambda y, m, d, rest: f"{m}/{d}/{y}{rest}"),
    "days as D.M.Y": _dates(lambda y, m, d, rest: f"{d}.{m}.{y}{rest}"),
    "days as Excel's numbers": _dates(_excel_day),
    "days of two digits of the year": _dates(lambda y, m, d, rest: f"{y % 100}-{m}-{d}{rest}"),
    "days with a clock time": _dates(lambda y, m, d, rest: f"{y}-{m:02d}-{d:02d}{rest or ' 00:00:00'}"),
    "days that no month has": _dates(lambda y, m, d, rest: f"{y}-{m:02d}-{d + 30:02d}{rest}"),
    "a day lost": _day_lost,
    "a tenth of the rows lost": _rows_lost,
    "a third of the rows twice": _rows_twice,
    "a row twice with another figure": _rows_twice_revised,
    "hours from 1 to 24": _hours_from_one,
    "headings shifted by one": _columns_shifted,
    "a column twice": _column_twice,
    "a third of the cells 0.00": _cells("0.00", 0.33),
    "a third of the cells 0": _cells("0", 0.33),
    "a twentieth of the cells 0": _cells("0", 0.05),
    "a twentieth of the cells -99": _cells("-99", 0.05),
    "a twentieth of the cells -999": _cells("-999.0", 0.05),
    "a twentieth of the cells 9999": _cells("9999", 0.05),
    "a twentieth of the cells —": _cells("\N{EM DASH}", 0.05),
    "a twentieth of the cells NA": _cells("NA", 0.05),
    "a twentieth of the cells NaN": _cells("NaN", 0.05),
    "a twentieth of the cells blank": _cells("", 0.05),
    "a twentieth of the cells <LOD": _cells("<2.0", 0.05),
    "a twentieth of the cells with a mark": _cells("35.2H", 0.05),
    "one value throughout": _stuck,
}  # fmt: skip
KINDS: dict[str, Change] = {**CELLS, **DAYS}


def main() -> None:
    """Print the counts and the silent ones."""
    from tests.synthetic.sound_air import sound_air

    with tempfile.TemporaryDirectory() as folder:
        sounds = sound_air(Path(folder) / "sound")
        found = outcomes(sounds, Path(folder), (*KINDS, *TEXTS), KINDS)
    for line in report(found, "files"):
        print(line)


if __name__ == "__main__":
    sys.exit(main())

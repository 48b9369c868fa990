"""What a figure and a page are, and how a figure looks for each choice of its reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from atlas.made_up import said_of
from atlas.tables import Record, Rows

Plot = dict[str, Any]
Chosen = Mapping[str, str]
Draw = Callable[[Rows, Chosen], Plot]
Find = Callable[[Rows, Chosen], str]
"""A sentence: what the chosen rows say."""


@dataclass(frozen=True)
class Choice:
    """One option of a select: its value and what the reader sees."""

    value: str
    label: str


@dataclass(frozen=True)
class Select:
    """A choice that the reader has.

    options: the choices the rows allow.  column: the rows' column that it filters; None: it changes
    what is drawn of them.  default: the value chosen first; otherwise the first option.
    """

    name: str
    label: str
    options: Callable[[Rows], tuple[Choice, ...]]
    column: str | None = None
    default: str | None = None

    def first(self, options: tuple[Choice, ...]) -> str:
        """The value chosen before the reader chooses."""
        values = [option.value for option in options]
        return self.default if self.default in values else values[0]


@dataclass(frozen=True)
class Told:
    """What a page says of its subject. facts: question, value, sentence.  notes: what a reader must know of it."""

    finding: str
    facts: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...] = ()


Tell = Callable[[Rows, Chosen], Told]


@dataclass(frozen=True)
class Figure:
    """A figure or table of a page.

    name: for `tradeplume plot` and files.  sql: the query of its rows.  reads: what it shows and how to
    read it.  basis: what of it is measured and what is estimated.  draw: rows and choices to a
    Plotly figure; None: a table.  live: the page's script draws it from the rows (`draw` does the same
    here).  split_by: a select whose choices are files of their own, loaded when chosen.
    height: pixels.  wide: may be wider than a phone, and scrolls there.
    finding: the title as a sentence of the chosen rows; empty: the usual title.  tell: facts in words, in place of
    a drawing.  absent: why a choice may have no rows; empty: a page of one place leaves the figure out.
    explains: a sentence on the choice, beside `reads`.
    """

    name: str
    title: str
    sql: str
    reads: str
    basis: str
    draw: Draw | None = None
    selects: tuple[Select, ...] = ()
    live: bool = False
    split_by: str | None = None
    height: int = 460
    wide: bool = False
    finding: Find | None = None
    tell: Tell | None = None
    absent: str = "No rows for this choice."
    explains: Callable[[Chosen], str] | None = None

    @property
    def is_table(self) -> bool:
        """Whether its rows are shown as they are."""
        return self.draw is None and self.tell is None


@dataclass(frozen=True)
class Page:
    """One question and its figures. note: said above all figures.

    subject: the select that all its figures share, for a page of one place at a time; None for a page of all.
    subject_leaves_out: values of the rows that are not a subject, such as sums.
    """

    name: str
    title: str
    question: str
    figures: tuple[Figure, ...]
    note: str = ""
    subject: Select | None = None
    subject_leaves_out: frozenset[str] = frozenset()


def choices(figure: Figure, rows: Rows) -> dict[str, tuple[Choice, ...]]:
    """The options of every select of a figure."""
    return {select.name: select.options(rows) for select in figure.selects}


def defaults(figure: Figure, rows: Rows) -> dict[str, str]:
    """What is chosen first."""
    options = choices(figure, rows)
    return {select.name: select.first(options[select.name]) for select in figure.selects}


def chosen_rows(figure: Figure, rows: Rows, chosen: Chosen) -> Rows:
    """The rows that a choice leaves."""
    filters = {s.column: chosen[s.name] for s in figure.selects if s.column}
    key = tuple(filters.values())
    return rows.split(list(filters)).get(key, Rows(rows.columns, ())) if filters else rows


def states(figure: Figure, rows: Rows, edition: str = "") -> dict[str, Plot]:
    """The figure for every combination of choices, by their values joined by ``|``.

    edition: whose rows they are; titles of one of synthetic files say that they are made up.
    """
    if figure.is_table or figure.live:
        return {}
    options = choices(figure, rows)
    names = [select.name for select in figure.selects]
    columns = {select.name: select.column for select in figure.selects if select.column}
    parts = rows.split(list(columns.values()))
    plots: dict[str, Plot] = {}
    for values in product(*[[option.value for option in options[name]] for name in names]):
        chosen = dict(zip(names, values, strict=True))
        part = parts.get(tuple(chosen[name] for name in columns))
        if part is not None:
            plots["|".join(values)] = _state(figure, part, chosen, edition)
    return plots


def _state(figure: Figure, part: Rows, chosen: Chosen, edition: str) -> Plot:
    if figure.tell is not None:
        return asdict(figure.tell(part, chosen))
    if figure.draw is None:
        raise ValueError(f"{figure.name} is a table: it has no states")
    plot = figure.draw(part, chosen)
    found = figure.finding(part, chosen) if figure.finding else ""
    explained = figure.explains(chosen) if figure.explains else ""
    said = {"finding": said_of(edition, found) if found else "", "explains": explained}
    return {**plot, **{key: text for key, text in said.items() if text}}


def fixed(*pairs: tuple[str, str]) -> Callable[[Rows], tuple[Choice, ...]]:
    """Options that do not depend on the rows: pairs of value and label."""
    return lambda _: tuple(Choice(value, label) for value, label in pairs)


def column_options(
    column: str, label: str | None = None, *, first: str | None = None, ordered: bool = True
) -> Callable[[Rows], tuple[Choice, ...]]:
    """The values of a column, named by another; sorted by name, with one of them first."""

    def options(rows: Rows) -> tuple[Choice, ...]:
        names = {str(row[column]): _named(row, label or column) for row in rows}
        found = [Choice(value, name) for value, name in names.items()]
        if ordered:
            found.sort(key=lambda choice: choice.label)
        return tuple(sorted(found, key=lambda choice: choice.value != first))

    return options


def _named(row: Record, column: str) -> str:
    """The text of a column; a name with the Chinese one beside where the rows have it."""
    chinese = row.get("name_zh") if column == "name" else None
    return f"{row[column]} {chinese}" if chinese else str(row[column])


POLLUTANTS = {
    "APE": "All particles (APE index)",
    "SO2": "Sulfur dioxide (SO2)",
    "NOx": "Nitrogen oxides (NOx)",
    "CO": "Carbon monoxide (CO)",
    "NH3": "Ammonia (NH3)",
    "BC": "Black carbon",
    "OC": "Organic carbon",
    "PM25_other": "Other primary PM2.5",
}


def _pollutants(rows: Rows) -> tuple[Choice, ...]:
    found = [str(code) for code in rows.distinct("pollutant")]
    known = [code for code in POLLUTANTS if code in found]
    others = sorted(set(found) - set(known))
    return tuple(Choice(code, POLLUTANTS.get(code, code)) for code in (*known, *others))


POLLUTANT = Select("pollutant", "Pollutant", _pollutants, column="pollutant")
"""The select that most figures have."""

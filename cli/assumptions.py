"""What an edition file can assume: the table of warehouse/assumptions.py for people."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.assumptions import ASSUMPTIONS, CODES

COLUMNS = ("assumption", "default", "allowed", "unit", "kinds of edition", "what it says")
CODE_COLUMNS = ("code", "what it says")


def rows() -> list[tuple[str, ...]]:
    """A row an assumption, as COLUMNS; texts may hold Markdown's backticks."""
    return [
        (
            entry.name,
            entry.default_text,
            entry.allowed,
            entry.unit,
            ", ".join(entry.kinds),
            entry.description,
        )
        for entry in ASSUMPTIONS.values()
    ]


def code_rows() -> list[tuple[str, str]]:
    """A row a code, as CODE_COLUMNS."""
    return [*CODES.items()]


def print_assumptions(console: Console) -> None:
    """Print both tables."""
    for columns, found in ((COLUMNS, rows()), (CODE_COLUMNS, code_rows())):
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in found:
            table.add_row(*(escape(text.replace("`", "")) for text in row))
        console.print(table)
        console.print()

"""Where the commands print."""

from __future__ import annotations

from rich.console import Console


def console_of() -> Console:
    """The console: as wide as the terminal, and wide enough for tables in a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=160)

"""Where the commands print, and what they say when they are stopped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C ended, as shells know it."""


def console_of() -> Console:
    """The console: as wide as the terminal, and wide enough for tables in a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=160)


@contextmanager
def stopping() -> Iterator[None]:
    """End a run on Ctrl-C with one sentence."""
    try:
        yield
    except KeyboardInterrupt:
        print("\nStopped. Finished steps are kept: the same command goes on.", file=sys.stderr)
        sys.exit(INTERRUPTED)

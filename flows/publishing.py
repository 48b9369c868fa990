"""Publishing as commands and flows do it: the marts of all editions, and what compares them."""

from __future__ import annotations

from pathlib import Path

from warehouse.home import Home, WorkingFile
from warehouse.publish import Release, publish


def publish_home(home: Home, own: WorkingFile | None = None) -> Release:
    """Publish all complete working files, with what changed between the years of every two editions.

    own: the working file that the caller has locked.  Raises what warehouse.publish.publish raises.
    """
    return publish(home, own, add=_changes)


def _changes(draft: Path, earlier: Path | None) -> dict[str, int]:
    from steps.change import write_changes

    return write_changes(draft, earlier)

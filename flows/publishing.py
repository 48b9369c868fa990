"""Publishing as commands and flows do it: the marts of all editions, and what compares them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from expectations.changes import judge_changes
from warehouse.errors import GateFailed
from warehouse.home import Home, WorkingFile
from warehouse.publish import Release, publish


def publish_home(
    home: Home, own: WorkingFile | None = None, *, to_follow: Collection[str] = ()
) -> Release:
    """Publish all complete working files, with what changed between the years of every two editions.

    own: the working file that the caller has locked.  to_follow: marts still to be made.
    Raises what warehouse.publish.publish raises, and GateFailed
    when what compares two years does not add up; the file published before is then as it was.
    """
    return publish(home, own, add=_changes, to_follow=to_follow)


def _changes(draft: Path, earlier: Path | None) -> dict[str, int]:
    from steps.change import write_changes

    rows = write_changes(draft, earlier)
    if failed := [check for check in judge_changes(draft) if not check.passed]:
        raise GateFailed(
            "What changed between two years does not add up: "
            + "; ".join(f"{check.check_name} ({check.detail})" for check in failed),
            remedy="Please report it. `tradeplume run --force` computes the editions again.",
        )
    return rows

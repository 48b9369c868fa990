"""The step that writes the atlas, after publishing."""

from __future__ import annotations

from atlas.write import is_written, write_atlas
from flows.engine import Context, Step, StepReport

CODE = ("atlas/*.py", "atlas/pages/*.py", "atlas/sql/*.sql", "atlas/templates/*", "atlas/assets/*")


def atlas_step() -> Step:
    """Pages and figures for people, from what was just published."""
    return Step(
        "atlas",
        "pages and figures for people",
        _write,
        code=CODE,
        is_in_place=lambda context: is_written(context.home),
    )


def _write(context: Context) -> StepReport:
    written = write_atlas(context.home)
    return StepReport(written.pages, written.lines())

"""The steps after publishing: what lies beside the published file, made from it alone."""

from __future__ import annotations

from collections.abc import Collection

from atlas.write import is_written, write_atlas
from flows.engine import Context, Step, StepReport
from flows.steps import PUBLISHED
from warehouse.fingerprint import REPOSITORY, file_parts, module_parts
from warehouse.parquet import are_current, write_copies

# What the pages are made of beside code.
ATLAS_FILES = ("sql/*.sql", "templates/*", "assets/*")


def beside_steps() -> tuple[Step, ...]:
    """The steps that follow publishing, whatever the kind of edition."""
    return (
        Step(
            "parquet",
            "the same tables as Parquet files",
            _parquet,
            reads=(PUBLISHED,),
            parts=lambda _: module_parts(["warehouse.parquet"]),
            is_in_place=lambda context: are_current(context.home),
        ),
        Step(
            "atlas",
            "pages and figures for people",
            _atlas,
            reads=(PUBLISHED,),
            parts=lambda _: {**module_parts(["atlas.write"]), **_atlas_files()},
            is_in_place=lambda context: is_written(context.home),
        ),
    )


def _parquet(context: Context, _: Collection[str] | None = None) -> StepReport:
    copies = write_copies(context.home)
    return StepReport(len(copies.written), copies.lines())


def _atlas(context: Context, _: Collection[str] | None = None) -> StepReport:
    written = write_atlas(context.home)
    return StepReport(written.pages, written.lines())


def _atlas_files() -> dict[str, str]:
    folder = REPOSITORY / "atlas"
    return file_parts(sorted(path for pattern in ATLAS_FILES for path in folder.glob(pattern)))

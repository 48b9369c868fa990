"""The steps after publishing: what lies beside the published file, made from it alone."""

from __future__ import annotations

from flows.atlas import atlas_step
from flows.engine import Context, Step, StepReport
from warehouse.parquet import are_current, write_copies


def beside_steps() -> tuple[Step, ...]:
    """The steps that follow publishing, whatever the kind of edition."""
    return (
        Step(
            "parquet",
            "the same tables as Parquet files",
            _parquet,
            code=("warehouse/parquet.py",),
            is_in_place=lambda context: are_current(context.home),
        ),
        atlas_step(),
    )


def _parquet(context: Context) -> StepReport:
    copies = write_copies(context.home)
    return StepReport(len(copies.written), copies.lines())

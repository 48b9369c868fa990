"""The linked table made again under another assumption, on a copy of the working file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flows.engine import Context, Quiet, Step, plan, run_plan
from steps.sensitivity import VARIANTS, Variant
from steps.uncertainty_inputs import Drive, read_drive
from warehouse.database import connect
from warehouse.dbt import DbtProject
from warehouse.scratch import scratch
from warehouse.tables import Tables

LAST_STEP = "linked"


def relink_all(context: Context, steps: Sequence[Step]) -> dict[Variant, Drive]:
    """What exports drive under every variant of an assumption that the edition makes otherwise.

    steps: those of the edition, in order.  The working file is only copied.
    """
    found = {}
    for variant in VARIANTS:
        own = context.edition.assumptions.get(variant.parameter)
        if own is None or own == variant.value:
            continue
        with scratch("variant", context.home.work) as folder:
            found[variant] = _relink(context, variant, steps, folder)
    return found


def _relink(context: Context, variant: Variant, steps: Sequence[Step], folder: Path) -> Drive:
    assumptions = {**context.edition.assumptions, variant.parameter: variant.value}
    edition = context.edition.model_copy(update={"assumptions": assumptions})
    copy = replace(context.working, path=folder / context.working.path.name)
    shutil.copy(context.working.path, copy.path)
    dbt = DbtProject(
        copy,
        {**context.dbt.variables, **edition.variables},
        folder / "dbt",
        context.dbt.folder,
        own=context.dbt.own,
    )
    varied = replace(context, edition=edition, working=copy, dbt=dbt)
    names = [step.name for step in steps]
    whole = steps[: names.index(LAST_STEP) + 1]
    run_plan(plan(whole, varied), varied, Quiet())
    with connect(copy.path, read_only=True) as connection:
        return read_drive(Tables(connection), edition.home_region)

"""The linked table made again under another assumption, on a copy of the working file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flows.engine import Context, Step
from steps.sensitivity import VARIANTS, Variant
from steps.uncertainty_inputs import Drive, read_drive
from warehouse.database import connect
from warehouse.dbt import DbtProject

LAST_STEP = "linked"


def relink_all(context: Context, steps: Sequence[Step]) -> dict[Variant, Drive]:
    """What exports drive under every variant of an assumption that the edition makes.

    steps: those of the edition, in order.  The working file is only copied.
    """
    found = {}
    for variant in VARIANTS:
        if variant.parameter not in context.edition.assumptions:
            continue
        with tempfile.TemporaryDirectory(
            prefix=f".{variant.parameter}-", dir=context.home.work
        ) as folder:
            found[variant] = _relink(context, variant, steps, Path(folder))
    return found


def _relink(context: Context, variant: Variant, steps: Sequence[Step], folder: Path) -> Drive:
    assumptions = {**context.edition.assumptions, variant.parameter: variant.value}
    edition = context.edition.model_copy(update={"assumptions": assumptions})
    copy = replace(context.working, path=folder / context.working.path.name)
    shutil.copy(context.working.path, copy.path)
    dbt = DbtProject(copy, edition.variables, folder / "dbt", context.dbt.folder)
    varied = replace(context, edition=edition, working=copy, dbt=dbt)
    names = [step.name for step in steps]
    for step in steps[names.index(variant.first) : names.index(LAST_STEP) + 1]:
        step.run(varied)
    with connect(copy.path, read_only=True) as connection:
        return read_drive(connection, edition.home_region)

"""The linked table made again under another assumption, on a copy of the working file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from compute.uncertainty.drive import Drive, drive_of
from flows.engine import Context, Step
from flows.uncertainty_inputs import read_table
from warehouse.database import connect
from warehouse.dbt import DbtProject

LAST_STEP = "linked"


@dataclass(frozen=True)
class Variant:
    """An assumption of the edition and another value for it; first: the first step that it changes."""

    parameter: str
    value: bool | float | str
    first: str


VARIANTS = (
    Variant("gravity_exponent", 0.0, "gravity"),
    Variant("gravity_exponent", 0.5, "gravity"),
    Variant("gravity_exponent", 2.0, "gravity"),
    Variant("export_total_concept", "goods_by_origin", "prepare"),
    Variant("export_cap_share", 0.8, "prepare"),
)


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
        table, _ = read_table(connection, edition.home_region)
    return drive_of(table)

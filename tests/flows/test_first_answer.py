"""What is published before concentrations: nothing of it waits for them, and nothing else is left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.engine import Context, Item, Step, StepReport
from flows.first_answer import LATER, first_answer, names_before
from flows.run import context_of, steps_of
from warehouse.edition import load_edition
from warehouse.home import locate


@dataclass
class Ran:
    """Remembers with which items a step ran."""

    items: list[Any] = field(default_factory=list)

    def __call__(self, _: Context, items: Collection[str] | None = None) -> StepReport:
        self.items.append(items)
        return StepReport(0)


def models(run: Ran, *items: Item) -> Step:
    return Step("marts", "", run, items=lambda _: items, selector="marts")


def test_what_reads_a_later_table_at_any_distance_waits(tmp_path: Path) -> None:
    ran = Ran()
    steps = (
        Step("footprint", "", ran, writes=("computed.export_output",)),
        Step("concentration", "", ran, writes=("computed.pm25_cell",)),
        models(
            ran,
            Item("a", "a", ("computed.export_output",), ("marts.fct_export",)),
            Item("b", "b", ("computed.pm25_cell",), ("intermediate.int_pm25",)),
            Item("c", "c", ("marts.fct_export", "intermediate.int_pm25"), ("marts.fct_both",)),
            Item("test of c", "test of c", ("marts.fct_both",)),
            Item("test of a", "test of a", ("marts.fct_export",)),
        ),
        Step("gate-marts", "", ran),
        Step("publish", "", ran),
        Step("parquet", "", ran),
    )
    home = locate(tmp_path)
    context = context_of(load_edition("open-2017", home.root), home)
    found = first_answer(steps, context)
    assert [step.name for step in found.steps] == ["footprint", "marts", "gate-marts", "publish"]
    assert found.to_follow == ("fct_both",)
    part = found.steps[1]
    assert [item.name for item in part.items_in(context)] == ["a", "test of a"]
    part.run(context, None)
    part.run(context, ["a"])
    assert ran.items == [["a", "test of a"], ["a"]], "all of a part is not all of the selector"


def test_editions_without_concentrations_have_no_first_answer() -> None:
    for kind in ("footprint", "paper", "air_quality"):
        assert names_before(steps_of(kind)) == (), kind
    assert names_before(steps_of("concentration", with_publishing=False)) == ()
    assert names_before(steps_of("concentration"))[-1] == "publish"


def test_every_step_that_waits_is_a_step() -> None:
    every = {step.name for step in steps_of("concentration")}
    assert set(LATER) <= every

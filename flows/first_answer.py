"""The first answer: what can be published before the steps that take longest.

In a new home a run publishes the linked table and the emissions that exports drive as soon as their marts have
passed the gate. Concentrations, deaths and intervals follow, and are published with all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from flows.engine import Context, Item, Step, StepReport
from flows.steps import gate_marts, publish_marts
from steps import catalogue
from warehouse.gather import COMPLETE_STEP

LATER = (
    "atmosphere",
    "driven",
    *(
        computation.name
        for computation in (
            catalogue.CONCENTRATION,
            catalogue.EVALUATION,
            catalogue.EVALUATION_OF_YEAR,
            catalogue.SIMULATED,
            catalogue.HEALTH,
            catalogue.UNCERTAINTY,
        )
    ),
)
"""Steps that the first answer does not wait for."""
PUBLISH_STEP = "publish"
TWICE = ("marts", COMPLETE_STEP, PUBLISH_STEP)
"""Steps of the first answer that have something to do again after it."""


@dataclass(frozen=True)
class FirstAnswer:
    """The steps to the first publication, and the marts that are published later."""

    steps: tuple[Step, ...]
    to_follow: tuple[str, ...]


def names_before(steps: Sequence[Step]) -> tuple[str, ...]:
    """The steps to the first publication; none without concentrations, or where nothing is published."""
    names = [step.name for step in steps]
    if not {PUBLISH_STEP, catalogue.CONCENTRATION.name} <= set(names):
        return ()
    return tuple(name for name in names[: names.index(PUBLISH_STEP) + 1] if name not in LATER)


def first_answer(steps: Sequence[Step], context: Context) -> FirstAnswer:
    """The steps of `names_before`, without models and tests that need a later step's tables."""
    wanted = names_before(steps)
    awaited = {
        table
        for step in steps
        if step.name in LATER
        for item in step.items_in(context)
        for table in (*item.writes, *step.writes)
    }
    early: list[Step] = []
    to_follow: list[str] = []
    for step in steps:
        if step.name not in wanted:
            continue
        if not step.selector:
            early.append(step)
            continue
        kept: list[Item] = []
        for item in step.items_in(context):  # parents first
            if awaited & set(item.reads):
                awaited |= set(item.writes)
                to_follow += [name for name in item.writes if name.startswith("marts.")]
            else:
                kept.append(item)
        early.append(_part_of(step, kept))
    marts = tuple(name.removeprefix("marts.") for name in to_follow)
    told = {
        COMPLETE_STEP: partial(gate_marts, to_follow=marts),
        PUBLISH_STEP: partial(publish_marts, to_follow=marts),
    }
    return FirstAnswer(
        tuple(replace(step, run=told.get(step.name, step.run)) for step in early), marts
    )


def _part_of(step: Step, kept: Sequence[Item]) -> Step:
    """A step that builds models, for some of them alone."""
    names = [item.name for item in kept]
    run: Callable[[Context, Collection[str] | None], StepReport] = step.run

    def of_these(context: Context, items: Collection[str] | None = None) -> StepReport:
        return run(context, names if items is None else items)

    return replace(step, run=of_these, items=lambda _: kept)

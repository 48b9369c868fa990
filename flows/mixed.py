"""An edition whose roles come partly from another one, computed up to a few marts in a home of its own."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from flows.engine import Context, Plan, Watcher, plan, run_plan
from flows.run import context_of, steps_of
from warehouse.edition import Edition, RoleFiles
from warehouse.errors import UserFacingError
from warehouse.home import Home, WorkingFile, locate, prepare
from warehouse.locks import hold
from warehouse.meta import RecordedItem
from warehouse.recorded_files import Found
from warehouse.scratch import scratch

MARTS = ("marts.fct_export_output", "marts.fct_emission_intensity", "marts.fct_emission_inventory")
"""What the nation's emissions and those that exports drive are summed from."""
_TABLE = "table "


@dataclass(frozen=True)
class Recipe:
    """An edition and what fills its roles. found: by role; roles that it does not name have no landed files."""

    edition: Edition
    found: Mapping[str, Found]

    def taking(self, role: str, other: Recipe) -> Recipe:
        """This recipe with one role as the other has it."""
        roles = {name: each for name, each in self.edition.roles.items() if name != role}
        if role in other.edition.roles:
            roles[role] = _anchored(other.edition, role)
        own = self.edition.own_roles - {role} | (other.edition.own_roles & {role})
        edition = self.edition.model_copy(update={"roles": roles, "own_roles": own})
        found = {name: each for name, each in self.found.items() if name != role}
        if role in other.found:
            theirs = other.found[role]
            is_own = theirs.place == other.edition.name
            found[role] = replace(theirs, place=edition.name) if is_own else theirs
        return Recipe(edition, found)

    def with_settings_of(self, other: Recipe) -> Recipe:
        """This recipe with the assumptions and codes of the other."""
        theirs = {"assumptions": other.edition.assumptions, "codes": other.edition.codes}
        return Recipe(self.edition.model_copy(update=theirs), self.found)


def _anchored(edition: Edition, role: str) -> RoleFiles:
    """The files of a role where they lie, whichever edition names them."""
    source = edition.roles[role]
    files = tuple(
        file if file.startswith("bundled/") else str(edition.folder / file) for file in source.files
    )
    return source.model_copy(update={"files": files})


class Kitchen:
    """A home for a while, in which recipes are computed one after the other, each from the first one's result."""

    def __init__(self, folder: Path) -> None:
        """folder: empty, and gone afterwards."""
        self._home = locate(folder / "home")
        self._kept = folder / "kept.duckdb"
        prepare(self._home)

    def keep(self, working: WorkingFile) -> None:
        """Let later recipes start from a copy of this working file."""
        shutil.copy(working.path, self._kept)

    def context(self, recipe: Recipe) -> Context:
        """The recipe's files landed, and the kept working file in place. Raises what landing raises."""
        shutil.rmtree(self._home.landing, ignore_errors=True)
        for found in recipe.found.values():
            if found.files:
                found.land(self._home.landing, found.place)
        context = context_of(recipe.edition, self._home)
        for old in self._home.work.glob("*.duckdb*"):
            old.unlink()
        if self._kept.exists():
            shutil.copy(self._kept, context.working.path)
        return context

    def plans(self, context: Context) -> list[Plan]:
        """What must be made for the marts, and nothing else."""
        edition = context.edition
        steps = steps_of(edition.kind, choices=edition.choices, with_publishing=False)
        ungated = [step for step in steps if not step.name.startswith("gate-")]
        return narrowed(plan(ungated, context), MARTS)

    def compute(self, context: Context, watcher: Watcher) -> WorkingFile:
        """The working file with the marts in it. Raises what the steps raise."""
        run_plan(self.plans(context), context, watcher)
        return context.working


@contextmanager
def kitchen(home: Home) -> Iterator[Kitchen]:
    """A place to compute recipes in, gone at the end of the block.

    What a killed process left is removed by the next one that needs such a place; `tradeplume doctor` names it.
    """
    with scratch("by-role", home.work if home.work.is_dir() else None) as folder:
        yield Kitchen(folder)


def a_working_file(homes: Sequence[Home], edition: Edition) -> WorkingFile | None:
    """A working file of the edition in the first home that has one."""
    files = [home.working_file(edition.label, edition.year) for home in homes]
    return next((file for file in files if file.path.exists()), None)


def begin(cooking: Kitchen, working: WorkingFile | None) -> None:
    """Start from a working file unless somebody writes it, or its folder cannot be locked."""
    if working is not None:
        with suppress(UserFacingError, OSError), hold(working.lock, working.name):
            cooking.keep(working)


def narrowed(plans: Sequence[Plan], tables: Collection[str]) -> list[Plan]:
    """The plans without what the tables do not rest on.

    A test stays when all that it reads is made for them.
    """
    needed = needed_for(plans, tables)

    def is_kept(item: RecordedItem) -> bool:
        reads = _reads(item)
        return bool({*item.tables} & needed) if item.tables else bool(reads) and reads <= needed

    found = []
    for each in plans:
        stale = tuple(name for name in each.stale if is_kept(each.items[name]))
        found.append(replace(each, stale=stale, reason=each.reason if stale else None))
    return found


def needed_for(plans: Sequence[Plan], tables: Collection[str]) -> set[str]:
    """The tables, and all that they are made from."""
    needed = set(tables)
    for each in reversed(plans):
        for item in reversed(list(each.items.values())):
            if needed & {*item.tables}:
                needed |= _reads(item)
    return needed


def _reads(item: RecordedItem) -> set[str]:
    return {part.removeprefix(_TABLE) for part in item.parts if part.startswith(_TABLE)}

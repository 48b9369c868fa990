"""Which input moved the headlines: from A, one role at a time taken from B."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from atlas.subjects import Figure, headlines, originals
from flows.mixed import MARTS, Kitchen, Recipe, a_working_file, begin, kitchen, needed_for
from warehouse.edition import Edition, load_edition
from warehouse.errors import UserFacingError
from warehouse.home import Home, locate
from warehouse.labels import edition_name
from warehouse.recorded_files import Recorded, found_files

if TYPE_CHECKING:
    from atlas.comparison import Comparison, Side
    from atlas.subjects import Held
    from flows.engine import Plan, Watcher

SETTINGS = "assumptions and codes"
"""What is taken from B together, beside roles, where the editions of A and B have other ones."""
AGAIN, TOGETHER = "A computed again", "all of them from B"
# A computation that is repeated gives the same bits; sums of published marts differ in their last digits.
NOISE_SHARE = 1e-9


@dataclass(frozen=True)
class Part:
    """What one input moved. change_t: with this input alone from B, less A computed again."""

    taken: str
    change_t: float


@dataclass(frozen=True)
class Split:
    """A headline of one pollutant, in tonnes: B less A is the sum of all that follows.

    parts: by input.  interaction_t: what the inputs move together beyond the sum of what each moves alone.
    rest_t: what no input moves: A and B were published by other versions of the program, or with settings that
    the edition no longer has.
    """

    headline: str
    pollutant: str
    a_t: float
    b_t: float
    parts: tuple[Part, ...]
    interaction_t: float
    rest_t: float


@dataclass(frozen=True)
class ByRole:
    """The answer. runs: computations made.  idle: inputs that differ and that these figures do not rest on.

    refused: inputs that cannot be taken alone, and why; what they move is part of the interaction.
    """

    splits: tuple[Split, ...]
    runs: int
    idle: tuple[str, ...]
    refused: Mapping[str, str]


@dataclass(frozen=True)
class Outlook:
    """What is about to be computed. runs: in words.  seconds: at most, by the last runs (None: not known)."""

    runs: tuple[str, ...]
    idle: tuple[str, ...]
    seconds: float | None


Tell = Callable[[Outlook], None]
Watching = Callable[[int, str], AbstractContextManager["Watcher"]]
"""``watching(number, name)``: who is told how a run goes, for the time of the run."""


def by_role(
    found: Comparison,
    sides: tuple[Side, Side],
    home: Home,
    more: Sequence[Path],
    tell: Tell,
    watching: Watching,
) -> ByRole:
    """Compute A again, A with each differing role from B, and A with all of them; without concentrations.

    found: of the two sides.  more: folders in which files are searched that are no longer landed.
    Neither side is written to: computations have a home of their own, which is gone afterwards.
    Raises UserFacingError where the editions cannot be mixed or nothing differs, InputError where a file is gone.
    """
    a, b = (
        _recipe(side, held, home, sides, more)
        for side, held in zip(sides, _held(found), strict=True)
    )
    demand_alike(a.edition, b.edition)
    inputs = _differing(sides, _held(found), a, b)
    if not inputs:
        raise UserFacingError(
            "No role and no setting differs between A and B.",
            remedy="Without --by-role, `tradeplume compare` shows what moved.",
        )
    with kitchen(home) as place:
        begin(place, a_working_file([*_homes(sides), home], a.edition))
        together = a
        for name in inputs:
            together = _with(together, name, b)
        before = place.plans(place.context(together))
        reached = needed_for(before, MARTS)
        plans = place.plans(place.context(a))
        reached |= needed_for(plans, MARTS)
        idle = tuple(name for name in inputs if name != SETTINGS and f"raw.{name}" not in reached)
        taken = [name for name in inputs if name not in idle]
        recipes = {AGAIN: a, **{name: _with(a, name, b) for name in taken}}
        if len(taken) > 1:
            recipes[TOGETHER] = together
        tell(Outlook(tuple(recipes), idle, _seconds(plans, len(recipes))))
        made, refused = _computed(recipes, place, watching)
    published = tuple(
        headlines(side.path, held.edition, held.year)
        for side, held in zip(sides, _held(found), strict=True)
    )
    if len(taken) == 1 and not refused:
        made[TOGETHER] = made[taken[0]]
    parts = {name: made[name] for name in taken if name in made}
    splits = split(published, made[AGAIN], parts, made.get(TOGETHER, made[AGAIN]))
    return ByRole(splits, len(recipes), idle, refused)


def split(
    published: tuple[Mapping[Figure, float], ...],
    again: Mapping[Figure, float],
    alone: Mapping[str, Mapping[Figure, float]],
    together: Mapping[Figure, float],
) -> tuple[Split, ...]:
    """The change of every headline by input.

    published: A and B.  again: A computed again.  alone: with one input from B.  together: with all of them.
    A figure that one side does not have counts as nothing there.
    """
    a, b = published
    splits = []
    for figure in sorted({*a, *b}):
        of_a, of_b, base = a.get(figure, 0.0), b.get(figure, 0.0), again.get(figure, 0.0)
        noise = NOISE_SHARE * max(abs(of_a), abs(of_b), abs(base))

        def clean(change: float, noise: float = noise) -> float:
            return change if abs(change) > noise else 0.0

        parts = tuple(
            Part(name, clean(made.get(figure, 0.0) - base)) for name, made in alone.items()
        )
        explained = together.get(figure, 0.0) - base
        splits.append(
            Split(
                *figure,
                a_t=of_a,
                b_t=of_b,
                parts=parts,
                interaction_t=clean(explained - sum(part.change_t for part in parts)),
                rest_t=clean(of_b - of_a - explained),
            )
        )
    return tuple(splits)


def demand_alike(a: Edition, b: Edition) -> None:
    """Raise UserFacingError where a role of B says nothing in A: another year, kind or list of sectors."""
    for what, of_a, of_b in (
        ("year", a.year, b.year),
        ("kind", a.kind, b.kind),
        ("home_region", a.home_region, b.home_region),
        ("sector_classification", a.sector_classification, b.sector_classification),
    ):
        if of_a != of_b:
            raise UserFacingError(
                f"A role of {b.name} cannot stand in {a.name}: {what} is {of_b} there and {of_a} here.",
                remedy="Compare editions of one year. Between years: `fct_change` (docs/change.md).",
            )
    if a.kind == "air_quality":
        raise UserFacingError(
            f"Edition {a.name} holds observations and has no headlines of emissions.",
            remedy="Leave --by-role out.",
        )


def _computed(
    recipes: Mapping[str, Recipe], place: Kitchen, watching: Watching
) -> tuple[dict[str, dict[Figure, float]], dict[str, str]]:
    """The headlines of every recipe, and the inputs that cannot be taken alone with the reason."""
    made: dict[str, dict[Figure, float]] = {}
    refused: dict[str, str] = {}
    for number, (name, recipe) in enumerate(recipes.items(), start=1):
        with watching(number, name) as watcher:
            try:
                working = place.compute(place.context(recipe), watcher)
            except UserFacingError as error:
                if name in (AGAIN, TOGETHER) or len(recipes) <= 2:
                    raise
                refused[name] = error.message
                continue
        made[name] = headlines(working.path, working.edition, working.year)
        if name == AGAIN:
            place.keep(working)
    return made, refused


def _held(found: Comparison) -> tuple[Held, Held]:
    return found.a, found.b


def _homes(sides: Sequence[Side]) -> list[Home]:
    """The homes that the sides were published in, where they still lie there."""
    roots = [side.path.resolve().parent.parent for side in sides]
    return [locate(root) for root in dict.fromkeys(roots) if (root / "published").is_dir()]


def _recipe(
    side: Side, held: Held, home: Home, sides: Sequence[Side], more: Sequence[Path]
) -> Recipe:
    own = _homes([side])
    edition = load_edition(edition_name(held.edition), (own or [home])[0].root)
    edition = edition.without_concentrations()
    if edition.year != held.year:
        raise UserFacingError(
            f"{side.text} holds {edition.name} of {held.year}; the edition's year is {edition.year} now.",
            remedy="Run the edition again before you compare it by role.",
        )
    homes = dict.fromkeys([*own, *_homes(sides), home])
    roots = [each.root for each in homes]
    recorded = originals(side.path, held.edition, held.year)
    found = {
        role: found_files(edition, Recorded(role, names), roots, more)
        for role, names in recorded.items()
        if role in edition.roles
    }
    return Recipe(edition, found)


def _differing(
    sides: Sequence[Side], held: Sequence[Held], a: Recipe, b: Recipe
) -> tuple[str, ...]:
    """Roles that other files fill, in the order of A's edition, and SETTINGS where these differ."""
    in_a, in_b = (
        originals(side.path, each.edition, each.year)
        for side, each in zip(sides, held, strict=True)
    )
    order = dict.fromkeys([*a.edition.roles, *b.edition.roles])
    roles = [role for role in order if {*in_a.get(role, ())} != {*in_b.get(role, ())}]
    settings = (a.edition.assumptions, a.edition.codes) != (b.edition.assumptions, b.edition.codes)
    return (*roles, *([SETTINGS] if settings else []))


def _with(recipe: Recipe, name: str, other: Recipe) -> Recipe:
    return recipe.with_settings_of(other) if name == SETTINGS else recipe.taking(name, other)


def _seconds(plans: Sequence[Plan], runs: int) -> float | None:
    """At most: A as planned, and for each other run all that the figures rest on (None: never measured)."""
    needed = needed_for(plans, MARTS)
    whole = 0.0
    for each in plans:
        count = sum(bool(needed & {*item.tables}) for item in each.items.values())
        if count and each.seconds_before is None:
            return None
        whole += (each.seconds_before or 0.0) * count / max(len(each.items), 1)
    first = sum(each.seconds_expected or 0.0 for each in plans)
    return first + whole * (runs - 1)

"""Which editions a home can compute side by side: those with a linked table whose files are all there."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.edition import list_editions, load_edition
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.landing import resolve

OBSERVED_AIR = "air_quality"


@dataclass(frozen=True)
class Years:
    """Editions in order of their years. left_out: name of an edition, and what it lacks."""

    editions: tuple[str, ...]
    left_out: dict[str, str]


def years_of(home: Home) -> Years:
    """The editions whose roles all have files, bundled or landed, without those of observed air."""
    found: list[tuple[int, str]] = []
    left_out: dict[str, str] = {}
    for name in list_editions(home.root):
        edition = load_edition(name, home.root)
        if edition.kind == OBSERVED_AIR:
            continue
        try:
            resolve(edition, home.root)
        except UserFacingError as error:
            left_out[name] = str(error).splitlines()[0]
        else:
            found.append((edition.year, name))
    return Years(tuple(name for _, name in sorted(found)), left_out)

"""Results that come with the product, made anew from a finished home.

    python -m flows.ship <home> <edition>            # write them beside the bundled data
    python -m flows.ship <home> <edition> --check    # compare them with a computation, and write nothing

The home has the edition computed from bundled files alone.  Computations run on a copy of its working file.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.run import context_of
from flows.steps import computations_of, shipped_key
from steps.catalogue import Computation
from warehouse.database import connect
from warehouse.edition import load_edition
from warehouse.home import locate
from warehouse.scratch import scratch
from warehouse.shipped import FOLDER, largest_difference, ship, shipped_frames
from warehouse.tables import Tables


@dataclass(frozen=True)
class Shipped:
    """A result of a computation under its key. difference: largest relative one (None: nothing was shipped)."""

    computation: str
    key: str
    difference: float | None


def ship_all(
    root: Path, edition_name: str, *, write: bool, folder: Path = FOLDER
) -> Iterator[Shipped]:
    """Make each shipped result of the edition anew and compare it with what is there; write it if asked to."""
    home = locate(root)
    edition = load_edition(edition_name, home.root)
    working = context_of(edition, home).working
    with scratch("ship", home.work) as place:
        copy = shutil.copy(working.path, place / working.path.name)
        with connect(Path(copy)) as connection:
            for computation in computations_of(edition.kind):
                if computation.is_shipped:
                    tables = Tables(connection, computation.reads, computation.writes)
                    taken = computation.taken(edition.variables)
                    key = shipped_key(tables, computation, taken)
                    computation.load()(tables, taken)
                    yield _compared(tables, computation, key, folder)
                    if write:
                        ship(tables, computation.name, key, computation.writes, folder)


def _compared(tables: Tables, computation: Computation, key: str, folder: Path) -> Shipped:
    there = shipped_frames(computation.name, key, folder)
    found = largest_difference(tables, there) if there else None
    return Shipped(computation.name, key, found)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("edition")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    for found in ship_all(asked.home, asked.edition, write=not asked.check):
        said = (
            "was not there"
            if found.difference is None
            else f"largest relative difference to what was there {found.difference:.1e}"
        )
        print(f"{found.computation} {found.key[:12]}: {said}")


if __name__ == "__main__":
    main()

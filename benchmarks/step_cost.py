"""One computation alone: processor seconds, wall time, memory, and how far its tables are from those before.

    python -m benchmarks.step_cost HOME STEP [EDITION]     after a run of the edition in HOME (a copy is worked on)

With another version of the code in another checkout, on the same home, this compares the two.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measured import clocked
from flows.run import context_of
from flows.steps import computations_of
from warehouse.database import connect, read_table
from warehouse.edition import load_edition
from warehouse.home import locate
from warehouse.request import DEFAULT_EDITION
from warehouse.shipped import largest_difference
from warehouse.tables import Tables


def main(home: Path, step: str, edition_name: str = DEFAULT_EDITION) -> None:
    """Run the computation on a copy of the working file. Raises KeyError for a step that computes nothing."""
    place = locate(home)
    edition = load_edition(edition_name, place.root)
    context = context_of(edition, place)
    chosen = {each.name: each for each in computations_of(edition.kind, context.edition.choices)}[
        step
    ]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(context.working.path, folder))
        with connect(copy) as connection:
            before = {name: read_table(connection, f"from {name}") for name in chosen.writes}
            tables = Tables(connection, chosen.reads, chosen.writes, step=step)
            function = chosen.load()
            with clocked(step):
                function(tables, chosen.taken(edition.variables))
            print(f"  largest relative difference: {largest_difference(tables, before):.1e}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), *sys.argv[2:])

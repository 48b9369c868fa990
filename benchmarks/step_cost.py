"""One computation alone: processor seconds, wall time, memory, and how far its tables are from those before.

    python -m benchmarks.step_cost HOME STEP [EDITION]     after a run of the edition in HOME (a copy is worked on)

With another version of the code in another checkout, on the same home, this compares the two.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.measured import clocked
from flows.run import context_of
from flows.steps import computations_of
from warehouse.computed_contracts import computed_contracts
from warehouse.database import connect, read_table
from warehouse.edition import load_edition
from warehouse.home import locate
from warehouse.request import DEFAULT_EDITION
from warehouse.tables import Origin, Tables


def apart(table: str, now: pl.DataFrame, before: pl.DataFrame) -> str:
    """The largest difference of rows with the same key, against the largest value of their column."""
    key = list(computed_contracts()[table.removeprefix("computed.")].key)
    both = now.join(before, on=key, suffix=" before", how="inner")
    numbers = [name for name in now.columns if now[name].dtype.is_float() and name not in key]
    found = {
        name: float(str((both[name] - both[f"{name} before"]).abs().max() or 0.0))
        / float(str(both[name].abs().max() or 1.0))
        for name in numbers
        if both.height
    }
    worst = max(found.values(), default=0.0)
    return (
        f"{both.height:,} keys in both, largest difference {worst:.1e} of a column's largest value"
    )


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
            origin = Origin(context.edition.label, context.edition.year)
            tables = Tables(connection, chosen.reads, chosen.writes, step=step, origin=origin)
            function = chosen.load()
            with clocked(step):
                function(tables, chosen.taken(edition.variables))
            for name, there in before.items():
                now = read_table(connection, f"from {name}")
                print(
                    f"  {name}: {len(now):,} rows, before {len(there):,}; {apart(name, now, there)}"
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), *sys.argv[2:])

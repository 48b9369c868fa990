"""What dbt costs a run: parsing the project, and building one selector with and without its data tests.

    python -m benchmarks.dbt_time HOME [EDITION]      after a run of the edition in HOME (a copy is worked on)

A test reads a small table in a millisecond, and dbt takes much longer to begin it: their number is what counts.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measured import clocked
from flows.run import context_of
from warehouse.dbt import DbtProject
from warehouse.edition import load_edition
from warehouse.home import locate
from warehouse.request import DEFAULT_EDITION

SELECTORS = ("prepare", "marts")


def parse(dbt: DbtProject) -> None:
    """Parse anew, again with what the process has loaded, and from what was parsed before."""
    for name, asked in (
        ("parse anew, with dbt's import", ("--no-partial-parse",)),
        ("parse anew, dbt imported", ("--no-partial-parse",)),
        ("parse, nothing changed", ()),
    ):
        with clocked(name):
            dbt._run(None, "parse", *asked)


def build(dbt: DbtProject, selector: str) -> None:
    """Build all of a selector, then its data tests alone."""
    nodes = [node.name for node in dbt.outline([selector])[selector]]
    tests = [name for name in nodes if name.startswith("test.")]
    with clocked(f"{selector}: {len(nodes)} nodes"):
        dbt.build(selector)
    with clocked(f"{selector}: {len(tests)} data tests alone"):
        dbt.build(selector, tests)


def main() -> None:
    home, edition = Path(sys.argv[1]), (sys.argv[2:] or [DEFAULT_EDITION])[0]
    with tempfile.TemporaryDirectory() as folder:
        place = locate(Path(folder) / "home")
        for part in ("work", "landing"):
            if (home / part).exists():
                shutil.copytree(home / part, place.root / part)
        dbt = context_of(load_edition(edition, place.root), place).dbt
        parse(dbt)
        for selector in SELECTORS:
            build(dbt, selector)


if __name__ == "__main__":
    main()

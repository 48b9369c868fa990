"""The table of the drills: tries, failures, losses. `python -m tests.drills REPORT` reads pytest's JUnit report.

A drill is a test function.  What it records by ``record_property`` counts: "tries" (1 without it) and "lost", what
was there before and is not afterwards (0 without it: a drill that finds a loss fails).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Drill:
    """All cases of one test function."""

    name: str
    tries: int
    failed: int
    skipped: int
    lost: int
    notes: tuple[str, ...]


def drills(report: Path) -> list[Drill]:
    """One entry a test function of a JUnit report, in the report's order.

    Raises ValueError when the report has no test: a table of nothing must not reassure.
    """
    cases: dict[str, list[ElementTree.Element]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        cases.setdefault(case.attrib["name"].split("[")[0], []).append(case)
    if not cases:
        raise ValueError(f"{report} has no test.")
    return [_drill(name, each) for name, each in cases.items()]


def _drill(name: str, cases: list[ElementTree.Element]) -> Drill:
    kept = [dict(_properties(case)) for case in cases]
    return Drill(
        name=name,
        tries=sum(int(each.get("tries", 1)) for each in kept),
        failed=_with(cases, ("failure", "error")),
        skipped=_with(cases, ("skipped",)),
        lost=sum(int(each.get("lost", 0)) for each in kept),
        notes=tuple(each["note"] for each in kept if "note" in each),
    )


def _with(cases: list[ElementTree.Element], outcomes: tuple[str, ...]) -> int:
    return sum(any(case.find(outcome) is not None for outcome in outcomes) for case in cases)


def _properties(case: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for each in case.iter("property"):
        yield each.attrib["name"], each.attrib["value"]


def table(found: Iterable[Drill]) -> str:
    """The drills as a Markdown table, with a line of sums."""
    lines = ["| drill | tries | failed | skipped | lost | noted |", "|---|---|---|---|---|---|"]
    each = list(found)
    for drill in each:
        lines.append(
            f"| `{drill.name}` | {drill.tries} | {drill.failed} | {drill.skipped} | {drill.lost} "
            f"| {'; '.join(drill.notes)} |"
        )
    columns = zip(*((d.tries, d.failed, d.skipped, d.lost) for d in each), strict=True)
    sums = " | ".join(str(sum(values)) for values in columns)
    lines.append(f"| all {len(each)} | {sums} | |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(drills(Path(sys.argv[1]))))

"""What docs/notebook/checks.md states of damage, and docs/real_files.md in sum, held against what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.queries import DOCS
from tests.synthetic.outcomes import OUTCOMES, Outcome, counts, row_of, total_of


def hold_rows(
    found: Sequence[Outcome],
    silent: Mapping[str, str],
    heading: str,
    columns: Sequence[str] = OUTCOMES,
) -> None:
    """The section states these counts, and every silent kind has its reason there."""
    section = section_of(heading)
    for kind, of_kind in counts(found).items():
        assert row_of(kind, of_kind, columns) in section, kind
    for kind in {each.kind for each in found if each.outcome == columns[-1]}:
        assert f"| {kind} | {silent[kind]} |" in section, kind


def hold_whole(
    found: Sequence[Outcome],
    silent: Mapping[str, str],
    heading: str,
    what: str,
    columns: Sequence[str] = OUTCOMES,
) -> None:
    """The same of all kinds: the sum is stated, too, and no reason is left over."""
    hold_rows(found, silent, heading, columns)
    assert {each.kind for each in found if each.outcome == columns[-1]} == set(silent)
    assert total_of(found, what, columns) in " ".join(section_of(heading).split())
    hold_sum(found)


def hold_sum(found: Sequence[Outcome]) -> None:
    """The page for users states how many files were damaged and how many of them refused."""
    refused = sum(each.outcome == "refused" for each in found)
    page = (DOCS / "real_files.md").read_text(encoding="utf-8")
    assert f" | {len(found)} | {refused} | " in page


def section_of(heading: str) -> str:
    """The text under a heading of the page, to the next one."""
    page = (DOCS / "notebook" / "checks.md").read_text(encoding="utf-8")
    _, found, rest = page.partition(f"## {heading}\n")
    assert found, heading
    return rest.partition("\n#")[0]

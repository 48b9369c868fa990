"""Words that a reader stumbles over, in pages, help, errors, comments and descriptions.

    python -m tests.prose

Prints file, line, what was found and the plain form; ends with 1 when it finds something.  The list holds what
readers quoted; it is no grammar.  docs/contributing.md has the rules behind it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = (
    *(
        "atlas",
        "bi",
        "cli",
        "compute",
        "dbt_project",
        "docs",
        "expectations",
        "flows",
        "service",
        "geoschem",
        "models",
    ),
    *("seeds", "steps", "synth", "tradeplume", "warehouse"),
)
SUFFIXES = frozenset({".md", ".py", ".sql", ".yml", ".html"})
# Copies of others' texts, and figures. Notes of seeds (CSV) are no text here: a changed word makes tables stale.
LEFT_OUT = ("atlas/assets", "warehouse/bundled", "docs/statements", "docs/notebook")

PLAIN = {
    r"\b(is|are) none\b": "is not one, is invalid, is missing",
    r"(?<=[.;:] )Else\b": "Otherwise",
    r"\bwho wants\b|\bwho has\b": "name the reader: you, users who",
    r"\bwants?\b(?! to land)": "needs, requires, expects",
    r"\bnot to be had\b|\bcan be had\b": "is missing, is available",
    r"\bparts them\b|\bpart them\b": "separates them",
    r"\bputs? \w+ away\b": "releases",
    r"\bsaid so\b|\b(is|are) said\b": "say who says it: the command prints, the page shows",
    r"\bbears? (it|nothing)? ?out\b|\ba reader bears\b": "confirms, accepts",
    r"\bby itself\b": "on its own, separately, or nothing",
    r"\bthat which\b": "name the thing",
    r"(?<=[,;] )else\b": "otherwise",
    r"(?<!here )\b(is|are) no (?!longer\b|more\b|less\b|fewer\b|one\b)\w+": "is not a",
    r"\bdo(es)? not part\b": "separate, divide",
}  # fmt: skip
# Not for what the engine takes into a fingerprint: a changed word there makes tables stale.
LATER = ("models/", "seeds/", "dbt_project/", "expectations/", "bi/")
OF_LATER = tuple(PLAIN)[-3:]


@dataclass(frozen=True)
class Finding:
    """Where a word stands, and what to write instead."""

    file: str
    line: int
    found: str
    plain: str


def findings(root: Path = ROOT) -> Iterator[Finding]:
    """Every finding in the texts of a checkout."""
    for path in files(root):
        text = path.read_text(encoding="utf-8", errors="replace")
        name = path.relative_to(root).as_posix()
        # A whole text is searched once: most patterns occur in no line of it.
        occur = [
            pattern
            for pattern in PLAIN
            if not (pattern in OF_LATER and name.startswith(LATER)) and re.search(pattern, text)
        ]
        for number, line in enumerate(text.splitlines() if occur else (), start=1):
            for pattern in occur:
                for match in re.finditer(pattern, line):
                    yield Finding(name, number, match.group(), PLAIN[pattern])


def files(root: Path) -> list[Path]:
    """The texts that are looked at, in order."""
    here = [path for path in root.glob("*.md") if path.is_file()]
    inside = [path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file()]
    return sorted(
        path
        for path in (*here, *inside)
        if path.suffix in SUFFIXES
        and not path.relative_to(root).as_posix().startswith(LEFT_OUT)
        and "__pycache__" not in path.parts
    )


def main() -> int:
    """Print the findings; 1 when there are any, 2 when there was nothing to look at."""
    looked_at = files(ROOT)
    if len(looked_at) < 100:
        print(f"only {len(looked_at)} files were found below {ROOT}: nothing was proved")
        return 2
    found = list(findings())
    for each in found:
        print(f"{each.file}:{each.line}: {each.found!r}: {each.plain}")
    print(f"{len(found)} findings in {len(looked_at)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

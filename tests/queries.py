"""The queries of the documentation with their answers: read, run, and written anew.

`python -m tests.queries PUBLISHED_FILE` (`make docs-answers`) writes the answers into the pages.
Pages whose edition the file does not hold are left as they are.
"""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = (
    "first_five_minutes.md",
    "queries.md",
    "open_2017.md",
    "method.md",
    "health.md",
    "change.md",
    "statements/emissions.md",
    "statements/concentrations.md",
    "statements/air_quality.md",
)
BLOCK = re.compile(r"```sql\n(?P<sql>.*?)```\n(?:\n```text\n(?P<answer>.*?)```\n)?", re.DOTALL)
EDITION = re.compile(r"edition = '([^']+)'")
COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
FIGURE = re.compile(r"^([clmpz]\d\d[a-z_]*), (-?[\d.]+)", re.MULTILINE)
NO_ROWS = "(no rows)\n"


@dataclass(frozen=True)
class Question:
    """A query and the answer that a page prints below it."""

    page: str
    editions: frozenset[str]
    sql: str
    answer: str

    @property
    def name(self) -> str:
        """How the question is called in a test's name."""
        return f"{self.page}: {' '.join(self.sql.split())[:60]}"


def questions(*editions: str) -> list[Question]:
    """All queries of all pages that ask exactly these editions, in order."""
    asked = [question for page in PAGES for question in _of_page(page)]
    return [question for question in asked if question.editions == frozenset(editions)]


def _of_page(page: str) -> list[Question]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [
        Question(page, _editions(found["sql"]), found["sql"], found["answer"] or "")
        for found in BLOCK.finditer(text)
    ]


def _editions(sql: str) -> frozenset[str]:
    named = frozenset(EDITION.findall(sql))
    if not named:
        raise ValueError(f"A query names no edition, so others would be summed with it:\n{sql}")
    return named


def commands(page: str) -> list[list[str]]:
    """The command lines of a page, as lists of arguments of `tradeplume`."""
    text = (DOCS / page).read_text(encoding="utf-8")
    lines = [line for block in COMMANDS.findall(text) for line in block.splitlines() if line]
    found = [shlex.split(line) for line in lines]
    strange = [line for line in found if line[0] != "tradeplume"]
    if strange:
        raise ValueError(f"Commands that are not ours: {strange}")
    return [line[1:] for line in found]


def python_blocks(page: str) -> list[str]:
    """The Python examples of a page."""
    return PYTHON.findall((DOCS / page).read_text(encoding="utf-8"))


def figures_said(page: str) -> list[tuple[str, float]]:
    """Figures and their values in the answers of a page: lines such as `p17, 12.0`."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [(figure, float(value)) for figure, value in FIGURE.findall(text)]


def answered(published: Path, sql: str) -> str:
    """The answer of one query as comma-separated lines with a heading."""
    with duckdb.connect(str(published), read_only=True) as con:
        con.execute("use marts")
        found = con.execute(sql)
        names = [column[0] for column in found.description]
        rows = found.fetchall()
    lines = [names, *rows] if rows else [names, [NO_ROWS.strip()]]
    return "".join(", ".join("" if v is None else str(v) for v in line) + "\n" for line in lines)


def editions_of(published: Path) -> set[str]:
    """The editions whose runs the published file holds."""
    with duckdb.connect(str(published), read_only=True) as con:
        found = con.execute("select distinct edition from marts.fct_check_result").fetchall()
    return {edition for (edition,) in found}


def write(published: Path) -> None:
    """Write the answers of all pages whose edition the file holds."""
    held = editions_of(published)

    def with_answer(found: re.Match[str]) -> str:
        if not _editions(found["sql"]) <= held:
            return found[0]
        return f"```sql\n{found['sql']}```\n\n```text\n{answered(published, found['sql'])}```\n"

    for page in PAGES:
        path = DOCS / page
        text = path.read_text(encoding="utf-8")
        path.write_text(BLOCK.sub(with_answer, text), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

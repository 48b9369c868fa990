"""The queries of docs/queries.md with their answers: read, run, and written anew.

`python -m tests.queries PUBLISHED_FILE` (`make docs-answers`) writes the answers into the page.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

PAGE = Path(__file__).resolve().parent.parent / "docs" / "queries.md"
BLOCK = re.compile(r"```sql\n(?P<sql>.*?)```\n(?:\n```text\n(?P<answer>.*?)```\n)?", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """A query and the answer that the page prints below it."""

    sql: str
    answer: str


def questions() -> list[Question]:
    """All queries of the page, in order."""
    return [
        Question(found["sql"], found["answer"] or "") for found in BLOCK.finditer(PAGE.read_text())
    ]


def answered(published: Path, sql: str) -> str:
    """The answer of one query as comma-separated lines with a heading."""
    with duckdb.connect(str(published), read_only=True) as con:
        con.execute("use marts")
        found = con.execute(sql)
        names = [column[0] for column in found.description]
        lines = [names, *found.fetchall()]
    return "".join(", ".join("" if v is None else str(v) for v in line) + "\n" for line in lines)


def write(published: Path) -> None:
    """Write all answers into the page."""

    def with_answer(found: re.Match[str]) -> str:
        answer = answered(published, found["sql"])
        return f"```sql\n{found['sql']}```\n\n```text\n{answer}```\n"

    PAGE.write_text(BLOCK.sub(with_answer, PAGE.read_text()))


if __name__ == "__main__":
    write(Path(sys.argv[1]))

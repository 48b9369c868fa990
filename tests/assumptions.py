"""The tables of assumptions and codes in docs/editions.md. `python -m tests.assumptions` writes them."""

from __future__ import annotations

from pathlib import Path

from cli.assumptions import CODE_COLUMNS, COLUMNS, code_rows, rows

PAGE = Path(__file__).resolve().parents[1] / "docs" / "editions.md"
BEGIN, END = "<!-- written by tests/assumptions.py -->", "<!-- end -->"


def table() -> str:
    """Both tables as Markdown, between the marks."""
    lines = [
        *_lines(COLUMNS, [(f"`{name}`", *rest) for name, *rest in rows()]),
        "",
        *_lines(CODE_COLUMNS, [(f"`{name}`", what) for name, what in code_rows()]),
    ]
    return "\n".join([BEGIN, "", *lines, "", END])


def write() -> None:
    """Put the tables into the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text[: text.index(BEGIN)], text[text.index(END) + len(END) :]
    PAGE.write_text(before + table() + after, encoding="utf-8")


def _lines(columns: tuple[str, ...], found: list[tuple[str, ...]]) -> list[str]:
    head = [columns, tuple("---" for _ in columns)]
    return [f"| {' | '.join(row)} |" for row in (*head, *found)]


if __name__ == "__main__":
    write()

"""The notebook of the documentation: run, and what its cells show as text.

`python -m tests.notebook` (with $TRADEPLUME_HOME, `make docs-answers`) runs it and keeps its output.
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

PAGE = Path(__file__).resolve().parent.parent / "docs" / "from_question_to_answer.ipynb"


def executed(home: Path) -> nbformat.NotebookNode:
    """The notebook after a run in a fresh kernel on the published file of a home."""
    page = nbformat.read(PAGE, as_version=4)
    environment = {**os.environ, "TRADEPLUME_HOME": str(home)}
    environment["PYTHONPATH"] = str(PAGE.parent.parent)
    client = NotebookClient(page, timeout=300, kernel_name="python3")
    client.execute(cwd=str(PAGE.parent), env=environment)
    for cell in page.cells:
        cell.metadata.pop("execution", None)  # times of the run
    page.metadata.pop("language_info", None)
    return page


def shown(page: nbformat.NotebookNode) -> list[str]:
    """The text that every code cell shows."""
    return [
        "".join(
            output.get("text", output.get("data", {}).get("text/plain", ""))
            for output in cell.outputs
        )
        for cell in page.cells
        if cell.cell_type == "code"
    ]


def write(home: Path) -> None:
    """Keep the text that the cells show."""
    page = executed(home)
    for cell in page.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("text/html", None)
    nbformat.write(page, PAGE)


if __name__ == "__main__":
    write(Path(os.environ.get("TRADEPLUME_HOME") or "var").absolute())

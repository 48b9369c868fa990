"""The lines of a page of docs/walks, done as a reader does them."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from tests.commands import tradeplume

WALKS = Path(__file__).resolve().parent.parent / "docs" / "walks"


def numbered(word: str, before: int) -> str:
    """A word of a page whose home has one release, for a home that has several."""
    if word.isdecimal():
        return str(int(word) + before - 1)
    return re.sub(r"(?<=@)\d$", lambda found: str(int(found[0]) + before - 1), word)


def blocks(page: str, language: str) -> list[str]:
    """The code of a page in one language, in order."""
    text = (WALKS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def lines(page: str) -> list[list[str]]:
    """The shell lines of a page as words."""
    return [
        shlex.split(line)
        for block in blocks(page, "sh")
        for line in block.splitlines()
        if line.strip()
    ]


def walked(home: Path, words: list[str]) -> str:
    """A line of a page done: ours by the command line, cp and mkdir by hand, `>` into a file."""
    target = None
    if ">" in words:
        words, target = words[: words.index(">")], words[-1]
    if words[0] == "mkdir":
        for folder in words[2:]:
            Path(folder).mkdir(parents=True, exist_ok=True)
        return ""
    if words[0] == "cp":
        for pattern in words[1:-1]:
            for file in Path().glob(pattern):
                shutil.copy(file, words[-1])
        return ""
    assert words[0] == "tradeplume", words
    said = tradeplume(home, *words[1:])
    if target:
        Path(target).write_text(said, encoding="utf-8")
    return said

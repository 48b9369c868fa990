"""What a reader accepts although it is not as published: said once, kept in the provenance of the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """A sentence about a file that was read, or about all files of a role (file empty)."""

    text: str
    file: str = ""

    def __str__(self) -> str:
        """The file's name and the sentence."""
        return f"{self.file}: {self.text}" if self.file else self.text


_NOTES: ContextVar[list[Note] | None] = ContextVar("notes", default=None)


def note(text: str, file: str = "") -> None:
    """Keep a sentence about the file of that name; without a collector it is dropped."""
    notes, made = _NOTES.get(), Note(text, file)
    if notes is not None and made not in notes:
        notes.append(made)


@contextmanager
def collected() -> Iterator[list[Note]]:
    """The notes of the readers called inside."""
    notes: list[Note] = []
    token = _NOTES.set(notes)
    try:
        yield notes
    finally:
        _NOTES.reset(token)

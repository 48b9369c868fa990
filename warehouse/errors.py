"""Errors that tell users what to do."""

from __future__ import annotations

from pathlib import Path


class UserFacingError(Exception):
    """An error whose text is meant for the user: what happened, and what to do next.

    message: one sentence.  remedy: what to do next, one sentence, may be empty.
    ``exit_code`` is the exit code of the command line for this class.
    """

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def lines(self) -> list[str]:
        """The error as printed lines."""
        return [self.message] + ([f"What to do: {self.remedy}"] if self.remedy else [])

    def __str__(self) -> str:
        """All lines in one text."""
        return "\n".join(self.lines())


class InputError(UserFacingError):
    """A file that a reader or a contract refuses: names file, row, column, found, expected, remedy."""

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        file: str | Path | None = None,
        row: int | str | None = None,
        column: int | str | None = None,
        found: object = None,
        expected: object = None,
        remedy: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.file = None if file is None else str(file)
        self.row = row
        self.column = column
        self.found = found
        self.expected = expected

    def lines(self) -> list[str]:
        """The error as printed lines, the place first."""
        places = [("File", self.file), ("Row", self.row), ("Column", self.column)]
        facts = [("Found", self.found), ("Expected", self.expected)]
        named = [f"{name}: {value}" for name, value in places + facts if value is not None]
        remedy = [f"What to do: {self.remedy}"] if self.remedy else []
        return [self.message, *named, *remedy]


class EditionError(UserFacingError):
    """An edition file that does not exist or does not say what it must."""

    exit_code = 2


class GateFailed(UserFacingError):
    """A quality gate stopped the run; the published file is as it was."""

    exit_code = 4


class HomeLocked(UserFacingError):
    """Another run holds the working file."""

    exit_code = 5


class HomeUnusable(UserFacingError):
    """The home cannot be written: full, read-only, or not a folder."""

    exit_code = 6


class DamagedFile(UserFacingError):
    """A DuckDB file of the home whose bytes are not those that were written."""

    exit_code = 6


class ComputeFailed(UserFacingError):
    """The figures do not admit a result (infeasible totals, an unproductive economy)."""

    exit_code = 7


class NotPublished(UserFacingError):
    """There is no published file yet."""

    exit_code = 8
